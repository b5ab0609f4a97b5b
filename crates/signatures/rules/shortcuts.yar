// Shortcuts and small files of settings that make Windows run or fetch something.

rule lnk_interpreter : lnk dropper {
  meta:
    severity = "malware"
    reason = "A shortcut starts a command interpreter, a script host or another program that runs scripts."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $a1 = "powershell" nocase ascii wide
    $a2 = "mshta" nocase ascii wide
    $a3 = /cmd(\.exe)?["'^]{0,2}\s{1,40}\/[ckrv]/ nocase ascii wide
    $a4 = "cmd.exe" nocase ascii wide
    $a5 = "wscript" nocase ascii wide
    $a6 = "cscript" nocase ascii wide
    $a7 = "rundll32" nocase ascii wide
    $a8 = "regsvr32" nocase ascii wide
    $a9 = "forfiles" nocase ascii wide
    $b1 = "conhost" nocase ascii wide
    $b2 = "pcalua" nocase ascii wide
    $b3 = "certutil" nocase ascii wide
    $b4 = "bitsadmin" nocase ascii wide
    $b5 = "msiexec" nocase ascii wide
    $b6 = "ProxyCommand" nocase ascii wide
    $b7 = "scriptrunner" nocase ascii wide
  condition:
    uint32(0) == 0x0000004C and uint32(4) == 0x00021401 and any of them
}

rule lnk_long_padding : lnk evasion {
  meta:
    severity = "malware"
    reason = "A shortcut pushes its arguments out of sight with hundreds of blanks (ZDI-CAN-25373)."
    reference = "https://www.trendmicro.com/en_us/research/25/c/windows-shortcut-zero-day-exploit.html"
  strings:
    $blank = { 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 }
    $tab = { 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 }
    $line = { 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 }
    $line2 = { 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 }
  condition:
    uint32(0) == 0x0000004C and uint32(4) == 0x00021401 and any of them
}

rule lnk_disguised : lnk evasion {
  meta:
    severity = "suspicious"
    reason = "A shortcut to a program wears the icon of a document."
    reference = "https://attack.mitre.org/techniques/T1036/008/"
  strings:
    $target = /\\(cmd|powershell|mshta|wscript|cscript|rundll32|conhost|explorer|forfiles|msiexec)\.exe/ nocase ascii wide
    $icon1 = /\\(WINWORD|EXCEL|POWERPNT|AcroRd32|Acrobat|msedge|chrome|notepad|wordpad|wordicon|xlicons|pptico)\.exe/ nocase ascii wide
    $icon2 = /\.(pdf|docx?|xlsx?|txt|jpg|png)\x00{0,2}$/ nocase
    $icon3 = /(shell32|imageres)\.dll/ nocase ascii wide
    $icon4 = /\.\\?[\w\-]{1,60}\.(pdf|docx?|xlsx?)/ nocase wide
  condition:
    uint32(0) == 0x0000004C and uint32(4) == 0x00021401 and $target and any of ($icon1, $icon2, $icon3, $icon4)
}

rule lnk_remote : lnk remote downloader {
  meta:
    severity = "malware"
    reason = "A shortcut runs or fetches something from the network."
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $web = "http://" nocase ascii wide
    $web2 = "https://" nocase ascii wide
    $share = /\\\\(\d{1,3}\.){3}\d{1,3}(@\d{2,5})?\\/ ascii wide
    $dav = /@(SSL|80|443|8080|8443|8888)(@|\\)/ nocase ascii wide
  condition:
    uint32(0) == 0x0000004C and uint32(4) == 0x00021401 and any of them
}

rule lnk_carries_payload : lnk dropper {
  meta:
    severity = "malware"
    reason = "A shortcut reads further parts out of its own file and runs them."
    reference = "https://attack.mitre.org/techniques/T1027/009/"
  strings:
    $self = ".lnk" nocase ascii wide
    $read1 = "findstr" nocase ascii wide
    $read2 = "ReadAllBytes" nocase ascii wide
    $read3 = "Get-ChildItem" nocase ascii wide
    $read4 = "Get-Content" nocase ascii wide
    $read5 = "Seek(" nocase ascii wide
    $read6 = "extrac32" nocase ascii wide
    $read7 = "certutil" nocase ascii wide
    $read8 = "dir " nocase wide
  condition:
    uint32(0) == 0x0000004C and uint32(4) == 0x00021401 and $self and any of ($read*) and (filesize > 8192 or 2 of ($read*))
}

rule lnk_oversized : lnk {
  meta:
    severity = "suspicious"
    reason = "A shortcut of ten times the usual size carries something else."
    reference = "https://attack.mitre.org/techniques/T1027/009/"
  condition:
    uint32(0) == 0x0000004C and uint32(4) == 0x00021401 and filesize > 16384
}

rule url_file_remote_share : shortcut remote credentials {
  meta:
    severity = "malware"
    reason = "An Internet shortcut opens a file or takes its icon from somebody's share across the network."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2024-21412"
  strings:
    $head = "[InternetShortcut]" nocase
    $url1 = /\bURL\s?=\s?file:(\/\/|\\\\){1,2}[a-z0-9.\-]{3,80}(@SSL|@\d{2,5})?[\/\\]/ nocase
    $url2 = /\bURL\s?=\s?\\\\/ nocase
    $icon = /\bIconFile\s?=\s?(file:(\/\/|\\\\)|\\\\)[a-z0-9.\-]{3,80}/ nocase
    $directory = /\bWorkingDirectory\s?=\s?\\\\[a-z0-9.\-]{3,80}/ nocase
    $mine = /\bURL\s?=\s?file:\/\/(localhost|127\.0\.0\.1)\// nocase
  condition:
    $head in (0..512) and any of ($url1, $url2, $icon, $directory) and not $mine
}

rule url_file_program : shortcut downloader {
  meta:
    severity = "suspicious"
    reason = "An Internet shortcut leads to a program, script or archive."
    reference = "https://attack.mitre.org/techniques/T1204/001/"
  strings:
    $head = "[InternetShortcut]" nocase
    $url = /\bURL\s?=\s?[a-z]{3,5}:\/\/[^\r\n]{4,80}\.(exe|scr|js|jse|vbs|vbe|wsf|hta|lnk|url|bat|cmd|ps1|msi|zip|rar|7z|iso|img|vhd|jar)\b/ nocase
    $scheme = /\bURL\s?=\s?(search-ms|ms-msdt|javascript|vbscript|shell|mhtml|\.\.)/ nocase
  condition:
    $head in (0..512) and any of ($url, $scheme)
}

rule library_remote : shortcut remote {
  meta:
    severity = "malware"
    reason = "A Windows library shows the files of somebody's share or web folder as if they were the reader's own."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $library = "<libraryDescription" nocase
    $location = /<url>\s{0,8}(https?:|\\\\|file:\/\/|shell:\\\\)/ nocase
  condition:
    $library and $location
}

rule saved_search_remote : shortcut remote {
  meta:
    severity = "malware"
    reason = "A saved search shows the files of somebody's share or web folder."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $search = "<persistedQuery" nocase
    $scope = /<include[^<>]{0,80}path\s?=\s?["'](https?:|\\\\|file:\/\/|::)/ nocase
  condition:
    $search and $scope
}

rule setting_content_command : shortcut dropper {
  meta:
    severity = "malware"
    reason = "A shortcut to a page of the Windows settings starts a program instead."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2018-8414"
  strings:
    $head1 = "<SearchableContent" nocase
    $head2 = "<SettingIdentity" nocase
    $link = /<DeepLink>[^<]{0,80}(cmd|powershell|mshta|wscript|cscript|rundll32|regsvr32|\.exe)/ nocase
  condition:
    any of ($head*) and $link
}

rule scf_remote_icon : shortcut remote credentials {
  meta:
    severity = "malware"
    reason = "A command file of the Windows explorer takes its icon from a share, which hands over the password hash of who sees it."
    reference = "https://attack.mitre.org/techniques/T1187/"
  strings:
    $head = "[Shell]" nocase
    $icon = /\bIconFile\s?=\s?(\\\\|file:)/ nocase
    $command = /\bCommand\s?=\s?\d/ nocase
  condition:
    $head in (0..256) and $icon and $command
}

rule folder_settings_remote : shortcut remote credentials {
  meta:
    severity = "suspicious"
    reason = "The settings of a folder take its icon from a share across the network."
    reference = "https://attack.mitre.org/techniques/T1187/"
  strings:
    $head = "[.ShellClassInfo]" nocase
    $icon = /\bIcon(File|Resource)\s?=\s?\\\\[a-z0-9.\-]{3,80}\\/ nocase
  condition:
    $head and $icon
}

rule theme_remote : shortcut remote credentials {
  meta:
    severity = "malware"
    reason = "A Windows theme takes its pictures or its looks from a share, which hands over the password hash of who sees the file."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2024-21320"
  strings:
    $head1 = "[Theme]" nocase
    $head2 = "[Control Panel\\Desktop]" nocase
    $path = /\b(BrandImage|Wallpaper|Path|DefaultValue)\s?=\s?\\\\[a-z0-9.\-]{3,80}\\/ nocase
  condition:
    any of ($head*) and $path
}

rule remote_desktop_file : shortcut remote {
  meta:
    severity = "suspicious"
    reason = "A settings file joins the reader's disks and clipboard to somebody's remote desktop."
    reference = "https://attack.mitre.org/techniques/T1219/"
  strings:
    $address = /^\xEF?\xBB?\xBF?(full address|alternate full address):s:/ nocase
    $address2 = /\n(full address|alternate full address):s:/ nocase
    $share1 = /drivestoredirect:s:[^\r\n]{1,80}/ nocase
    $share2 = "redirectclipboard:i:1" nocase
    $program = /remoteapplicationprogram:s:[^\r\n]/ nocase
  condition:
    any of ($address*) and any of ($share1, $share2, $program)
}

rule click_once_manifest : shortcut downloader {
  meta:
    severity = "suspicious"
    reason = "A manifest installs a program from the web with one click."
    reference = "https://attack.mitre.org/techniques/T1127/"
  strings:
    $assembly = "urn:schemas-microsoft-com:asm.v1" nocase
    $deployment = "<deployment" nocase
    $provider = /<deploymentProvider[^<>]{0,80}codebase\s?=\s?["']https?:/ nocase
    $appref = /^\xFF\xFEh\x00t\x00t\x00p\x00[^\x23]{8,80}#\x00/
    $appref2 = ".application#" wide nocase
  condition:
    ($assembly and ($deployment and $provider)) or ($appref and $appref2)
}

rule setup_information_command : shortcut dropper {
  meta:
    severity = "malware"
    reason = "A setup information file runs commands or a script component when it is installed."
    reference = "https://attack.mitre.org/techniques/T1218/003/"
  strings:
    $head = "[version]" nocase
    $install = /\[DefaultInstall(_SingleUser)?\]/ nocase
    $run1 = /RunPreSetupCommands(Section)?\s?=/ nocase
    $run2 = /UnRegisterOCXs?\s?=/ nocase
    $run3 = /RunPostSetupCommands(Section)?\s?=/ nocase
    $what = /(scrobj\.dll|cmd|powershell|mshta|rundll32|taskkill)/ nocase
  condition:
    $head and $install and any of ($run*) and $what
}

rule autorun_program : shortcut {
  meta:
    severity = "suspicious"
    reason = "A settings file makes a disk start a program when it is put in."
    reference = "https://attack.mitre.org/techniques/T1091/"
  strings:
    $head = "[autorun]" nocase
    $open = /\b(open|shellexecute|shell\\\w{1,20}\\command)\s?=\s?[^\r\n]{1,80}\.(exe|bat|cmd|vbs|js|scr|lnk|com|hta)/ nocase
  condition:
    $head in (0..64) and $open
}

rule registry_file_runs_program : shortcut persistence {
  meta:
    severity = "malware"
    reason = "A registry file enters a command among those that start by themselves, or weakens protection."
    reference = "https://attack.mitre.org/techniques/T1112/"
  strings:
    $head1 = "Windows Registry Editor Version 5.00" nocase ascii wide
    $head2 = "REGEDIT4"
    $key1 = "\\CurrentVersion\\Run" nocase ascii wide
    $key2 = "\\shell\\open\\command" nocase ascii wide
    $key3 = "DisableAntiSpyware" nocase ascii wide
    $key4 = "Image File Execution Options" nocase ascii wide
    $key5 = "VBAWarnings" nocase ascii wide
    $key6 = "EnableLUA" nocase ascii wide
  condition:
    any of ($head*) in (0..64) and any of ($key*)
}

rule desktop_entry_command : shortcut dropper {
  meta:
    severity = "malware"
    reason = "A Linux desktop file that looks like a document runs commands of a shell."
    reference = "https://attack.mitre.org/techniques/T1547/013/"
  strings:
    $head = "[Desktop Entry]"
    $exec = /\nExec\s?=\s?[^\n]{0,80}(\b(ba|z|da)?sh\s{1,4}-c|python[23]?\s{1,4}-c)[^\n]{0,80}(curl|wget|base64|\/dev\/tcp|xxd)/
  condition:
    $head in (0..512) and $exec
}

// Scripts and command lines: JScript, VBScript, PowerShell, batch, Python, web shells; alone, in macros, shortcuts or text.

rule powershell_encoded : powershell dropper {
  meta:
    severity = "malware"
    reason = "PowerShell is given a command in base64."
    reference = "https://attack.mitre.org/techniques/T1059/001/"
  strings:
    $dash = /(powershell|pwsh)(\.exe)?["'^]{0,2}\s[^\r\n]{0,60}[\-\/]e(n|nc|nco|ncod|ncode|ncoded|ncodedc\w{0,9})?["'^]?\s{1,20}["']?[A-Za-z0-9+\/=]{40}/ nocase
    $wide = /(powershell|pwsh)(\.exe)?["'^]{0,2}\s[^\r\n]{0,60}[\-\/]e(n|nc|nco|ncod|ncode|ncoded|ncodedc\w{0,9})?["'^]?\s{1,20}["']?[A-Za-z0-9+\/=]{40}/ nocase wide
  condition:
    any of them
}

private rule powershell_fetches {
  strings:
    $f1 = "DownloadString" nocase ascii wide
    $f2 = "DownloadFile" nocase ascii wide
    $f3 = "DownloadData" nocase ascii wide
    $f4 = "Invoke-WebRequest" nocase ascii wide
    $f5 = "Invoke-RestMethod" nocase ascii wide
    $f6 = /\b(iwr|irm|curl|wget)\s{1,4}(-\w{1,12}\s{1,4}){0,3}["']?(https?:|\$)/ nocase ascii wide
    $f7 = "Start-BitsTransfer" nocase ascii wide
    $f8 = "WebClient" nocase ascii wide
    $f9 = "Http.HttpClient" nocase ascii wide
  condition:
    any of them
}

private rule powershell_runs_text {
  strings:
    $r1 = /[\s|;({&"']iex\b/ nocase ascii wide
    $r2 = "Invoke-Expression" nocase ascii wide
    $r3 = "Start-Process" nocase ascii wide
    $r4 = "Invoke-Item" nocase ascii wide
    $r5 = "ScriptBlock]::Create" nocase ascii wide
    $r6 = "Invoke-Command" nocase ascii wide
  condition:
    any of them
}

private rule powershell_hides {
  strings:
    $w1 = /[\-\/]w(i|in|ind|indo|indow|indowst\w{0,5})?\s{1,8}["']?(h|hi|hid|hidd|hidde|hidden|1)\b/ nocase ascii wide
    $w2 = /WindowStyle\s?=\s?["']?Hidden/ nocase ascii wide
  condition:
    any of them
}

rule powershell_hidden_download : powershell downloader {
  meta:
    severity = "malware"
    reason = "PowerShell without a window fetches something from the network and runs it."
    reference = "https://attack.mitre.org/techniques/T1059/001/"
  strings:
    $name = "powershell" nocase ascii wide
  condition:
    filesize < 1048576 and $name and powershell_hides and powershell_fetches and powershell_runs_text
}

rule powershell_download : powershell downloader {
  meta:
    severity = "suspicious"
    reason = "PowerShell fetches a script from the network and runs it at once; installers are started like this too."
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $run2 = "iex" nocase fullword
    $run3 = "Invoke-Expression" nocase
    $fetch1 = "DownloadString" nocase
    $fetch2 = "Invoke-WebRequest" nocase
    $fetch3 = "Invoke-RestMethod" nocase
    $fetch4 = "iwr" nocase fullword
    $fetch5 = "irm" nocase fullword
  condition:
    for any i in (1..#run2) : (any of ($fetch*) in (@run2[i] - 240..@run2[i] + 80)) or
    for any i in (1..#run3) : (any of ($fetch*) in (@run3[i] - 240..@run3[i] + 80))
}

rule powershell_blinds_scanner : powershell evasion {
  meta:
    severity = "malware"
    reason = "PowerShell turns off the interface through which virus scanners see scripts."
    reference = "https://attack.mitre.org/techniques/T1562/001/"
  strings:
    $a1 = "amsiInitFailed" nocase
    $a2 = "AmsiScanBuffer" nocase
    $a3 = "amsiContext" nocase
    $a4 = "AmsiUtils" nocase
    $b1 = "GetField(" nocase
    $b2 = "VirtualProtect" nocase
    $b3 = "SetValue(" nocase
    $b4 = "Ref].Assembly" nocase
  condition:
    any of ($a*) and any of ($b*)
}

rule powershell_loads_program : powershell injection {
  meta:
    severity = "malware"
    reason = "PowerShell decodes a program that it carries or fetches, loads it into its own memory and calls it."
    reference = "https://attack.mitre.org/techniques/T1620/"
  strings:
    $load = /Assembly\]::Load\(|\.Load\(\s{0,4}\[Convert\]/ nocase
    $decode1 = "FromBase64String" nocase
    $decode2 = "DownloadData" nocase
    $decode3 = "GzipStream" nocase
    $call1 = "EntryPoint" nocase
    $call2 = "GetMethod(" nocase
    $invoke = ".Invoke(" nocase
  condition:
    $load and any of ($decode*) and any of ($call*) and $invoke
}

rule powershell_shellcode : powershell injection {
  meta:
    severity = "malware"
    reason = "PowerShell reserves executable memory, copies bytes into it and starts them."
    reference = "https://attack.mitre.org/techniques/T1055/"
  strings:
    $name1 = "DllImport" nocase
    $name2 = "GetDelegateForFunctionPointer" nocase
    $alloc = "VirtualAlloc" nocase
    $copy = "Marshal]::Copy" nocase
    $bytes = /\[Byte\[\]\]/ nocase
    $start1 = "CreateThread" nocase
    $start2 = ".Invoke([IntPtr]::Zero" nocase
  condition:
    any of ($name*) and $alloc and $copy and $bytes and any of ($start*)
}

rule powershell_spelled_out : powershell obfuscation {
  meta:
    severity = "malware"
    reason = "The name of the command that runs a text is cut out of other texts, letter by letter."
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $env1 = /\$env:(comspec|public)\[\s?\d{1,2}\s?(,|\]\s?\+)/ nocase
    $env2 = /\$pshome\[\s?\d{1,2}\s?\]\s?\+\s?\$pshome/ nocase
    $env3 = /\$shellid\[\s?\d{1,2}\s?\]\s?\+/ nocase
    $env4 = /\$verbosepreference\.tostring\(\)\[\s?\d\s?,\s?\d/ nocase
    $tick = /\bi`e`?x\b|\bi`?e`x\b|Invo`?ke-Exp`?res`?sion`|Down`?lo`adStr`?ing/ nocase
    $plus = /['"]ie['"]\s?\+\s?['"]x['"]|['"]i['"]\s?\+\s?['"]ex['"]/ nocase
  condition:
    any of them
}

rule powershell_shuffled : powershell obfuscation {
  meta:
    severity = "suspicious"
    reason = "PowerShell puts commands together from numbered or shuffled pieces."
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $format = /\(\s?["'](\{\d{1,2}\}){3,60}["']\s?-f\s?["']/ nocase
    $char = /\[char\]\s?\(?(0x[0-9a-f]{2}|\d{2,3})\)?\s?\+\s?\[char\]/ nocase
    $join = /-join\s?\(?\s?\(?\s?\[?char\[\]\]?/ nocase
    $xor = /-b?xor\s?(0x[0-9a-f]{1,2}|\d{1,3})/ nocase
    $run1 = /[\s|;({&]iex\b/ nocase
    $run2 = "Invoke-Expression" nocase
    $run3 = /[&.]\s?\(\s?\$\w{1,30}/
    $run4 = /\|\s?&\s?\(/
  condition:
    #format > 2 or #char > 6 or (($join or $xor) and any of ($run*))
}

rule program_certutil : lolbin downloader {
  meta:
    severity = "malware"
    reason = "The certificate tool of Windows is used to fetch a file from the network."
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $certutil = /certutil(\.exe)?["'^]{0,2}\s[^\r\n]{0,80}[\-\/](urlcache|verifyctl)\b[^\r\n]{0,80}(https?:|ftp:|%\w|\$)/ nocase ascii wide
  condition:
    $certutil
}

rule program_certutil_decode : lolbin dropper {
  meta:
    severity = "malware"
    reason = "A script decodes a program that it carries with the certificate tool of Windows."
    reference = "https://attack.mitre.org/techniques/T1140/"
  strings:
    $decode = /certutil(\.exe)?["'^]{0,2}\s[^\r\n]{0,60}[\-\/]decode(hex)?\b/ nocase
    $mz1 = "TVqQAAMAAA"
    $mz2 = "TVpQAAIAAA"
    $mz3 = "4d5a9000" nocase
    $self = "%~f0" nocase
    $begin = "BEGIN CERTIFICATE"
  condition:
    $decode and (any of ($mz*) or ($self and $begin))
}

rule program_bitsadmin : lolbin downloader {
  meta:
    severity = "malware"
    reason = "The background transfer tool of Windows is used to fetch a file from the network."
    reference = "https://attack.mitre.org/techniques/T1197/"
  strings:
    $bits = /bitsadmin(\.exe)?["'^]{0,2}\s[^\r\n]{0,80}\/(transfer|addfile)\b[^\r\n]{0,80}https?:/ nocase ascii wide
  condition:
    $bits
}

rule program_mshta : lolbin dropper {
  meta:
    severity = "malware"
    reason = "The script host for pages is started with an address or a script."
    reference = "https://attack.mitre.org/techniques/T1218/005/"
  strings:
    $mshta = /\bmshta(\.exe)?["'^]{0,2}\s{1,20}["']?(https?:|ftp:|\\\\|javascript:|vbscript:|about:)/ nocase
    $wide = /mshta(\.exe)?["'^]{0,2}\s{1,20}["']?(https?:|ftp:|\\\\|javascript:|vbscript:|about:)/ nocase wide
  condition:
    any of them
}

rule program_regsvr32 : lolbin dropper {
  meta:
    severity = "malware"
    reason = "A script from the network is registered as a component, which runs it."
    reference = "https://attack.mitre.org/techniques/T1218/010/"
  strings:
    $regsvr = /regsvr32(\.exe)?["'^]{0,2}\s[^\r\n]{0,60}[\/\-]i:\s?["']?(https?:|ftp:|\\\\|[\w%\\.:]{1,80}\.sct)/ nocase ascii wide
    $name = "regsvr32" nocase ascii wide
    $scrobj = "scrobj.dll" nocase ascii wide
  condition:
    $regsvr or for any i in (1..#scrobj) : ($name in (@scrobj[i] - 320..@scrobj[i]))
}

rule program_rundll32 : lolbin dropper {
  meta:
    severity = "malware"
    reason = "The loader of libraries is started with a script or with a library across the Internet."
    reference = "https://attack.mitre.org/techniques/T1218/011/"
  strings:
    $script = /rundll32(\.exe)?["'^]{0,2}\s{1,8}["']?(javascript|vbscript):/ nocase ascii wide
    $dav = /rundll32(\.exe)?["'^]{0,2}\s{1,8}["']?\\\\[^\\\s"']{3,80}(@SSL|@\d{2,5})?\\/ nocase ascii wide
    $url = /rundll32(\.exe)?["'^]{0,2}\s{1,8}url\.dll,\s?(OpenURL|FileProtocolHandler)\s{1,4}["']?(file:\/\/|https?:)/ nocase ascii wide
  condition:
    any of them
}

rule program_msiexec : lolbin downloader {
  meta:
    severity = "suspicious"
    reason = "An installer is taken from the network and run without asking."
    reference = "https://attack.mitre.org/techniques/T1218/007/"
  strings:
    $msi1 = /msiexec(\.exe)?["'^]{0,2}\s[^\r\n]{0,60}[\/\-]i\s?["']?https?:[^\r\n]{0,80}[\/\-]q/ nocase ascii wide
    $msi2 = /msiexec(\.exe)?["'^]{0,2}\s[^\r\n]{0,60}[\/\-]q\w?\s[^\r\n]{0,60}[\/\-]i\s?["']?https?:/ nocase ascii wide
  condition:
    any of them
}

rule program_wmic : lolbin dropper {
  meta:
    severity = "malware"
    reason = "The management console runs a style sheet from the network, or starts a process."
    reference = "https://attack.mitre.org/techniques/T1220/"
  strings:
    $style = /wmic(\.exe)?["'^]{0,2}\s[^\r\n]{0,80}\/format\s?:\s?["']?(https?:|\\\\|[\w%\\.:]{1,80}\.xsl)/ nocase ascii wide
    $start = /wmic(\.exe)?["'^]{0,2}\s[^\r\n]{0,60}process\s{1,4}call\s{1,4}create\s{1,4}["'][^\r\n]{0,80}(powershell|cmd|mshta|rundll32|http)/ nocase ascii wide
  condition:
    any of them
}

rule program_from_share : lolbin dropper remote {
  meta:
    severity = "malware"
    reason = "A command runs something from a web folder across the Internet as if it were a share."
    reference = "https://attack.mitre.org/techniques/T1570/"
  strings:
    $dav1 = /\\\\[a-z0-9.\-]{4,80}(@SSL)?(@\d{2,5})?\\DavWWWRoot\\/ nocase ascii wide
    $dav2 = /\\\\[a-z0-9.\-]{4,80}(@SSL|@(80|443|8080|8888))\\[^\s"']{1,80}\.(exe|dll|js|vbs|wsf|bat|cmd|lnk|hta|ps1|py|cpl|msi)/ nocase ascii wide
  condition:
    any of them
}

rule batch_fetches_and_runs : batch downloader {
  meta:
    severity = "malware"
    reason = "A batch file fetches a file to a folder for temporary files and starts it."
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $curl = /\bcurl(\.exe)?["']?\s/ nocase
    $output = /(-o|--output)\s{1,4}["']?(%\w{1,30}%|c:\\)[^\r\n"'\s]{1,60}\.(exe|dll|js|vbs|hta|bat|cmd|msi|zip|ps1)/ nocase
    $tool1 = "certutil" nocase
    $tool2 = "bitsadmin" nocase
    $tool3 = "Invoke-WebRequest" nocase
    $tool4 = "DownloadFile" nocase
    $folder = /(%temp%|%appdata%|%tmp%|%public%|%programdata%|\$env:temp)/ nocase
    $start1 = /\b(start|call)\s{1,4}(\/\w{1,4}\s{1,4}|""\s{1,4}){0,4}["']?(%\w{1,30}%|c:\\users|c:\\programdata)/ nocase
    $start2 = /\b(rundll32|wscript|cscript|regsvr32|mshta)(\.exe)?\s{1,4}[^\r\n]{0,20}(%temp%|%appdata%|%tmp%|%public%|%programdata%)/ nocase
    $start3 = /(&|&&|\r?\n)\s{0,8}["']?%(temp|appdata|tmp|public|programdata)%\\[^\r\n"']{1,80}\.(exe|bat|cmd|vbs|js)/ nocase
  condition:
    filesize < 1048576 and (($curl and $output) or (any of ($tool*) and $folder)) and any of ($start*)
}

rule batch_spelled_out : batch obfuscation {
  meta:
    severity = "suspicious"
    reason = "A batch file cuts its commands out of variables, letter by letter."
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $cut = /%\w{1,40}:~-?\d{1,3},\d{1,2}%/
    $caret1 = "^p^o^w" nocase
    $caret2 = "p^ow" nocase
    $caret3 = "po^w" nocase
    $caret4 = "c^m^d" nocase
    $caret5 = "^e^c^h^o" nocase
    $caret6 = "m^sh" nocase
    $caret7 = "ms^ht" nocase
    $caret8 = "^s^e^t" nocase
    $batch1 = "set " nocase
    $batch2 = "@echo" nocase
    $batch3 = "cmd" nocase fullword
  condition:
    filesize < 1048576 and (#cut > 12 or (2 of ($caret*) and any of ($batch*)))
}

rule script_shell_command : script dropper {
  meta:
    severity = "malware"
    reason = "A script for the Windows script host starts a command interpreter."
    reference = "https://attack.mitre.org/techniques/T1059/005/"
  strings:
    $shell1 = /(CreateObject|ActiveXObject)\s?\(\s{0,4}["'](WScript\.Shell|Shell\.Application)["']/ nocase
    $run = /\.(Run|Exec|ShellExecute)\s?[("' ]/ nocase
    $command1 = /powershell(\.exe)?["' ]/ nocase
    $command2 = /cmd(\.exe)?\s{1,4}\/[ckr]\b/ nocase
    $command3 = "mshta" nocase
    $command4 = "rundll32" nocase
    $command5 = "regsvr32" nocase
    $command6 = "certutil" nocase
    $command7 = "bitsadmin" nocase
    $office = "Attribute VB_" nocase
  condition:
    $shell1 and $run and any of ($command*) and not $office
}

rule script_downloader : script downloader {
  meta:
    severity = "malware"
    reason = "A script for the Windows script host fetches a file, writes it to disk and starts it."
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $fetch1 = "XMLHTTP" nocase
    $fetch2 = "WinHttp.WinHttpRequest" nocase
    $write1 = "ADODB.Stream" nocase
    $write2 = "SaveToFile" nocase
    $run1 = "WScript.Shell" nocase
    $run2 = "Shell.Application" nocase
    $run3 = "ShellExecute" nocase
  condition:
    any of ($fetch*) and all of ($write*) and any of ($run*)
}

rule script_encoded : script obfuscation {
  meta:
    severity = "malware"
    reason = "A script file is in Microsoft's encoded form, which hides it from readers and from nothing else."
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $head = /#@~\^[A-Za-z0-9+\/]{6}==/
    $language = /<script[^<>]{0,60}language\s?=\s?["']?(JScript|VBScript)\.Encode/ nocase
  condition:
    $head in (0..16) or ($language and $head)
}

rule script_built_commands : script obfuscation {
  meta:
    severity = "suspicious"
    reason = "A script builds another script from numbers or reversed text and runs it."
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $vbs = /\bExecute(Global)?\s?\(?\s?(\w{1,40}\(|StrReverse|Replace|Chr)/ nocase
    $run2 = /\beval\s?\(\s?(\w{1,40}\[|String\.fromCharCode|\w{1,40}\.(split|join|replace|reverse)\()/
    $run3 = /\bnew\s{1,4}Function\s?\(\s?\w{1,40}\.(join|replace)\(/
    $chr = /Chr[WB$]{0,2}\(\s?(\d{1,3}|&H[0-9a-f]{2})\s?[)\-+\/*]/ nocase
    $numbers1 = /fromCharCode\(\s?(\d{2,3},\s?){16}/
    $numbers2 = /\[(\d{2,3},\s?){32}/
    $reverse = /\.split\(\s?(''|"")\s?\)\.reverse\(\)\.join\(/
    $reverse2 = "StrReverse(" nocase
    $host1 = "WScript" nocase
    $host2 = "ActiveXObject" nocase
    $host3 = "CreateObject" nocase
  condition:
    ($vbs or (any of ($run*) and any of ($host*))) and (#chr > 24 or any of ($numbers*) or $reverse or $reverse2)
}

rule script_windows_job : script {
  meta:
    severity = "suspicious"
    reason = "A script file for the Windows script host."
    reference = "https://attack.mitre.org/techniques/T1059/005/"
  strings:
    $job = /<(job|package)[\s>]/ nocase
    $script = /<script[^<>]{0,80}language\s?=\s?["']?(jscript|vbscript|javascript)/ nocase
    $object1 = "WScript." nocase
    $object2 = "CreateObject" nocase
    $object3 = "ActiveXObject" nocase
  condition:
    $job in (0..2048) and $script and any of ($object*)
}

rule script_component : script dropper {
  meta:
    severity = "malware"
    reason = "A script component that runs when it is registered or loaded."
    reference = "https://attack.mitre.org/techniques/T1218/010/"
  strings:
    $component = /<(scriptlet|component|package)[\s>]/ nocase
    $registration = "<registration" nocase
    $script = "<script" nocase
    $object1 = "ActiveXObject" nocase
    $object2 = "CreateObject" nocase
    $object3 = "GetObject(" nocase
  condition:
    $component and $registration and $script and any of ($object*)
}

rule style_sheet_script : script dropper {
  meta:
    severity = "malware"
    reason = "A style sheet for XML starts a program."
    reference = "https://attack.mitre.org/techniques/T1220/"
  strings:
    $style = "xsl:stylesheet" nocase
    $style2 = "<stylesheet" nocase
    $script = /<\w{1,12}:script[^<>]{0,80}(implements-prefix|language)/ nocase
    $object1 = "WScript.Shell" nocase
    $object2 = "Shell.Application" nocase
    $object3 = "Process.Start" nocase
  condition:
    any of ($style*) and $script and any of ($object*)
}

rule script_switches_off_protection : script evasion {
  meta:
    severity = "malware"
    reason = "A script switches the virus scanner of Windows off or tells it to look away."
    reference = "https://attack.mitre.org/techniques/T1562/001/"
  strings:
    $set = /Set-MpPreference\s[^\r\n]{0,80}-Disable(RealtimeMonitoring|BehaviorMonitoring|IOAVProtection|ScriptScanning)\s{1,4}(\$true|1)/ nocase ascii wide
    $add = /(Add|Set)-MpPreference\s[^\r\n]{0,60}-Exclusion(Path|Extension|Process)\s/ nocase ascii wide
    $registry = /Windows Defender[^\r\n]{0,80}DisableAntiSpyware[^\r\n]{0,60}\b1\b/ nocase ascii wide
    $stop = /(sc|net)(\.exe)?\s{1,4}(stop|delete|config)\s{1,4}["']?WinDefend/ nocase ascii wide
  condition:
    any of them
}

rule script_deletes_backups : script ransomware {
  meta:
    severity = "malware"
    reason = "A script deletes the copies from which damaged files could be restored."
    reference = "https://attack.mitre.org/techniques/T1490/"
  strings:
    $b1 = /vssadmin(\.exe)?["']?\s{1,4}delete\s{1,4}shadows[^\r\n]{0,60}\/quiet/ nocase ascii wide
    $b2 = /wmic(\.exe)?["']?\s{1,4}shadowcopy\s{1,4}delete/ nocase ascii wide
    $b3 = /wbadmin(\.exe)?["']?\s{1,4}delete\s{1,4}(catalog|systemstatebackup)[^\r\n]{0,60}-quiet/ nocase ascii wide
    $b4 = /bcdedit(\.exe)?["']?\s{1,4}\/set[^\r\n]{0,60}recoveryenabled\s{1,4}no/ nocase ascii wide
    $b5 = /Win32_Shadowcopy[^\r\n]{0,80}(Delete\(|Remove-WmiObject)/ nocase ascii wide
  condition:
    any of them
}

rule script_starts_with_windows : script persistence {
  meta:
    severity = "suspicious"
    reason = "A script enters itself among the programs that start with Windows."
    reference = "https://attack.mitre.org/techniques/T1547/001/"
  strings:
    $key = "\\CurrentVersion\\Run" nocase
    $write1 = /reg(\.exe)?["']?\s{1,4}add\s/ nocase
    $write2 = "RegWrite" nocase
    $write3 = "Set-ItemProperty" nocase
    $write4 = "New-ItemProperty" nocase
    $folder = "\\Start Menu\\Programs\\Startup" nocase
    $copy1 = "CopyFile" nocase
    $copy2 = /\b(copy|move)\s{1,4}[^\r\n]{0,80}Startup/ nocase
    $copy3 = "Copy-Item" nocase
  condition:
    ($key and any of ($write*)) or ($folder and any of ($copy*))
}

rule python_runs_decoded : script obfuscation {
  meta:
    severity = "suspicious"
    reason = "A Python script decodes another one and runs it."
    reference = "https://attack.mitre.org/techniques/T1059/006/"
  strings:
    $run1 = /\b(exec|eval)\s?\(\s?(__import__\(\s?["'](base64|zlib|marshal|codecs)["']\)|base64\.b64decode\(|zlib\.decompress\(|marshal\.loads\(|bytes\.fromhex\(|codecs\.decode\()/
    $run2 = /\b(exec|eval)\s?\(\s?compile\(\s?(base64|zlib|marshal)\./
    $run3 = /\bexec\s?\(\s?\(?lambda _{1,3}\s?:\s?__import__\(/
  condition:
    any of them
}

rule shell_pipe_from_web : script downloader {
  meta:
    severity = "info"
    reason = "A script is fetched from the web and run at once; instructions for installing software say so too."
    reference = "https://attack.mitre.org/techniques/T1059/004/"
  strings:
    $pipe = /\| ?(sudo )?(\/bin\/|\/usr\/bin\/env )?(ba|z|da)?sh\b/
    $fetch1 = "curl" fullword
    $fetch2 = "wget" fullword
  condition:
    for any i in (1..#pipe) : (any of ($fetch*) in (@pipe[i] - 300..@pipe[i]))
}

rule shell_pipe_decoded : script downloader obfuscation {
  meta:
    severity = "malware"
    reason = "A command in base64 is decoded and run by a shell at once."
    reference = "https://attack.mitre.org/techniques/T1140/"
  strings:
    $echo = /echo\s{1,4}(-n\s{1,4})?["']?[A-Za-z0-9+\/=]{24,80}["']?\s{0,4}\|\s{0,4}(openssl\s{1,4}base64|base64)\s{1,4}(-d|-D|--decode)[^\r\n|]{0,20}\|\s{0,4}(sudo\s{1,4})?(\/bin\/)?(ba|z|da)?sh\b/
    $sub = /\b(ba|z)?sh\s{1,4}(-c\s{1,4}["']?\$\(|<<<\s?["']?\$\()\s?echo\s{1,4}["']?[A-Za-z0-9+\/=]{24,80}["']?\s?\|\s?base64\s{1,4}(-d|-D|--decode)/
  condition:
    any of them
}

rule mac_script_asks_password : script phishing {
  meta:
    severity = "malware"
    reason = "A script for the Mac asks for the password in a window of its own and uses it."
    reference = "https://attack.mitre.org/techniques/T1056/002/"
  strings:
    $script1 = "osascript" nocase
    $script2 = "tell application" nocase
    $dialog = /display dialog[^\r\n]{0,80}hidden answer/ nocase
    $use1 = "dscl" fullword
    $use2 = "sudo -S"
    $use3 = "curl" fullword
    $use4 = "do shell script" nocase
  condition:
    any of ($script*) and $dialog and any of ($use*)
}

rule autoit_program : program {
  meta:
    severity = "suspicious"
    reason = "A program made from an AutoIt script, by which much malware is wrapped."
    reference = "https://attack.mitre.org/techniques/T1059/010/"
  strings:
    $head = { A3 48 4B BE 98 6C 4A A9 99 4C 53 0A 86 D6 48 7D 41 55 33 21 45 41 30 36 }
  condition:
    $head
}

rule web_shell_php : webshell {
  meta:
    severity = "malware"
    reason = "A PHP page runs what is sent to it."
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $php = "<?php" nocase
    $php2 = "<?=" nocase
    $direct = /\b(eval|assert|system|passthru|shell_exec|exec|popen|proc_open|create_function)\s?\(\s?(@|stripslashes\(|base64_decode\(|gzinflate\(|str_rot13\(|trim\(){0,4}\s?\$_(GET|POST|REQUEST|COOKIE|SERVER)\s?\[/ nocase
    $backtick = /`\s?\$_(GET|POST|REQUEST|COOKIE)\s?\[/
    $variable = /\$_(GET|POST|REQUEST|COOKIE)\s?\[[^\]]{1,40}\]\s?\(\s?\$_(GET|POST|REQUEST|COOKIE)/
    $packed = /\beval\s?\(\s?(gzinflate|gzuncompress|str_rot13|base64_decode)\s?\(\s?(base64_decode|str_rot13|gzinflate|strrev)?\s?\(?\s?["'][A-Za-z0-9+\/=]{100}/ nocase
  condition:
    any of ($php, $php2) and any of ($direct, $backtick, $variable, $packed)
}

rule web_shell_asp : webshell {
  meta:
    severity = "malware"
    reason = "An ASP page runs what is sent to it."
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $eval = /<%[^%]{0,80}\b(eval|execute|executeglobal)\s?\(?\s?(unsafe|request)\s?(\.(item|form|querystring))?\s?[\[(]/ nocase
    $jscript = /Language\s?=\s?["']?JScript["']?[^%]{0,80}%>\s{0,20}<%[^%]{0,80}eval\s?\(\s?Request/ nocase
    $process = /ProcessStartInfo[^}]{0,80}Request(\.Form|\.QueryString|\.Params)?\s?\[/ nocase
  condition:
    any of them
}

rule web_shell_jsp : webshell {
  meta:
    severity = "malware"
    reason = "A JSP page runs what is sent to it."
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $tag = "<%"
    $exec1 = /Runtime\.getRuntime\(\)\.exec\(\s?[^)]{0,80}request\.getParameter\(/
    $exec2 = /new ProcessBuilder\([^;]{0,80}request\.getParameter\(/
    $parameter = "request.getParameter("
    $runtime = "Runtime.getRuntime().exec("
    $stream = "getInputStream()"
    $define = /defineClass\([^;]{0,80}request\.(getParameter|getReader)/
  condition:
    $tag and ($exec1 or $exec2 or $define or ($parameter and $runtime and $stream))
}

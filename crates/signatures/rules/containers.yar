// Archives, disk images, help files, names that lie, and the test file of all scanners.

rule eicar_test_file : test {
  meta:
    severity = "malware"
    reason = "The harmless file by which virus scanners are tested."
    reference = "https://www.eicar.org/download-anti-malware-testfile/"
  strings:
    // In two pieces, or this text would be found by the scanners of those who read it.
    $head = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"
    $tail = "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
  condition:
    $head at 0 and $tail at 33 and filesize <= 128
}

private rule zip_file {
  condition:
    uint32be(0) == 0x504B0304
}

private rule rar_file {
  condition:
    uint32be(0) == 0x52617221
}

private rule disk_image {
  strings:
    $vhd = "conectix"
    $udf = "NSR0"
    $fat1 = "FAT12   "
    $fat2 = "FAT16   "
    $fat3 = "FAT32   "
    $ntfs = "NTFS    "
  condition:
    (uint32be(0x8001) == 0x43443030 and uint8(0x8005) == 0x31) or uint32be(0) == 0x76686478 or ($vhd at 0) or
    ($vhd in (filesize - 512..filesize)) or ($udf in (0x8001..0xA000)) or
    (uint16be(0x1FE) == 0x55AA and any of ($fat*, $ntfs))
}

rule disk_image_shortcut : container lnk dropper {
  meta:
    severity = "malware"
    reason = "A disk image holds a shortcut, which is so opened without the mark of the web."
    reference = "https://attack.mitre.org/techniques/T1553/005/"
  strings:
    $lnk = { 4C 00 00 00 01 14 02 00 00 00 00 00 C0 00 00 00 00 00 00 46 }
  condition:
    disk_image and $lnk
}

rule disk_image_script : container dropper {
  meta:
    severity = "malware"
    reason = "A disk image holds a script, which is so opened without the mark of the web."
    reference = "https://attack.mitre.org/techniques/T1553/005/"
  strings:
    $name1 = /\.(JS|VBS|WSF|HTA|JSE|VBE|CMD|BAT|PS1|CHM);1/ nocase
    $name2 = /\.(js|vbs|wsf|hta|jse|vbe|cmd|bat|ps1|chm);1/ wide nocase
  condition:
    disk_image and any of them and filesize < 16777216
}

rule disk_image_program : container {
  meta:
    severity = "suspicious"
    reason = "A small disk image holds a program."
    reference = "https://attack.mitre.org/techniques/T1553/005/"
  strings:
    $name1 = /\.(EXE|DLL|SCR|COM|PIF|MSI|CPL);1/ nocase
    $name2 = /\.(exe|dll|scr|com|pif|msi|cpl);1/ wide nocase
    $dos = "program cannot be run in DOS mode"
  condition:
    disk_image and any of them and filesize < 67108864
}

rule archive_double_extension : container evasion {
  meta:
    severity = "malware"
    reason = "An archive holds a program or script that is named like a document or picture."
    reference = "https://attack.mitre.org/techniques/T1036/007/"
  strings:
    $name = /PK\x03\x04[\x00-\xff]{26}[^\x00-\x1f]{1,80}\.(pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|txt|rtf|html?|mp[34]|csv|odt)[ ._]{0,80}\.(exe|scr|com|pif|js|jse|vbs|vbe|wsf|hta|lnk|bat|cmd|ps1|jar|msi|cpl)/ nocase
  condition:
    uint32be(0) == 0x504B0304 and $name
}

rule name_double_extension : evasion {
  meta:
    severity = "malware"
    reason = "A program or script is named like a document or picture."
    reference = "https://attack.mitre.org/techniques/T1036/007/"
  condition:
    filename matches /\.(pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|txt|rtf|html?|mp[34]|csv|odt)[ ._]{0,120}\.(exe|scr|com|pif|js|jse|vbs|vbe|wsf|hta|lnk|bat|cmd|ps1|jar|msi|cpl)$/i
}

rule archive_turned_name : container evasion {
  meta:
    severity = "malware"
    reason = "A name in an archive is partly shown from right to left, so that its end seems to be another."
    reference = "https://attack.mitre.org/techniques/T1036/002/"
  strings:
    $name = /PK\x03\x04[\x00-\xff]{26}[^\x00-\x1f]{0,80}\xE2\x80[\xAE\xAB\xAD][^\x00-\x1f]{1,60}\.(exe|scr|com|pif|js|jse|vbs|vbe|wsf|hta|lnk|bat|cmd|ps1|jar|msi|cpl)/ nocase
  condition:
    uint32be(0) == 0x504B0304 and $name
}

rule archive_padded_name : container evasion {
  meta:
    severity = "malware"
    reason = "A name in an archive pushes its real end out of sight with blanks."
    reference = "https://attack.mitre.org/techniques/T1036/"
  strings:
    $blank = / {24}\.(exe|scr|pif|js|jse|vbs|vbe|wsf|hta|lnk|bat|cmd|ps1|jar|msi|cpl)/ nocase
    $wide_blank = /(\xE2\xA0\x80|\xE3\x80\x80){4}\.(exe|scr|pif|js|jse|vbs|vbe|wsf|hta|lnk|bat|cmd|ps1|jar|msi|cpl)/ nocase
    $low1 = "________.exe" nocase
    $low2 = "________.js" nocase
    $low3 = "________.vbs" nocase
    $low4 = "________.scr" nocase
    $low5 = "________.lnk" nocase
    $low6 = "________.hta" nocase
    $low7 = "________.bat" nocase
    $low8 = "________.cmd" nocase
  condition:
    (zip_file or rar_file) and any of them
}

rule archive_script_member : container {
  meta:
    severity = "suspicious"
    reason = "An archive holds a shortcut or a script of a kind that people do not send each other."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    // In the central directory: what follows a name there is an extra field or the next entry.
    $name = /PK\x01\x02[\x00-\xff]{42}[^\x00-\x1f]{1,80}\.(scr|pif|jse|vbs|vbe|wsf|hta|lnk|cpl|iqy|slk|settingcontent-ms|library-ms|search-ms|appref-ms|chm|xll)(PK[\x01\x05]|UT|ux|up|\x0a\x00|\x01\x00|\xfe\xca)/ nocase
  condition:
    uint32be(0) == 0x504B0304 and $name
}

rule archive_climbs_out : container exploit {
  meta:
    severity = "malware"
    reason = "A name in an archive leads out of the folder into which it is unpacked, to where programs start by themselves (CVE-2018-20250, CVE-2025-8088)."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2025-8088"
  strings:
    $up1 = "..\\..\\" ascii wide
    $up2 = "../../" ascii wide
    $start = /(\\|\/)Start Menu(\\|\/)Programs(\\|\/)Startup/ nocase ascii wide
    $start2 = /(\\|\/)AppData(\\|\/)/ nocase
    $start3 = "etc/cron" ascii
    $start4 = ".ssh/authorized_keys" ascii
    $ace = "**ACE**"
  condition:
    (zip_file or rar_file or $ace at 7) and any of ($up*) and any of ($start*)
}

rule archive_folder_like_file : container exploit {
  meta:
    severity = "malware"
    reason = "An archive holds a file and a folder of the same name, so that opening the one starts what is in the other (CVE-2023-38831)."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2023-38831"
  strings:
    $name = /\.(pdf|docx?|xlsx?|jpe?g|png|txt|zip|rar)[ ]{1,3}\/[^\x00-\x1f\/]{1,80}\.(pdf|docx?|xlsx?|jpe?g|png|txt|zip|rar)[ ]{1,3}\.(cmd|bat|exe|vbs|js|lnk|ps1)/ nocase
  condition:
    (zip_file or rar_file) and $name
}

rule archive_ace : container {
  meta:
    severity = "suspicious"
    reason = "An archive of a kind that is used for malware only by now."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2018-20250"
  strings:
    $ace = "**ACE**"
  condition:
    $ace at 7
}

rule help_file : chm {
  meta:
    severity = "suspicious"
    reason = "A compiled help file; it can hold scripts and is hardly ever sent by mail."
    reference = "https://attack.mitre.org/techniques/T1218/001/"
  condition:
    uint32be(0) == 0x49545346
}

rule help_page_command : chm dropper {
  meta:
    severity = "malware"
    reason = "A page of a help file starts a program by a shortcut object."
    reference = "https://attack.mitre.org/techniques/T1218/001/"
  strings:
    $class = "adb880a6-d8ff-11cf-9377-00aa003b7a11" nocase
    $shortcut = /["']ShortCut["']/ nocase
    $item = /["']Item1["'][^<>]{0,40}value\s?=\s?["'][^"'>]{0,20},\s?(cmd|powershell|mshta|wscript|cscript|rundll32|regsvr32|certutil|hh)(\.exe)?/ nocase
  condition:
    $class and $shortcut and $item
}

rule installer_runs_script : installer dropper {
  meta:
    severity = "malware"
    reason = "An installer runs a script that starts a command interpreter."
    reference = "https://attack.mitre.org/techniques/T1218/007/"
  strings:
    $action = { 21 00 5F 00 53 00 74 00 72 00 69 00 6E 00 67 00 50 00 6F 00 6F 00 6C 00 }
    $pool = "CustomAction" ascii wide
    $script1 = "WScript.Shell" nocase
    $script2 = "powershell" nocase
    $script3 = "ActiveXObject" nocase
    $hidden1 = "-enc" nocase
    $hidden2 = "DownloadString" nocase
    $hidden3 = "-w hidden" nocase
    $hidden4 = "FromBase64String" nocase
    $hidden5 = "-windowstyle hidden" nocase
  condition:
    uint32be(0) == 0xD0CF11E0 and ($action or $pool) and any of ($script*) and any of ($hidden*)
}

rule office_archive_program : container document dropper {
  meta:
    severity = "malware"
    reason = "An office document holds a program as one of its parts."
    reference = "https://attack.mitre.org/techniques/T1027/009/"
  strings:
    $types = "[Content_Types].xml"
    $name = /PK\x03\x04[\x00-\xff]{26}(word|xl|ppt|docProps|_rels)\/[^\x00-\x1f]{1,80}\.(exe|dll|scr|js|jse|vbs|vbe|wsf|hta|lnk|bat|cmd|ps1|jar)/ nocase
  condition:
    uint32be(0) == 0x504B0304 and $types and $name
}

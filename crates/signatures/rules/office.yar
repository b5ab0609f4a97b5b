// Office documents: old macro language, remote parts, DDE, embedded objects, OneNote, spreadsheets in text form.

rule xlm_exec : macro xlm dropper {
  meta:
    severity = "malware"
    reason = "A formula of the old macro language starts a program."
    reference = "https://attack.mitre.org/techniques/T1059/"
  strings:
    $formula = /[=>]\s{0,8}EXEC\(("|&quot;|CHAR\(|[A-Z$]{1,5}\d|GET\.)/
    $sheet1 = "macrosheet" nocase
    $sheet2 = "Auto_Open" nocase
    $sheet3 = "=HALT()" nocase
    $sheet4 = "=RETURN(" nocase
    $command1 = "powershell" nocase
    $command2 = "mshta" nocase
    $command3 = "cmd /c" nocase
    $command4 = "cmd.exe" nocase
    $command5 = "rundll32" nocase
    $command6 = "regsvr32" nocase
    $command7 = "wmic" nocase
  condition:
    $formula and (any of ($sheet*) or any of ($command*))
}

rule xlm_call : macro xlm downloader {
  meta:
    severity = "malware"
    reason = "A formula of the old macro language calls a function of the system."
    reference = "https://attack.mitre.org/techniques/T1106/"
  strings:
    $call = /\b(CALL|REGISTER)\(\s{0,4}("|&quot;)(urlmon|kernel32|shell32|ntdll|wininet|winmm|user32|advapi32|xlcall32)/ nocase
  condition:
    $call
}

rule xlm_auto_open : macro xlm {
  meta:
    severity = "suspicious"
    reason = "A workbook runs a sheet of the old macro language when it is opened."
    reference = "https://attack.mitre.org/techniques/T1137/"
  strings:
    $name = /<definedName[^<>]{0,80}name="_xlnm\.Auto_(Open|Close)/ nocase
    $record = { 18 00 ?? 00 20 00 00 01 ?? 00 00 00 ?? 00 00 00 00 00 00 01 }
    $hidden_record = { 18 00 ?? 00 21 00 00 01 ?? 00 00 00 ?? 00 00 00 00 00 00 01 }
    $slk = /^NN;NAuto_open/i
  condition:
    $name or (uint32be(0) == 0xD0CF11E0 and ($record or $hidden_record)) or $slk
}

rule xlm_very_hidden : macro xlm evasion {
  meta:
    severity = "suspicious"
    reason = "A workbook with a macro that runs by itself hides a sheet so that the program's menu cannot show it."
    reference = "https://attack.mitre.org/techniques/T1564/"
  strings:
    $name = /<definedName[^<>]{0,80}name="_xlnm\.Auto_(Open|Close)/ nocase
    $hidden = "state=\"veryHidden\"" nocase
    $record = { 18 00 ?? 00 2? 00 00 01 ?? 00 00 00 ?? 00 00 00 00 00 00 01 }
    $sheet = { 85 00 ?? 00 ?? ?? ?? ?? 02 01 }
  condition:
    ($name and $hidden) or (uint32be(0) == 0xD0CF11E0 and $record and $sheet)
}

rule xlm_built_formulas : macro xlm obfuscation {
  meta:
    severity = "suspicious"
    reason = "Cells of a macro sheet put a formula together character by character and write it into a cell."
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $char = /CHAR\(\d{2,3}\)(&|&amp;)/
    $write1 = /\bFORMULA(\.FILL)?\(/
    $write2 = "SET.VALUE("
    $write3 = "SET.NAME("
  condition:
    #char > 8 and any of ($write*)
}

rule xlm_looks_for_analysis : macro xlm evasion {
  meta:
    severity = "malware"
    reason = "A macro sheet asks whether there are a mouse, sound and a large window before it starts or fetches something."
    reference = "https://attack.mitre.org/techniques/T1497/001/"
  strings:
    $workspace = /GET\.(WORKSPACE|WINDOW)\(\d{1,2}\)/
    $act1 = /[=,(>]EXEC\(/
    $act2 = /[=,(>]CALL\(/
    $act3 = /[=,(>]REGISTER\(/
    $act4 = "FOPEN("
  condition:
    #workspace > 1 and any of ($act*)
}

rule office_remote_template : document remote {
  meta:
    severity = "suspicious"
    reason = "A document takes its template, which may hold macros, from a web server."
    reference = "https://attack.mitre.org/techniques/T1221/"
  strings:
    $relation = "relationships/attachedTemplate" nocase
    $web = /Target\s?=\s?"(https?|ftp):\/\// nocase
  condition:
    $relation and $web
}

rule office_remote_template_bare_address : document remote {
  meta:
    severity = "malware"
    reason = "A document takes its template from a server that is named by its number, or from one across the Internet as if it were a share."
    reference = "https://attack.mitre.org/techniques/T1221/"
  strings:
    $relation = "relationships/attachedTemplate" nocase
    $number = /Target\s?=\s?"(https?|ftp):\/\/(\d{1,3}\.){3}\d{1,3}/ nocase
    $dav = /Target\s?=\s?"(file:\/\/\/)?\\\\[^"\\]{3,80}(@SSL|@\d{2,5})/ nocase
  condition:
    $relation and ($number or $dav)
}

rule office_remote_object : document remote exploit {
  meta:
    severity = "malware"
    reason = "A document loads an object from the network when it is opened, as in CVE-2017-0199 and CVE-2022-30190."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2022-30190"
  strings:
    $relation = "relationships/oleObject" nocase
    $web = /Target\s?=\s?"(mhtml:|x-usc:)?(https?|ftp):\/\/[^"]{4,80}/ nocase
    $external = /TargetMode\s?=\s?"External"/ nocase
  condition:
    $relation and $web and $external
}

rule office_remote_frame : document remote {
  meta:
    severity = "suspicious"
    reason = "A document shows a frame or sub-document that it fetches from elsewhere when it is opened."
    reference = "https://attack.mitre.org/techniques/T1187/"
  strings:
    $frame = /relationships\/(frame|subDocument)"[^<>]{0,80}TargetMode\s?=\s?"External"/ nocase
    $frame2 = /Target\s?=\s?"[^"]{0,80}"[^<>]{0,60}TargetMode\s?=\s?"External"[^<>]{0,80}relationships\/(frame|subDocument)"/ nocase
  condition:
    any of them
}

rule office_remote_share : document remote credentials {
  meta:
    severity = "suspicious"
    reason = "A document fetches a part from a file share named by number, which hands the reader's password hash to that server."
    reference = "https://attack.mitre.org/techniques/T1187/"
  strings:
    $share = /Target\s?=\s?"(file:)?[\/\\]{2,6}(\d{1,3}\.){3}\d{1,3}/ nocase
    $external = /TargetMode\s?=\s?"External"/ nocase
  condition:
    $share and $external
}

rule office_dde_command : document dde dropper {
  meta:
    severity = "malware"
    reason = "A field starts a command interpreter through dynamic data exchange."
    reference = "https://attack.mitre.org/techniques/T1559/002/"
  strings:
    $auto = /\bDDE(AUTO)?\s{1,8}("|&quot;|\\|[a-z]:|c:)/ nocase
    $command1 = "cmd.exe" nocase
    $command2 = "powershell" nocase
    $command3 = "mshta" nocase
    $command4 = "cmd /" nocase
    $command5 = "\\System32\\" nocase
    $command6 = "/k " nocase
  condition:
    $auto and any of ($command*)
}

rule office_dde_field : document dde {
  meta:
    severity = "suspicious"
    reason = "A document fetches data from another program by itself when it is opened."
    reference = "https://attack.mitre.org/techniques/T1559/002/"
  strings:
    $text = /instrText[^<>]{0,80}>\s{0,8}DDEAUTO\b/ nocase
    $simple = /fldSimple[^<>]{0,80}instr\s?=\s?"\s{0,8}DDEAUTO\b/ nocase
    $link = /<ddeLink[^<>]{0,80}ddeService\s?=\s?"(cmd|powershell|mshta|msexcel)/ nocase
  condition:
    any of them
}

rule csv_formula_command : document dde dropper {
  meta:
    severity = "malware"
    reason = "A cell of a table starts a command interpreter through dynamic data exchange."
    reference = "https://owasp.org/www-community/attacks/CSV_Injection"
  strings:
    $cmd = /[=+\-@*]\s{0,4}cmd(\.exe)?\|\s{0,4}['"]?\s{0,4}\// nocase
    $msexcel = /[=+\-@]\s{0,4}(msexcel|powershell|mshta|rundll32|regsvr32|certutil)(\.exe)?\|\s{0,4}['"]/ nocase
    $dde = /=\s{0,4}DDE\(\s{0,4}"(cmd|powershell|mshta)/ nocase
  condition:
    any of them
}

rule sheet_sends_cells : document exfiltration {
  meta:
    severity = "suspicious"
    reason = "A formula sends the contents of cells to a web server."
    reference = "https://owasp.org/www-community/attacks/CSV_Injection"
  strings:
    $service = /=\s{0,4}(WEBSERVICE|IMPORTXML|IMPORTDATA|IMPORTHTML|IMPORTFEED)\([^\r\n]{10,100}["; ]\s{0,4}(&|,|&amp;)\s{0,4}\$?[A-Z]{1,3}\$?\d/ nocase
  condition:
    $service
}

rule slk_command : document xlm dropper {
  meta:
    severity = "malware"
    reason = "A spreadsheet in the SYLK text form starts a program or calls the system."
    reference = "https://attack.mitre.org/techniques/T1059/"
  strings:
    $head = "ID;"
    $exec = /;E(EXEC|CALL|REGISTER)\(/ nocase
  condition:
    $head at 0 and $exec
}

rule iqy_web_query : document downloader {
  meta:
    severity = "suspicious"
    reason = "A web query file makes Excel fetch a page and run the formulas in it."
    reference = "https://attack.mitre.org/techniques/T1221/"
  strings:
    $head = /WEB\s{1,4}1\s{1,4}[a-z]{4,5}:\/\//
  condition:
    $head at 0
}

rule ole_package_program : document object dropper {
  meta:
    severity = "malware"
    reason = "A document carries a program, script or shortcut as an object to click on."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $stream = "\x01Ole10Native" wide
    $name = /[\w\-. ]{1,80}\.(exe|scr|pif|js|jse|vbs|vbe|wsf|hta|lnk|bat|cmd|ps1|jar|cpl|msi)\x00/ nocase
  condition:
    uint32be(0) == 0xD0CF11E0 and $stream and $name
}

rule ole_equation_overflow : document exploit {
  meta:
    severity = "malware"
    reason = "An equation object holds a font name that is longer than any, as in CVE-2017-11882."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-11882"
  strings:
    $font = { 03 01 01 03 ?? 0A 01 08 ?? ?? ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 ~00 }
  condition:
    $font
}

rule ole_equation : document object {
  meta:
    severity = "info"
    reason = "A document holds an object of the old equation editor, which is no longer mended; honest old papers have it too."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2018-0802"
  strings:
    $stream = "Equation Native" wide
    $class = { 02 CE 02 00 00 00 00 00 C0 00 00 00 00 00 00 46 }
  condition:
    uint32be(0) == 0xD0CF11E0 and ($stream or $class)
}

rule ole_remote_moniker : document exploit remote {
  meta:
    severity = "malware"
    reason = "A linked object is fetched from a web address when the document is opened, as in CVE-2017-0199."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-0199"
  strings:
    $link = { 00 03 00 00 00 00 00 00 C0 00 00 00 00 00 00 46 }
    $url = { E0 C9 EA 79 F9 BA CE 11 8C 82 00 AA 00 4B A9 0B }
    $web = /h\x00t\x00t\x00p\x00(s\x00)?:\x00\/\x00\/\x00/ nocase
  condition:
    $link and $url and $web
}

rule mht_active_mime : document macro evasion {
  meta:
    severity = "malware"
    reason = "A document saved as a web archive carries its macros in an ActiveMime part, where few look."
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $mime = "MIME-Version:" nocase
    $encoded = "QWN0aXZlTWltZQ"
    $word = "urn:schemas-microsoft-com:office" nocase
    $mso = "application/x-mso" nocase
    $edit = "editdata.mso" nocase
  condition:
    $mime and $encoded and any of ($word, $mso, $edit)
}

rule flat_xml_macro : document macro {
  meta:
    severity = "suspicious"
    reason = "A document in one XML file carries macros."
    reference = "https://attack.mitre.org/techniques/T1137/"
  strings:
    $progid = /<\?mso-application\s+progid\s?=\s?"(Word|Excel|PowerPoint)\./ nocase
    $data1 = "w:name=\"editdata.mso\"" nocase
    $data2 = "/word/vbaProject.bin\"" nocase
    $flag = "w:macrosPresent=\"yes\"" nocase
  condition:
    $progid and any of ($data1, $data2, $flag)
}

rule macro_in_plain_document : document macro evasion {
  meta:
    severity = "suspicious"
    reason = "A document that calls itself free of macros carries a macro project."
    reference = "https://attack.mitre.org/techniques/T1036/008/"
  strings:
    $types = "openxmlformats.org/package/2006/content-types" nocase
    $project = "vnd.ms-office.vbaProject" nocase
    $plain = /(wordprocessingml\.document|spreadsheetml\.sheet|presentationml\.presentation)\.main\+xml/ nocase
    $enabled = /macroEnabled(Template)?\.main\+xml/ nocase
  condition:
    $types and $project and $plain and not $enabled
}

rule excel_add_in : program {
  meta:
    severity = "suspicious"
    reason = "An add-in for Excel is a program that runs when it is opened."
    reference = "https://attack.mitre.org/techniques/T1137/006/"
  strings:
    $open = "xlAutoOpen" fullword
  condition:
    uint16(0) == 0x5A4D and $open
}

rule onenote_program : document onenote dropper {
  meta:
    severity = "malware"
    reason = "A OneNote page carries a program or a shortcut to click on."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $exe = { E7 16 E3 BD 65 26 11 45 A4 C4 8D 4D 0B 7A 9E AC [20] 4D 5A }
    $lnk = { E7 16 E3 BD 65 26 11 45 A4 C4 8D 4D 0B 7A 9E AC [20] 4C 00 00 00 01 14 02 00 }
    $chm = { E7 16 E3 BD 65 26 11 45 A4 C4 8D 4D 0B 7A 9E AC [20] 49 54 53 46 }
  condition:
    uint32be(0) == 0xE4525C7B and any of ($exe, $lnk, $chm)
}

rule onenote_script : document onenote dropper {
  meta:
    severity = "malware"
    reason = "A OneNote page carries a script to click on, mostly under a picture that looks like a button."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $file = { E7 16 E3 BD 65 26 11 45 A4 C4 8D 4D 0B 7A 9E AC }
    $name = /\.(hta|vbs|vbe|js|jse|wsf|cmd|bat|ps1)/ wide nocase
    $s1 = "<script" nocase
    $s2 = "WScript.Shell" nocase
    $s3 = "CreateObject" nocase
    $s4 = "powershell" nocase
    $s5 = "@echo off" nocase
    $s6 = "ActiveXObject" nocase
    $s7 = "<hta:application" nocase
    $s8 = "cmd.exe" nocase
  condition:
    uint32be(0) == 0xE4525C7B and $file and $name and any of ($s1, $s2, $s3, $s4, $s5, $s6, $s7, $s8)
}

rule onenote_attachment : document onenote {
  meta:
    severity = "info"
    reason = "A OneNote page carries a file."
    reference = "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-onestore/"
  strings:
    $file = { E7 16 E3 BD 65 26 11 45 A4 C4 8D 4D 0B 7A 9E AC }
  condition:
    uint32be(0) == 0xE4525C7B and $file
}

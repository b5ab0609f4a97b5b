// PDF: actions, scripts, embedded files. Streams may be compressed: `unpack` hands over what it decompressed.

private rule pdf_file {
  strings:
    $head = "%PDF-"
  condition:
    $head in (0..1024)
}

rule pdf_launch_command : pdf dropper {
  meta:
    severity = "malware"
    reason = "A PDF starts a command interpreter or a script host."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $launch = /\/S\s{0,4}\/Launch/
    $command1 = "cmd.exe" nocase
    $command2 = "powershell" nocase
    $command3 = "mshta" nocase
    $command4 = "wscript" nocase
    $command5 = "cscript.exe" nocase
    $command6 = "rundll32" nocase
    $command7 = "/bin/sh"
  condition:
    pdf_file and $launch and any of ($command*)
}

rule pdf_launch : pdf {
  meta:
    severity = "suspicious"
    reason = "A PDF starts another program or opens another file on the reader's machine."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $launch = /\/S\s{0,4}\/Launch/
  condition:
    pdf_file and $launch
}

rule pdf_open_script : pdf script {
  meta:
    severity = "info"
    reason = "A PDF runs a script when it is opened; honest forms do so too."
    reference = "https://attack.mitre.org/techniques/T1059/007/"
  strings:
    $open = "/OpenAction"
    $additional = "/AA"
    $script = /\/(JS|JavaScript)\b/
  condition:
    pdf_file and ($open or $additional) and $script
}

rule pdf_drops_attachment : pdf script dropper {
  meta:
    severity = "malware"
    reason = "A script in a PDF saves an embedded file and starts it."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $export = /exportDataObject\(\s{0,4}\{[^}]{0,80}nLaunch\s?:\s?[12]/
    $import = /importDataObject\([^)]{0,80}\)[^}]{0,80}nLaunch/
  condition:
    pdf_file and any of them
}

rule pdf_embedded_program : pdf dropper {
  meta:
    severity = "malware"
    reason = "A PDF carries a program, a script or a document with macros as an attachment."
    reference = "https://attack.mitre.org/techniques/T1027/009/"
  strings:
    $embedded = "/EmbeddedFile"
    $name = /\/U?F\s{0,4}\([^)]{1,80}\.(exe|scr|pif|js|jse|vbs|vbe|wsf|hta|lnk|bat|cmd|ps1|jar|docm|xlsm|pptm|settingcontent-ms|iso|img|vhd)\)/ nocase
  condition:
    pdf_file and $embedded and $name
}

rule pdf_hidden_names : pdf evasion {
  meta:
    severity = "suspicious"
    reason = "The names of active parts of a PDF are spelled with numbers, which nothing honest does."
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $js1 = /\/(#4a|J)(#61|a)(#76|v)(#61|a)(#53|S)(#63|c)(#72|r)(#69|i)(#70|p)(#74|t)/ nocase
    $js2 = /\/(#4a#53|#4aS|J#53)\b/ nocase
    $open1 = /\/(#4f|O)(#70|p)(#65|e)(#6e|n)(#41|A)(#63|c)(#74|t)(#69|i)(#6f|o)(#6e|n)/ nocase
    $launch1 = /\/(#4c|L)(#61|a)(#75|u)(#6e|n)(#63|c)(#68|h)/ nocase
    $plain_js = "/JavaScript" nocase
    $plain_open = "/OpenAction" nocase
    $plain_launch = "/Launch" nocase
  condition:
    pdf_file and ($js2 or #js1 > #plain_js or #open1 > #plain_open or #launch1 > #plain_launch)
}

rule pdf_script_exploit : pdf script exploit {
  meta:
    severity = "malware"
    reason = "A script in a PDF fills memory with machine code or calls functions known for their holes."
    reference = "https://attack.mitre.org/techniques/T1203/"
  strings:
    $script = /\/(JS|JavaScript)\b/
    $sled1 = /%u(9090|0c0c|0a0a|0d0d|4141)%u(9090|0c0c|0a0a|0d0d|4141)/ nocase
    $sled2 = "\\x90\\x90\\x90\\x90"
    $call1 = /Collab\.(getIcon|collectEmailInfo)\(/
    $call3 = /media\.newPlayer\(\s{0,4}null/
    $call4 = /spell\.customDictionaryOpen\(/
  condition:
    pdf_file and $script and any of ($sled*, $call*)
}

rule pdf_script_unpacks : pdf script evasion {
  meta:
    severity = "suspicious"
    reason = "A script in a PDF decodes another script and runs it."
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $script = /\/(JS|JavaScript)\b/
    $run = /\b(eval|app\.setTimeOut|app\.setInterval)\s{0,4}\(/
    $decode1 = "unescape(" nocase
    $decode2 = "String.fromCharCode("
    $decode3 = /\.replace\(\s{0,4}\/[^\/]{1,20}\/g/
    $decode4 = "getAnnots("
    $decode5 = /\bthis\.info\.\w/
  condition:
    pdf_file and $script and $run and any of ($decode*)
}

rule pdf_link_to_program : pdf link {
  meta:
    severity = "suspicious"
    reason = "A PDF links to a program, script or disk image."
    reference = "https://attack.mitre.org/techniques/T1566/002/"
  strings:
    $link = /\/URI\s{0,4}\([^)\s]{8,200}\.(exe|scr|js|jse|vbs|vbe|wsf|hta|lnk|bat|cmd|ps1|msi|iso|img|vhd|vhdx|jar|apk)(\?[^)\s]{0,80})?\)/ nocase
  condition:
    pdf_file and $link
}

rule pdf_remote_share : pdf remote credentials {
  meta:
    severity = "malware"
    reason = "A PDF opens a file on a share across the network, which hands over the reader's password hash."
    reference = "https://attack.mitre.org/techniques/T1187/"
  strings:
    $go = /\/S\s{0,4}\/GoTo(R|E)/
    $share = /\/F\s{0,4}\(\\\\\\\\[^)]{3,80}\)/
    $share2 = /\/F\s{0,4}\(\/\/(\d{1,3}\.){3}\d{1,3}\//
  condition:
    pdf_file and $go and ($share or $share2)
}

rule pdf_submits_form : pdf link {
  meta:
    severity = "info"
    reason = "A PDF sends what is typed into it to a web server."
    reference = "https://attack.mitre.org/techniques/T1056/003/"
  strings:
    $submit = "/SubmitForm"
    $web = /\/F\s{0,4}(<<[^>]{0,80})?\(https?:\/\//
  condition:
    pdf_file and $submit and $web
}

rule pdf_submits_password : pdf link phishing {
  meta:
    severity = "suspicious"
    reason = "A PDF has a field for a password and sends it to a web server."
    reference = "https://attack.mitre.org/techniques/T1056/003/"
  strings:
    $submit = "/SubmitForm"
    $field = /\/T\s{0,4}\([^)]{0,40}(password|passwd|passwort)[^)]{0,40}\)/ nocase
  condition:
    pdf_file and $submit and $field
}

rule pdf_with_web_archive : pdf polyglot macro {
  meta:
    severity = "malware"
    reason = "A file that begins as a PDF is also a web archive with macros, which Word opens."
    reference = "https://blogs.jpcert.or.jp/en/2023/08/maldocinpdf.html"
  strings:
    $mime = "MIME-Version:" nocase
    $location = "Content-Location:" nocase
    $mso1 = "QWN0aXZlTWltZQ"
    $mso2 = "application/x-mso" nocase
    $mso3 = "<w:WordDocument>" nocase
    $mso4 = "<x:ExcelWorkbook>" nocase
  condition:
    pdf_file and $mime and $location and any of ($mso*)
}

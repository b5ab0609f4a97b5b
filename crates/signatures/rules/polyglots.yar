// Files that are two things at once: one for whoever looks at the name, another for what opens it.

private rule image_file {
  condition:
    uint32be(0) == 0x89504E47 or uint16be(0) == 0xFFD8 or uint32be(0) == 0x47494638 or
    (uint16be(0) == 0x424D and uint32(10) < 2048)
}

rule image_with_program : polyglot dropper {
  meta:
    severity = "malware"
    reason = "A picture carries a Windows program behind it."
    reference = "https://attack.mitre.org/techniques/T1027/009/"
  strings:
    $dos = "program cannot be run in DOS mode"
    $dos2 = "This program must be run under Win32"
    $base64 = "TVqQAAMAAAAEAAAA"
    $reversed = "AAAAEAAAAMAAQqVT"
  condition:
    image_file and any of them
}

rule image_with_archive : polyglot {
  meta:
    severity = "suspicious"
    reason = "A picture is also a zip archive."
    reference = "https://attack.mitre.org/techniques/T1027/003/"
  strings:
    $first = { 50 4B 03 04 }
    $end = { 50 4B 05 06 }
  condition:
    image_file and $first and $end in (filesize - 1024..filesize)
}

rule image_with_script : polyglot script {
  meta:
    severity = "suspicious"
    reason = "A picture holds a script for the browser or the script host."
    reference = "https://attack.mitre.org/techniques/T1036/008/"
  strings:
    $s1 = "<script" nocase
    $s2 = "WScript.Shell" nocase
    $s3 = "<hta:application" nocase
    $s4 = "<iframe" nocase
  condition:
    image_file and any of them
}

rule image_with_php : polyglot webshell {
  meta:
    severity = "malware"
    reason = "A picture holds PHP that runs what is sent to it."
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $php = /<\?(php|=)/ nocase
    $run = /\b(eval|system|assert|exec|passthru|shell_exec|base64_decode)\s?\(/ nocase
  condition:
    image_file and $php and $run
}

rule gif_with_script_head : polyglot script {
  meta:
    severity = "malware"
    reason = "A picture whose first bytes are also the beginning of a script."
    reference = "https://attack.mitre.org/techniques/T1036/008/"
  strings:
    $comment = /GIF8[79]a\/\*/
    $assign = /GIF8[79]a\s?=\s?["'\w(]/
    $bmp = /BM(\/\*|=\s?["'\d])/
  condition:
    any of ($comment, $assign, $bmp) and ($comment at 0 or $assign at 0 or $bmp at 0)
}

rule pdf_with_archive : polyglot {
  meta:
    severity = "suspicious"
    reason = "A file is a PDF and a zip archive."
    reference = "https://attack.mitre.org/techniques/T1036/008/"
  strings:
    $pdf = "%PDF-"
    $end = { 50 4B 05 06 }
  condition:
    // A zip that begins with a stored PDF is only that: the reader of zips sees whether a PDF stands outside of its members.
    $pdf in (0..1024) and uint32be(0) != 0x504B0304 and $end in (filesize - 1024..filesize) and filesize > 64
}

rule pdf_behind_page : polyglot html {
  meta:
    severity = "suspicious"
    reason = "A PDF begins as a page with a script."
    reference = "https://attack.mitre.org/techniques/T1036/008/"
  strings:
    $pdf = "%PDF-"
    $script = /<(script|html|hta:application|iframe)[\s>]/ nocase
  condition:
    $pdf in (8..1024) and $script in (0..1024)
}

rule shortcut_with_page : polyglot lnk hta {
  meta:
    severity = "malware"
    reason = "A shortcut is also a page with a script that the script host for pages runs."
    reference = "https://attack.mitre.org/techniques/T1218/005/"
  strings:
    $script = "<script" nocase
    $hta = "<hta:application" nocase
    $html = "<html" nocase
  condition:
    uint32(0) == 0x0000004C and uint32(4) == 0x00021401 and any of them
}

rule program_with_page : polyglot hta {
  meta:
    severity = "malware"
    reason = "A program is also a page that the script host for pages runs."
    reference = "https://attack.mitre.org/techniques/T1218/005/"
  strings:
    $hta = "<hta:application" nocase
    $script = /<script[^<>]{0,60}>[^<]{0,80}(WScript\.Shell|ActiveXObject|CreateObject)/ nocase
  condition:
    uint16(0) == 0x5A4D and ($hta or $script)
}

rule installer_with_archive : polyglot {
  meta:
    severity = "suspicious"
    reason = "An installer or old document is also a Java archive, which keeps its signature valid."
    reference = "https://attack.mitre.org/techniques/T1553/002/"
  strings:
    $end = { 50 4B 05 06 }
    $manifest = "META-INF/MANIFEST.MF"
  condition:
    uint32be(0) == 0xD0CF11E0 and $manifest and $end in (filesize - 1024..filesize)
}

rule archive_behind_text : polyglot dropper {
  meta:
    severity = "malware"
    reason = "A batch file carries an archive or a program behind its commands and unpacks itself."
    reference = "https://attack.mitre.org/techniques/T1027/009/"
  strings:
    $batch = /^(\xEF\xBB\xBF)?(@echo off|@?setlocal|rem |::)/ nocase
    $self = /%~(f|dp|dpnx|nx|s)?0/ nocase
    $zip = { 50 4B 03 04 }
    $cab = "MSCF\x00\x00\x00\x00"
    $mz = "program cannot be run in DOS mode"
  condition:
    $batch in (0..16) and $self and any of ($zip, $cab, $mz)
}

// Rich text: objects, exploits, remote parts. Readers of RTF accept `{\rt` with anything after it.

private rule rtf_file {
  strings:
    $head = "{\\rt"
  condition:
    $head in (0..64)
}

rule rtf_broken_head : rtf evasion {
  meta:
    severity = "suspicious"
    reason = "The head of a rich text with an object is written so that scanners do not know it, and Word still opens it."
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $head = /^\s{0,32}\{\\rt([^f]|f[^1])/
    $object = "\\objdata" nocase
  condition:
    $head in (0..64) and $object
}

rule rtf_object_update : rtf object {
  meta:
    severity = "suspicious"
    reason = "A rich text loads its embedded object by itself when it is opened."
    reference = "https://attack.mitre.org/techniques/T1203/"
  strings:
    $update = "\\objupdate" nocase
    $data = "\\objdata" nocase
  condition:
    rtf_file and $update and $data
}

rule rtf_equation : rtf exploit {
  meta:
    severity = "malware"
    reason = "A rich text loads an object of the old equation editor by itself, the carrier of CVE-2017-11882."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-11882"
  strings:
    $update = "\\objupdate" nocase
    $class1 = "Equation.3" nocase
    $class2 = /4571756174696f6e2e33/ nocase
    $class3 = /02ce020000000000c000000000000046/ nocase
    $data = "\\objdata" nocase
  condition:
    rtf_file and $data and $update and any of ($class*)
}

rule rtf_equation_overflow : rtf exploit {
  meta:
    severity = "malware"
    reason = "An equation in a rich text holds a font name with commands or a web address."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-11882"
  strings:
    $class1 = /4571756174696f6e/ nocase
    $class2 = /02ce020000000000c0/ nocase
    $data = "\\objdata" nocase
    $command1 = "636d642e657865" nocase
    $command2 = "6d73687461" nocase
    $command3 = "706f7765727368656c6c" nocase
    $command4 = "687474703a2f2f" nocase
    $command5 = "68747470733a2f2f" nocase
    $command6 = "636d64202f63" nocase
  condition:
    rtf_file and $data and any of ($class*) and any of ($command*)
}

rule rtf_remote_object : rtf exploit remote {
  meta:
    severity = "malware"
    reason = "A rich text links to an object at a web address, as in CVE-2017-0199."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-0199"
  strings:
    $data = "\\objdata" nocase
    $link1 = "4f4c45324c696e6b" nocase
    $link2 = "000300000000000c000000000000046" nocase
    $link3 = "0003000000000000c000000000000046" nocase
    $moniker = "e0c9ea79f9bace118c8200aa004ba90b" nocase
    $web = "680074007400700" nocase
  condition:
    rtf_file and $data and any of ($link*) and ($moniker or $web)
}

rule rtf_remote_template : rtf remote {
  meta:
    severity = "malware"
    reason = "A rich text takes its template from a web server."
    reference = "https://attack.mitre.org/techniques/T1221/"
  strings:
    $template = /\{\\\*\\template\s{1,8}(https?:|ftp:|\\\\\\\\|\\u-?\d{1,5})/ nocase
  condition:
    rtf_file and $template
}

rule rtf_embedded_program : rtf object dropper {
  meta:
    severity = "malware"
    reason = "A rich text carries a program or script as an object to click on."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $data = "\\objdata" nocase
    $package1 = "5061636b616765" nocase
    $package2 = /objclass\s{1,8}Package/ nocase
    $name = /2e(657865|736372|6a73|766273|6c6e6b|626174|636d64|687461|707331|777366|766265|6a7365)00/ nocase
  condition:
    rtf_file and $data and any of ($package*) and $name
}

rule rtf_dde : rtf dde dropper {
  meta:
    severity = "malware"
    reason = "A field in a rich text starts another program through dynamic data exchange."
    reference = "https://attack.mitre.org/techniques/T1559/002/"
  strings:
    $field = /\\fldinst[^}]{0,80}DDEAUTO/ nocase
  condition:
    rtf_file and $field
}

rule rtf_obscured_object : rtf evasion {
  meta:
    severity = "suspicious"
    reason = "The data of an object in a rich text are broken up by groups and control words that Word skips."
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $data = "\\objdata" nocase
    $bin = /\\objdata[^}]{0,80}\\bin\d{1,12}/ nocase
    $group = /\\objdata[0-9a-f\s]{0,80}\{\\\*?\\?[a-z]{3,40}/ nocase
    $quote = /\\objdata[0-9a-f\s]{0,80}\\'[0-9a-f]/ nocase
  condition:
    rtf_file and $data and any of ($bin, $group, $quote)
}

rule rtf_remote_picture : rtf remote credentials {
  meta:
    severity = "suspicious"
    reason = "A rich text fetches a picture from the network when it is opened, which tells that it was read or hands over a password hash."
    reference = "https://attack.mitre.org/techniques/T1187/"
  strings:
    $field = /INCLUDEPICTURE\s{1,8}\\?"?(https?:|file:|\\\\\\\\)/ nocase
  condition:
    rtf_file and $field
}

// HTML, SVG and script inside them: smuggling, redirects, forms, calls of programs on the reader's machine.

private rule markup {
  strings:
    $m1 = "<script" nocase
    $m2 = "<html" nocase
    $m3 = "<svg" nocase
    $m4 = "<body" nocase
  condition:
    any of them
}

private rule svg_image {
  strings:
    $svg = "<svg" nocase
    $html = "<html" nocase
  condition:
    $svg in (0..8192) and not $html in (0..8192)
}

private rule script_decodes {
  strings:
    $d1 = "atob(" nocase
    $d2 = "harCode" nocase
    $d3 = "unescape(" nocase
    $d4 = "decodeURIComponent(" nocase
    $d6 = "TextDecoder(" nocase
    $d7 = "CryptoJS.AES.decrypt" nocase
  condition:
    any of them
}

private rule script_makes_file {
  strings:
    $blob = "new Blob(" nocase
    $file = "new File(" nocase
    $object = "createObjectURL" nocase
    $save1 = "msSaveOrOpenBlob" nocase
    $save2 = "msSaveBlob" nocase
  condition:
    (($blob or $file) and $object) or $save1 or $save2
}

private rule carries_base64_container {
  strings:
    $zip = "UEsDBB"
    $zip2 = "UEsDBA"
    $mz1 = "TVqQAAMAAA"
    $mz2 = "TVpQAAIAAA"
    $mz3 = "TVoAAAAAAA"
    $rar = "UmFyIRoH"
    $seven = "N3q8ryc"
    $lnk = "TAAAAAEUAgA"
    $ole = "0M8R4KGxGuE"
    $cab = "TVNDRgAAAA"
  condition:
    any of them
}

rule html_smuggling_container : html smuggling dropper {
  meta:
    severity = "malware"
    reason = "A page decodes an archive, program or old document that it carries and saves it as a file, past the gateway."
    reference = "https://attack.mitre.org/techniques/T1027/006/"
  strings:
    $name = /\.(zip|rar|7z|iso|exe|jse|vbs|hta|lnk|msi|xll|docm|xlsm|cab|vhd)["'`]/ nocase
    $download1 = ".download" nocase
    $download2 = /['"]download['"]/ nocase
    $download3 = "msSave" nocase
  condition:
    markup and script_makes_file and script_decodes and carries_base64_container and $name and any of ($download*)
}

rule html_smuggling_program : html smuggling dropper {
  meta:
    severity = "malware"
    reason = "A page makes a program, script, shortcut or disk image by script and saves it."
    reference = "https://attack.mitre.org/techniques/T1027/006/"
  strings:
    $name = /download["']?\s?[=,]\s?["'`][^"'`\r\n]{1,60}\.(exe|scr|com|pif|js|jse|vbs|vbe|wsf|hta|lnk|bat|cmd|ps1|msi|iso|img|vhd|vhdx|jar|dll|xll|chm|one|url)["'`]/ nocase
    $save = /msSave(OrOpen)?Blob\([^\r\n]{1,60}\.(exe|scr|com|pif|js|jse|vbs|vbe|wsf|hta|lnk|bat|cmd|ps1|msi|iso|img|vhd|vhdx|jar|dll|xll|chm|one|url)["'`]/ nocase
  condition:
    markup and script_makes_file and script_decodes and any of them
}

rule html_smuggling_click : html smuggling {
  meta:
    severity = "suspicious"
    reason = "A page makes a file by script and saves it without being asked."
    reference = "https://attack.mitre.org/techniques/T1027/006/"
  strings:
    $download1 = ".download" nocase
    $download2 = /['"]download['"]/ nocase
    $click1 = ".click()" nocase
    $click2 = "dispatchEvent(" nocase
    $save1 = "msSaveOrOpenBlob" nocase
    $save2 = "msSaveBlob" nocase
  condition:
    markup and script_makes_file and script_decodes and ((any of ($download*) and any of ($click*)) or any of ($save*))
}

rule html_data_link_program : html smuggling dropper {
  meta:
    severity = "malware"
    reason = "A link holds a whole archive or program and offers it as a download."
    reference = "https://attack.mitre.org/techniques/T1027/006/"
  strings:
    $data = /href\s?=\s?["']?data:[a-z0-9.\/+\-]{0,60};base64,(UEsDB|TVqQ|TVpQ|TVoA|UmFyIRo|N3q8ryc|TAAAAAEUAg|TVNDRg)/ nocase
  condition:
    $data
}

rule html_page_from_blob : html smuggling phishing {
  meta:
    severity = "suspicious"
    reason = "A page decodes another page and goes to it, so that no link leads there."
    reference = "https://attack.mitre.org/techniques/T1027/006/"
  strings:
    $go1 = /location(\.href)?\s?=\s?(window\.)?(URL|webkitURL)\.createObjectURL\(/ nocase
    $go2 = /location\.(replace|assign)\(\s{0,4}(window\.)?URL\.createObjectURL\(/ nocase
    $type = /type\s?:\s?["']text\/html/ nocase
    $go3 = /\b(location(\.href)?\s?=|location\.(replace|assign)\(|window\.open\()\s{0,4}\w{1,30}/ nocase
  condition:
    markup and script_makes_file and script_decodes and (any of ($go1, $go2) or ($type and $go3))
}

rule html_decoded_script : html script evasion {
  meta:
    severity = "suspicious"
    reason = "A page decodes a text and runs or writes it at once, so that it cannot be read."
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $run = /\b(eval|document\.write(ln)?|Function|setTimeout)\s{0,4}\(\s{0,4}(window\.)?(decodeURIComponent\(\s{0,4})?(escape\(\s{0,4})?(atob|unescape|String\.fromCharCode)\s{0,4}\(/ nocase
  condition:
    markup and $run
}

rule html_password_form_hidden : html phishing {
  meta:
    severity = "suspicious"
    reason = "A page that decodes itself asks for a password."
    reference = "https://attack.mitre.org/techniques/T1056/003/"
  strings:
    $password1 = "type=\"password" nocase
    $password2 = "type='password" nocase
    $password3 = "type=password" nocase
    $run = /\b(eval|document\.write(ln)?)\s{0,4}\(/ nocase
    $tag = "%3C" nocase
    $atob = /atob\(\s{0,4}["'`]/ nocase
  condition:
    markup and any of ($password*) and ($atob or ($run and #tag > 8))
}

rule html_sends_to_messenger : html phishing exfiltration {
  meta:
    severity = "malware"
    reason = "A page sends what is typed into it to a chat bot."
    reference = "https://attack.mitre.org/techniques/T1567/"
  strings:
    $telegram = /api\.telegram\.org\/bot(\d{6,12}:|["'`]?\s{0,4}\+|\$\{)/ nocase
    $discord1 = "discord.com/api/webhooks/" nocase
    $discord2 = "discordapp.com/api/webhooks/" nocase
    $password1 = "type=\"password" nocase
    $password2 = "type='password" nocase
    $password3 = "type=password" nocase
    $word = /\b(password|passwd|pwd)\b/ nocase
    $send1 = "sendMessage" nocase
    $send2 = "fetch(" nocase
    $send3 = "XMLHttpRequest" nocase
    $send4 = "$.ajax" nocase
    $send5 = "$.post" nocase
  condition:
    markup and ($telegram or any of ($discord*)) and (any of ($password*) or $word) and any of ($send*)
}

rule svg_script_redirect : svg script phishing {
  meta:
    severity = "malware"
    reason = "A picture decodes an address or a script and goes there."
    reference = "https://attack.mitre.org/techniques/T1027/017/"
  strings:
    $script1 = "<script" nocase
    $script2 = "onload=" nocase
    $script3 = "onerror=" nocase
    $script4 = "onbegin=" nocase
    $script5 = "onclick=" nocase
    $go1 = /\b(window|top|parent|self|document)?\.?location(\.href|\.replace|\.assign)?\s?(=|\()/ nocase
    $go2 = "document.write(" nocase
    $go3 = "window.open(" nocase
    $go4 = /\beval\s?\(/ nocase
    $go5 = "[\"constructor\"]"
    $go6 = "['constructor']"
  condition:
    svg_image and script_decodes and any of ($script*) and any of ($go*)
}

rule svg_goes_elsewhere : svg script phishing {
  meta:
    severity = "malware"
    reason = "A picture takes whoever opens it to another page at once."
    reference = "https://attack.mitre.org/techniques/T1027/017/"
  strings:
    $script1 = "<script" nocase
    $script2 = "onload=" nocase
    $script3 = "onerror=" nocase
    $script4 = "onbegin=" nocase
    $script5 = "onclick=" nocase
    $go1 = /\blocation(\.href)?\s?=\s?["'`](https?:)?\/\//
    $go2 = /\blocation\.(replace|assign)\(\s?["'`](https?:)?\/\//
    $refresh = /http-equiv\s?=\s?["']?refresh/ nocase
  condition:
    svg_image and ((any of ($script*) and any of ($go*)) or $refresh)
}

rule svg_script_file : svg smuggling dropper {
  meta:
    severity = "malware"
    reason = "A picture makes a file by script and saves it."
    reference = "https://attack.mitre.org/techniques/T1027/006/"
  strings:
    $script1 = "<script" nocase
    $script2 = "onload=" nocase
    $script3 = "onerror=" nocase
    $script4 = "onbegin=" nocase
    $script5 = "onclick=" nocase
  condition:
    svg_image and any of ($script*) and script_makes_file
}

rule svg_script : svg script {
  meta:
    severity = "suspicious"
    reason = "A picture holds a script; it runs when the picture is opened in a browser."
    reference = "https://attack.mitre.org/techniques/T1027/017/"
  strings:
    $script = /<script[\s>]/ nocase
    $handler = /<svg[^<>]{0,200}\sonload\s?=/ nocase
    $link = /xlink:href\s?=\s?["']javascript:/ nocase
  condition:
    svg_image and any of them
}

rule svg_foreign_form : svg phishing {
  meta:
    severity = "suspicious"
    reason = "A picture holds a form or a frame with another page."
    reference = "https://attack.mitre.org/techniques/T1056/003/"
  strings:
    $foreign = "<foreignObject" nocase
    $form1 = "<form" nocase
    $form2 = "<input" nocase
    $form3 = "<iframe" nocase
    $form4 = "<embed" nocase
    $form5 = "<object" nocase
    $form6 = /<[a-z]{1,8}:(form|input|iframe)[\s>]/ nocase
  condition:
    svg_image and $foreign and any of ($form*)
}

rule html_search_share : html remote {
  meta:
    severity = "malware"
    reason = "A link or page opens the file explorer on a search of somebody else's share, where a shortcut waits."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $search = /search(-ms)?:(query|displayname|crumb)=[^"'<>\s]{0,80}location(:|%3A|=)\s?(\\\\|%5c%5c|\/\/|https?:|%2f%2f)/ nocase
  condition:
    $search
}

rule html_troubleshooter : html exploit {
  meta:
    severity = "malware"
    reason = "A page starts the Windows troubleshooter with a command in its arguments (CVE-2022-30190)."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2022-30190"
  strings:
    $scheme = "ms-msdt:" nocase
    $argument1 = "IT_BrowseForFile" nocase
    $argument2 = "IT_LaunchMethod" nocase
    $argument3 = "IT_RebrowseForFile" nocase
    $argument4 = "PCWDiagnostic" nocase
  condition:
    $scheme and any of ($argument*)
}

rule html_program_scheme : html remote {
  meta:
    severity = "suspicious"
    reason = "A page opens an installer, an office program or a remote desktop with a file from the network."
    reference = "https://attack.mitre.org/techniques/T1218/"
  strings:
    $installer = /ms-appinstaller:\?source=https?:/ nocase
    $office = /ms-(word|excel|powerpoint|access|project|publisher):(ofe|ofv|nft)\|u\|https?:/ nocase
    $officecmd = /ms-officecmd:(\{|%7b)/ nocase
    $rdp = /ms-rd:|rdp:\/\/full%20address/ nocase
    $cmd = /ms-cxh-full:|ms-settings-airplanemode:/ nocase
  condition:
    markup and any of them
}

rule html_remote_share : html remote credentials {
  meta:
    severity = "suspicious"
    reason = "A page or message takes a picture or style from a file share, which hands over the reader's password hash."
    reference = "https://attack.mitre.org/techniques/T1187/"
  strings:
    $file = /(src|href|background|action)\s?=\s?["']?file:(\/\/|\\\\)[a-z0-9.\-]{4,80}[\/\\@]/ nocase
    $share = /(src|background|action)(=|="|=')\\\\[a-z0-9.\-]{4,80}(@SSL|@\d{2,5})?\\/ nocase
    $style = /url\(\s?["']?(file:\/\/|\\\\)[a-z0-9.\-]{4,80}[\/\\]/ nocase
    $local1 = /file:\/\/localhost\//
  condition:
    any of ($file, $share, $style) and not $local1
}

rule hta_script : hta dropper {
  meta:
    severity = "malware"
    reason = "A page that Windows runs as a program starts commands."
    reference = "https://attack.mitre.org/techniques/T1218/005/"
  strings:
    $hta = "<hta:application" nocase
    $run1 = "WScript.Shell" nocase
    $run2 = "Shell.Application" nocase
    $run3 = "powershell" nocase
    $run4 = "MSXML2." nocase
    $run5 = "winmgmts:" nocase
    $run6 = "ADODB.Stream" nocase
    $run7 = "cmd.exe" nocase
    $run8 = "GetObject(" nocase
  condition:
    $hta and any of ($run*)
}

rule hta_page : hta {
  meta:
    severity = "suspicious"
    reason = "A page that Windows runs as a program."
    reference = "https://attack.mitre.org/techniques/T1218/005/"
  strings:
    $hta = "<hta:application" nocase
  condition:
    $hta
}

rule html_starts_program : html script dropper {
  meta:
    severity = "malware"
    reason = "A script in a page asks Windows to start a program."
    reference = "https://attack.mitre.org/techniques/T1059/007/"
  strings:
    $object1 = /new\s{1,4}ActiveXObject\(\s{0,4}["'](WScript\.Shell|Shell\.Application)/ nocase
    $object2 = /CreateObject\(\s{0,4}["'](WScript\.Shell|Shell\.Application)/ nocase
    $run = /\.(Run|Exec|ShellExecute)\s?\(?/ nocase
    $tag = /<script[^<>]{0,80}>/ nocase
    $command1 = "powershell" nocase
    $command2 = "cmd" nocase fullword
    $command3 = "mshta" nocase
    $command4 = "wscript.exe" nocase
  condition:
    $tag and any of ($object*) and $run and any of ($command*)
}

rule html_refresh_to_script : html phishing {
  meta:
    severity = "suspicious"
    reason = "A page goes by itself to a page or script that stands in the address itself."
    reference = "https://attack.mitre.org/techniques/T1027/006/"
  strings:
    $refresh = /http-equiv\s?=\s?["']?refresh["']?[^<>]{0,80}url\s?=\s?["']?(data|javascript|vbscript):/ nocase
    $refresh2 = "url=data:" nocase
    $refresh3 = "url=javascript:" nocase
    $refresh4 = "url=vbscript:" nocase
    $refresh5 = "url='data:" nocase
    $content = "content=" nocase
  condition:
    $refresh or ($content and any of ($refresh2, $refresh3, $refresh4, $refresh5))
}

rule script_symbols_only : html script evasion {
  meta:
    severity = "suspicious"
    reason = "A script is written with brackets and signs only, so that no word of it can be read."
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $jsfuck = "[(![]+[])[+[]]+"
    $jsfuck2 = "(![]+[])[!+[]+!+[]]"
    $aaencode = { EF BE 9F CF 89 EF BE 9F EF BE 89 3D 20 2F EF BD 80 EF BD 8D C2 B4 EF BC 89 EF BE 89 }
    $jjencode = "=~[];"
    $jjencode2 = "={___:++"
  condition:
    $jsfuck or $jsfuck2 or $aaencode or ($jjencode and $jjencode2)
}

rule script_string_table : html script evasion {
  meta:
    severity = "suspicious"
    reason = "A script was run through a tool that hides every text of it in a shuffled table."
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $name = /_0x[0-9a-f]{4,6}/
    $loop = /while\s?\(\s?!!\s?\[\s?\]\s?\)/
    $shift = /\[\s?["'](push|shift)["']\s?\]\s?\(/
    $parse = /parseInt\(_0x[0-9a-f]{4,6}\(0x[0-9a-f]{1,4}/
  condition:
    #name > 20 and ($parse or ($loop and $shift))
}

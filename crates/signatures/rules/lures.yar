// Texts that talk a person into running something.

private rule names_run_dialog {
  strings:
    $k1 = /\b(win(dows)?( (logo )?(key|button))?|⊞)( ?\(?⊞\)?)?\s?\+\s?(["']|“)?r\b/ nocase
    $k2 = /press (and hold )?(the )?win(dows)? ?(key|button)? ?(and|\+|with) ?(the )?(letter )?(["']|“)?r\b/ nocase
    $k3 = /(windows|win)(-| )?taste\s?(\+|und)\s?r\b/ nocase
    $k4 = /(touche|tecla) windows\s?(\+|et|y)\s?r\b/ nocase
    $k5 = ">Win</" nocase
    $k6 = ">Windows</" nocase
  condition:
    any of them
}

private rule names_paste {
  strings:
    $p1 = /\b(ctrl|strg)( ?key)?\s?\+\s?(["']|“)?v\b/ nocase
    $p2 = ">Ctrl</" nocase
    $p3 = ">Strg</" nocase
  condition:
    any of them
}

rule lure_run_dialog : lure clickfix {
  meta:
    severity = "suspicious"
    reason = "A text asks the reader to open the run dialog, paste something and press Enter."
    reference = "https://attack.mitre.org/techniques/T1204/004/"
  condition:
    names_run_dialog and names_paste
}

rule lure_run_dialog_command : lure clickfix dropper {
  meta:
    severity = "malware"
    reason = "A page puts a command on the clipboard and asks the reader to paste it into the run dialog."
    reference = "https://attack.mitre.org/techniques/T1204/004/"
  strings:
    $clip1 = "navigator.clipboard.writeText" nocase
    $clip2 = /execCommand\(\s?["']copy["']/ nocase
    $command1 = "powershell" nocase
    $command2 = "mshta" nocase
    $command3 = /cmd(\.exe)?\s{1,4}\/[ck]/ nocase
    $command4 = "msiexec" nocase
    $command5 = "atob(" nocase
    $command6 = /\bcurl(\.exe)?\s/ nocase
    $command7 = "conhost" nocase
  condition:
    names_run_dialog and names_paste and any of ($clip*) and any of ($command*)
}

rule lure_fake_check : lure clickfix dropper {
  meta:
    severity = "malware"
    reason = "A command ends in words that make it look like the proof that a person is at the keyboard."
    reference = "https://attack.mitre.org/techniques/T1204/004/"
  strings:
    $command = /(powershell|mshta|msiexec|cmd(\.exe)?\s{1,4}\/[ck]|curl|rundll32|conhost|wscript)[^\r\n]{4,80}(#|rem|::|&\s?echo|✅|☑)[^\r\n]{0,60}(not a robot|i am human|captcha|verification (id|code|hash|no)|cloudflare|ray id|human verif)/ nocase
  condition:
    filesize < 4194304 and $command
}

rule lure_explorer_path : lure clickfix dropper {
  meta:
    severity = "malware"
    reason = "A command is followed by a long gap and the path of a document, to be pasted into the address bar of the file explorer."
    reference = "https://attack.mitre.org/techniques/T1204/004/"
  strings:
    $gap = /#[ \t]{12,200}[A-Z]:\\/
    $command1 = "powershell" nocase
    $command2 = "mshta" nocase
    $command3 = /cmd(\.exe)?\s{1,4}\/[ck]\b/ nocase
    $command4 = "curl" nocase fullword
  condition:
    for any i in (1..#gap) : (any of ($command*) in (@gap[i] - 600..@gap[i]))
}

rule lure_terminal_mac : lure clickfix dropper {
  meta:
    severity = "malware"
    reason = "A text asks the reader of a Mac to paste a hidden command into the terminal."
    reference = "https://attack.mitre.org/techniques/T1204/004/"
  strings:
    $open1 = /\+ ?space\b/ nocase
    $open2 = /open (the )?(["']|“)?terminal/ nocase
    $paste = /(command|cmd|⌘)\s?(\(⌘\))?\s?\+\s?(["']|“)?v\b/ nocase
    $run1 = /\|\s?base64\s{1,4}(-d|-D|--decode)\s?\|\s?(ba|z)?sh/
    $run2 = /(ba|z)?sh\s{1,4}-c\s{1,4}["']\$\(curl/
    $pipe = /\| ?(nohup )?(ba|z)?sh\b/
    $curl = "curl" fullword
  condition:
    any of ($open*) and $paste and (any of ($run*) or for any i in (1..#pipe) : ($curl in (@pipe[i] - 300..@pipe[i])))
}

rule lure_enable_content : lure macro {
  meta:
    severity = "suspicious"
    reason = "A document says that it can only be read when its macros are allowed."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $ask1 = /(click|press|select|choose)\s{1,4}(["']|“|‘)?enable\s{1,4}(content|editing|macros?)/ nocase
    $ask2 = /inhalte? aktivieren/ nocase
    $ask3 = /activer le contenu|habilitar (el )?contenido/ nocase
    $why1 = /(created|made) (in|with|using) (an? )?(earlier|older|newer|previous|different|online) version of (microsoft )?(office|word|excel)/ nocase
    $why2 = / is (protected|encrypted|secured)\b/ nocase
    $why3 = /to (view|display|decrypt|unlock|load) (this|the) (protected|content|document|file)/ nocase
    $why4 = /(dokument|datei) (ist|wurde) (geschützt|verschlüsselt|mit einer (älteren|früheren) version)/ nocase
    $why5 = "protégé" nocase
    $why6 = "protegido" nocase
  condition:
    any of ($ask*) and any of ($why*)
}

rule lure_ransom_note : lure ransomware {
  meta:
    severity = "suspicious"
    reason = "A text says that files were encrypted and asks for money in coins."
    reference = "https://attack.mitre.org/techniques/T1486/"
  strings:
    $files = /(your|all (of )?your|ihre) (important )?(files|documents|data|network|dateien|daten)[^.]{0,60}(encrypted|locked|verschlüsselt)/ nocase
    $pay1 = "bitcoin" nocase
    $pay2 = "monero" nocase
    $pay3 = /[a-z2-7]{16,56}\.onion\b/
    $decrypt1 = "decryptor" nocase
    $decrypt2 = "decryption key" nocase
    $decrypt3 = /restore your (files|data)/ nocase
    $decrypt4 = /private key/ nocase
  condition:
    $files and any of ($pay*) and any of ($decrypt*)
}

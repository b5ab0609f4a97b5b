// Macros of office documents, as the source text that was extracted from them; also script files with the same code.

private rule vba_text {
  strings:
    $module = "Attribute VB_" nocase
    $end_sub = "End Sub" nocase
    $end_function = "End Function" nocase
  condition:
    // Source of macros is never that long; large programs have all words in them.
    filesize < 4194304 and any of them
}

private rule vba_autorun {
  strings:
    $a01 = "AutoOpen" nocase fullword
    $a02 = "Auto_Open" nocase fullword
    $a03 = "AutoExec" nocase fullword
    $a04 = "AutoClose" nocase fullword
    $a05 = "Auto_Close" nocase fullword
    $a06 = "AutoNew" nocase fullword
    $a07 = "AutoExit" nocase fullword
    $a08 = "Document_Open" nocase fullword
    $a09 = "DocumentOpen" nocase fullword
    $a10 = "Document_Close" nocase fullword
    $a11 = "Document_New" nocase fullword
    $a12 = "Workbook_Open" nocase fullword
    $a13 = "Workbook_Activate" nocase fullword
    $a14 = "Workbook_BeforeClose" nocase fullword
    $a15 = "Workbook_Deactivate" nocase fullword
    $a16 = "InkPicture1_Painted" nocase
    $a17 = "Frame1_Layout" nocase
    $a18 = "_OnConnecting" nocase
    $a19 = "Application_Startup" nocase fullword
  condition:
    vba_text and any of them
}

private rule vba_runs_something {
  strings:
    $shell = /\bShell[ (]/ nocase
    $wscript = "WScript.Shell" nocase
    $execute = "ShellExecute" nocase
    $application = "Shell.Application" nocase
    $create = "CreateProcess" nocase
  condition:
    vba_text and any of them
}

private rule vba_fetches_something {
  strings:
    $url = "URLDownloadToFile" nocase
    $xml = "XMLHTTP" nocase
    $winhttp = "WinHttpRequest" nocase
    $wininet = "InternetOpenUrl" nocase
    $client = "WebClient" nocase
  condition:
    vba_text and any of them
}

rule vba_autorun_command : macro dropper {
  meta:
    severity = "malware"
    reason = "A macro that runs by itself starts a command interpreter or script host."
    reference = "https://attack.mitre.org/techniques/T1059/005/"
  strings:
    $powershell = "powershell" nocase
    $pwsh = "pwsh.exe" nocase
    $cmd = "cmd.exe" nocase
    $cmd_c = "cmd /c" nocase
    $mshta = "mshta" nocase
    $wscript = "wscript.exe" nocase
    $wscript_args = "wscript //" nocase
    $cscript = "cscript.exe" nocase
    $rundll = "rundll32" nocase
    $regsvr = "regsvr32" nocase
    $comspec = "comspec" nocase
  condition:
    vba_autorun and vba_runs_something and any of them
}

rule vba_autorun_program : macro {
  meta:
    severity = "suspicious"
    reason = "A macro that runs by itself starts another program."
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  condition:
    vba_autorun and vba_runs_something
}

rule vba_autorun_download : macro downloader {
  meta:
    severity = "malware"
    reason = "A macro that runs by itself fetches a file from the network and writes or starts it."
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $stream = "ADODB.Stream" nocase
    $save = "SaveToFile" nocase
    $binary = "For Binary" nocase
    $to_file = "URLDownloadToFile" nocase
  condition:
    vba_autorun and vba_fetches_something and ($to_file or $save or ($stream and vba_runs_something) or $binary)
}

rule vba_autorun_network : macro {
  meta:
    severity = "suspicious"
    reason = "A macro that runs by itself speaks to a web server."
    reference = "https://attack.mitre.org/techniques/T1071/001/"
  condition:
    vba_autorun and vba_fetches_something
}

rule vba_autorun_wmi : macro dropper {
  meta:
    severity = "malware"
    reason = "A macro that runs by itself starts a process through WMI, so that the office program is not its parent."
    reference = "https://attack.mitre.org/techniques/T1047/"
  strings:
    $moniker = "winmgmts:" nocase
    $locator = "WbemScripting.SWbemLocator" nocase
    $process = "Win32_Process" nocase
    $startup = "Win32_ProcessStartup" nocase
    $create = /\.Create[ (]/ nocase
  condition:
    vba_autorun and ($moniker or $locator) and ($startup or $process) and $create
}

rule vba_autorun_task : macro persistence {
  meta:
    severity = "malware"
    reason = "A macro that runs by itself makes a scheduled task."
    reference = "https://attack.mitre.org/techniques/T1053/005/"
  strings:
    $service = "Schedule.Service" nocase
    $command = "schtasks" nocase
    $register = "RegisterTaskDefinition" nocase
    $create = "/create" nocase
  condition:
    vba_autorun and (($service and $register) or ($command and $create))
}

rule vba_autorun_drops_file : macro dropper {
  meta:
    severity = "malware"
    reason = "A macro that runs by itself writes a program or script to a folder for temporary or start-up files."
    reference = "https://attack.mitre.org/techniques/T1566/001/"
  strings:
    $folder1 = /Environ\$?\(\s*"(temp|tmp|appdata|localappdata|public|programdata|userprofile|allusersprofile)"/ nocase
    $folder2 = "\\Start Menu\\Programs\\Startup" nocase
    $folder3 = "GetSpecialFolder(2)" nocase
    $folder4 = "\\AppData\\" nocase
    $folder5 = "C:\\ProgramData\\" nocase
    $folder6 = "C:\\Users\\Public\\" nocase
    $type = /\.(exe|dll|scr|hta|vbs|vbe|jse?|wsf|bat|cmd|ps1|lnk|msi)"/ nocase
    $write1 = "For Binary" nocase
    $write2 = "SaveToFile" nocase
    $write3 = "CreateTextFile" nocase
    $write4 = "For Output As" nocase
    $write5 = "OpenTextFile" nocase
  condition:
    vba_autorun and any of ($folder*) and $type and any of ($write*)
}

rule vba_split_words : macro obfuscation {
  meta:
    severity = "malware"
    reason = "A macro puts the name of a command interpreter or of its objects together from pieces, to hide it from search."
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $p1 = /"p" ?& ?"ower/ nocase
    $p2 = /"po" ?& ?"wer/ nocase
    $p3 = /"pow" ?& ?"er/ nocase
    $p4 = /"powe" ?& ?"r/ nocase
    $p5 = /"power" ?& ?"sh/ nocase
    $p6 = /"powers" ?& ?"h/ nocase
    $p7 = /"powersh" ?& ?"el/ nocase
    $w1 = /"w" ?& ?"script/ nocase
    $w2 = /"ws" ?& ?"cript/ nocase
    $w3 = /"wsc" ?& ?"ript/ nocase
    $w4 = /"wscr" ?& ?"ipt/ nocase
    $w5 = /"wscript" ?& ?"\.sh/ nocase
    $w6 = /"wscript\.s" ?& ?"hell/ nocase
    $w7 = /"wscript\." ?& ?"shell/ nocase
    $m1 = /"ms" ?& ?"hta/ nocase
    $m2 = /"msh" ?& ?"ta/ nocase
    $x1 = /"msxml2\." ?& ?"x/ nocase
    $x2 = /"adodb" ?& ?"\.st/ nocase
    $x3 = /"winm" ?& ?"gmts/ nocase
    $x4 = /"cmd" ?& ?"\.exe/ nocase
  condition:
    vba_text and any of them
}

rule vba_reversed_words : macro obfuscation {
  meta:
    severity = "malware"
    reason = "A macro holds commands spelled backwards and turns them round."
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $turn = "StrReverse" nocase
    $r1 = "llehsrewop" nocase
    $r2 = "llehs.tpircs" nocase
    $r3 = "athsm" nocase fullword
    $r4 = "exe.dmc" nocase
    $r5 = "ptthlmx" nocase
    $r6 = "maerts.bdoda" nocase
    $r7 = "//:sptth" nocase
    $r8 = "//:ptth" nocase
    $r9 = "ssecorp_23niw" nocase
  condition:
    vba_text and $turn and any of ($r*)
}

rule vba_characters_by_number : macro obfuscation {
  meta:
    severity = "suspicious"
    reason = "A macro spells long texts by the numbers of their characters."
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $joined = /Chr[WB$]{0,2}\(\s?\d{1,3}\s?\) ?[&+]/ nocase
  condition:
    vba_text and #joined > 24
}

rule vba_decoding_loop : macro obfuscation {
  meta:
    severity = "suspicious"
    reason = "A macro that runs by itself decodes a text character by character and uses the result as an object or a command."
    reference = "https://attack.mitre.org/techniques/T1140/"
  strings:
    $mid = /\bMid\$?\(/ nocase
    $hex = "\"&H\"" nocase
    $xor = " Xor " nocase
    $chr = /\bChr[WB$]{0,2}\(/ nocase
    $length = "Len(" nocase
    $object = /(Create|Get)Object\(\s*[a-z_]/ nocase
    $by_name = "CallByName" nocase
  condition:
    vba_autorun and $mid and $chr and $length and ($hex or $xor) and ($object or $by_name or vba_runs_something)
}

rule vba_base64_payload : macro dropper {
  meta:
    severity = "malware"
    reason = "A macro that runs by itself decodes base64 and writes or starts what comes out."
    reference = "https://attack.mitre.org/techniques/T1140/"
  strings:
    $type = "bin.base64" nocase
    $value = "nodeTypedValue" nocase
    $stream = "ADODB.Stream" nocase
    $binary = "For Binary" nocase
  condition:
    vba_autorun and $type and $value and ($stream or $binary or vba_runs_something)
}

rule vba_computed_object : macro obfuscation {
  meta:
    severity = "suspicious"
    reason = "A macro that runs by itself makes an object whose name is the result of a function or a chain of texts."
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $call = /CreateObject\(\s*\w{1,60}\(/ nocase
    $chain = /CreateObject\(\s*"[^"]{0,20}" ?& ?/ nocase
    $replace = /CreateObject\(\s*Replace\(/ nocase
  condition:
    vba_autorun and any of them
}

rule vba_shellcode : macro injection {
  meta:
    severity = "malware"
    reason = "A macro reserves executable memory, copies bytes into it and jumps there."
    reference = "https://attack.mitre.org/techniques/T1055/"
  strings:
    $declare = /\bDeclare (PtrSafe )?(Function|Sub)\b/ nocase
    $alloc1 = "VirtualAlloc" nocase
    $alloc2 = "VirtualProtect" nocase
    $alloc3 = "NtAllocateVirtualMemory" nocase
    $alloc4 = "HeapCreate" nocase
    $copy1 = "RtlMoveMemory" nocase
    $copy2 = "WriteProcessMemory" nocase
    $copy3 = "NtWriteVirtualMemory" nocase
    $jump1 = "CreateThread" nocase
    $jump2 = "CreateRemoteThread" nocase
    $jump3 = "QueueUserAPC" nocase
    $jump4 = "EnumSystemLocales" nocase
    $jump5 = "EnumSystemLanguageGroups" nocase
    $jump6 = "EnumTimeFormats" nocase
    $jump7 = "SetTimer" nocase
    $jump8 = "CreateTimerQueueTimer" nocase
  condition:
    vba_text and $declare and any of ($alloc*) and any of ($copy*) and any of ($jump*)
}

rule vba_hidden_text : macro obfuscation {
  meta:
    severity = "suspicious"
    reason = "A macro that runs by itself takes a command from a property or a form control, where the document does not show it."
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $p1 = ".ControlTipText" nocase
    $p2 = /\.Tag\b/ nocase
    $p3 = "BuiltInDocumentProperties" nocase
    $p4 = "CustomDocumentProperties" nocase
    $p5 = "ActiveDocument.Variables" nocase
    $p6 = ".AlternativeText" nocase
    $p7 = ".GroupName" nocase
  condition:
    vba_autorun and vba_runs_something and any of them
}

rule vba_weakens_protection : macro persistence {
  meta:
    severity = "malware"
    reason = "A macro changes the settings that keep macros and unknown files from running."
    reference = "https://attack.mitre.org/techniques/T1562/001/"
  strings:
    $s1 = "VBAWarnings" nocase
    $s2 = "AccessVBOM" nocase
    $s3 = "DisableInternetFilesInPV" nocase
    $s4 = "DisableAttachementsInPV" nocase
    $s5 = "Options.VirusProtection" nocase
    $w1 = "RegWrite" nocase
    $w2 = "reg add" nocase
    $w3 = "System.PrivateProfileString" nocase
    $w4 = /VirusProtection ?= ?(False|0)/ nocase
  condition:
    vba_text and any of ($s*) and any of ($w*)
}

rule vba_copies_itself : macro virus {
  meta:
    severity = "malware"
    reason = "A macro that runs by itself writes its own code into other documents or into the template of all documents."
    reference = "https://attack.mitre.org/techniques/T1137/001/"
  strings:
    $normal = "NormalTemplate" nocase
    $active = "ActiveDocument.VBProject" nocase
    $this = "ThisWorkbook.VBProject" nocase
    $components = "VBComponents" nocase
    $w1 = "AddFromString" nocase
    $w2 = "InsertLines" nocase
    $copy = "OrganizerCopy" nocase
    $w4 = /\.Import\b/ nocase
    $r1 = ".Lines(" nocase
    $r2 = "CountOfLines" nocase
    $r3 = /\.Export\b/ nocase
  condition:
    vba_autorun and ($normal or $active or $this) and ($copy or ($components and any of ($w*) and any of ($r*)))
}

rule vba_mails_itself : macro worm {
  meta:
    severity = "malware"
    reason = "A macro that runs by itself sends the document to the people in the address book."
    reference = "https://attack.mitre.org/techniques/T1534/"
  strings:
    $outlook = "Outlook.Application" nocase
    $book1 = "AddressLists" nocase
    $book2 = "AddressEntries" nocase
    $book3 = "GetDefaultFolder(10)" nocase
    $attach = "Attachments.Add" nocase
    $send = /\.Send\b/ nocase
  condition:
    vba_autorun and $outlook and any of ($book*) and $attach and $send
}

rule vba_looks_for_analysis : macro evasion {
  meta:
    severity = "suspicious"
    reason = "A macro that runs by itself looks whether it is watched before it starts something."
    reference = "https://attack.mitre.org/techniques/T1497/"
  strings:
    $v1 = "vmware" nocase
    $v2 = "virtualbox" nocase
    $v3 = "vboxservice" nocase
    $v4 = "RecentFiles.Count" nocase
    $v5 = "Win32_ComputerSystem" nocase
    $v6 = "sandbox" nocase
    $v7 = "wireshark" nocase
    $v8 = "Tasks.Exists" nocase
    $v9 = "IsDebuggerPresent" nocase
  condition:
    vba_autorun and (vba_runs_something or vba_fetches_something) and any of them
}

rule vba_calls_excel4 : macro xlm {
  meta:
    severity = "malware"
    reason = "A macro that runs by itself uses the old macro language to call the system."
    reference = "https://attack.mitre.org/techniques/T1059/"
  strings:
    $execute = "ExecuteExcel4Macro" nocase
    $call = /\bCALL\(/ nocase
    $exec = /\bEXEC\(/ nocase
    $register = /\bREGISTER\(/ nocase
  condition:
    vba_autorun and $execute and ($call or $exec or $register)
}

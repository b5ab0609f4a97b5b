//! What the source of a macro says it does: by the names of its procedures and by the words it calls. A word is no proof;
//! detectors weigh it.

/// Procedures that Office calls by itself, without the object they belong to.
const BY_ITSELF: [&str; 30] = [
    "autoexec",
    "autoopen",
    "auto_open",
    "autoclose",
    "auto_close",
    "autoexit",
    "autonew",
    "auto_activate",
    "auto_deactivate",
    "auto_add",
    "auto_remove",
    "auto_range",
    "auto_ouvrir",
    "document_open",
    "document_close",
    "document_new",
    "document_beforeclose",
    "documentopen",
    "documentchange",
    "documentbeforeclose",
    "newdocument",
    "workbook_open",
    "workbook_activate",
    "workbook_beforeclose",
    "workbook_deactivate",
    "workbook_close",
    "presentation_open",
    "onslideshowpagechange",
    "app_presentationopen",
    "customui_onload",
];
/// Ends of names of events of controls and pages that a reader sets off without knowing.
const EVENTS: [&str; 22] = [
    "_click",
    "_dblclick",
    "_change",
    "_gotfocus",
    "_lostfocus",
    "_mousemove",
    "_mousehover",
    "_mouseenter",
    "_layout",
    "_resize",
    "_painted",
    "_painting",
    "_beforenavigate2",
    "_beforescriptexecute",
    "_documentcomplete",
    "_downloadbegin",
    "_navigatecomplete2",
    "_onconnecting",
    "_titlechange",
    "_filedownload",
    "_documentbeforeprint",
    "_contentcontrolonenter",
];
/// What runs programs, fetches or writes files, or calls what is not VBA.
const ACTING: [&str; 52] = [
    "shell",
    "createobject",
    "getobject",
    "wscript",
    "shellexecute",
    "shellexecutea",
    "shellexecutew",
    "shell.application",
    "powershell",
    "cmd.exe",
    "mshta",
    "rundll32",
    "regsvr32",
    "certutil",
    "bitsadmin",
    "urldownloadtofile",
    "urldownloadtofilea",
    "urldownloadtofilew",
    "winhttp",
    "winhttprequest",
    "xmlhttp",
    "serverxmlhttp",
    "internetexplorer.application",
    "adodb.stream",
    "savetofile",
    "filesystemobject",
    "createtextfile",
    "copyfile",
    "filecopy",
    "kill",
    "regwrite",
    "executeexcel4macro",
    "callbyname",
    "macscript",
    "applescripttask",
    "exec",
    "winmgmts",
    "win32_process",
    "schedule.service",
    "virtualalloc",
    "virtualallocex",
    "virtualprotect",
    "createthread",
    "createremotethread",
    "rtlmovememory",
    "writeprocessmemory",
    "createprocess",
    "createprocessa",
    "createprocessw",
    "heapcreate",
    "enumsystemlanguagegroupsw",
    "vbcomponents",
];

/// Names of the compiled cache that would be told, were they in the source.
const TELLING: [&str; 9] = [
    "createobject",
    "urldownloadtofile",
    "shellexecute",
    "wscript",
    "winhttp",
    "savetofile",
    "powershell",
    "virtualalloc",
    "callbyname",
];

/// Is there more than what the editor writes by itself?
pub(super) fn has_code(source: &str) -> bool {
    source.lines().map(str::trim).any(|line| {
        let is_frame =
            line.is_empty() || line.starts_with("Attribute ") || line.starts_with("Option ") || line.starts_with('\'');
        !is_frame
    })
}

/// The marks of a source.
pub(crate) fn marks(source: &str) -> Vec<&'static str> {
    let mut marks = Vec::new();
    let lower = source.to_lowercase();
    if has_code(source) {
        marks.push("macro");
    }
    if procedures(&lower).any(|name| BY_ITSELF.contains(&name) || EVENTS.iter().any(|event| name.ends_with(event))) {
        marks.push("auto_run");
    }
    let writes = || lower.contains(" for output") || lower.contains(" for binary") || lower.contains(" for append");
    let calls_outside = || lower.lines().any(|line| line.contains("declare ") && line.contains(" lib "));
    if words(&lower).any(|word| ACTING.contains(&word)) || dotted(&lower) || writes() || calls_outside() {
        marks.push("macro_code");
    }
    marks
}

/// Names of the procedures that a source defines.
fn procedures(lower: &str) -> impl Iterator<Item = &str> {
    lower.lines().filter_map(|line| {
        let mut words =
            line.split_whitespace().skip_while(|word| matches!(*word, "private" | "public" | "friend" | "static"));
        matches!(words.next(), Some("sub" | "function")).then(|| words.next()).flatten()?.split('(').next()
    })
}

fn words(lower: &str) -> impl Iterator<Item = &str> {
    let code = lower.lines().filter(|line| !line.trim_start().starts_with("attribute "));
    code.flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || c == '_')))
}

/// Words of the list that hold a point are looked for as they stand.
fn dotted(lower: &str) -> bool {
    ACTING.iter().filter(|word| word.contains('.')).any(|word| lower.contains(word))
}

/// What the compiled cache names and no source does.
pub(super) fn only_compiled(cache: &[u8], sources: &[&str]) -> Vec<&'static str> {
    let cache: Vec<u8> = cache.to_ascii_lowercase();
    let sources: Vec<String> = sources.iter().map(|source| source.to_lowercase()).collect();
    let is_hidden = |word: &&str| {
        memchr::memmem::find(&cache, word.as_bytes()).is_some() && !sources.iter().any(|source| source.contains(*word))
    };
    let mut marks = Vec::new();
    if TELLING.iter().any(is_hidden) {
        marks.push("macro_code");
    }
    if BY_ITSELF.iter().filter(|word| word.len() > 7).any(is_hidden) {
        marks.push("auto_run");
    }
    marks
}

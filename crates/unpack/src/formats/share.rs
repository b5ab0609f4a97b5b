//! Paths and commands in shortcuts and documents: shares of other machines, programs that run others, icons that pretend.

/// Programs that run what they are told, without their ending.
const RUNNERS: [&str; 28] = [
    "cmd",
    "powershell",
    "pwsh",
    "mshta",
    "wscript",
    "cscript",
    "rundll32",
    "regsvr32",
    "msiexec",
    "certutil",
    "bitsadmin",
    "curl",
    "conhost",
    "forfiles",
    "explorer",
    "wmic",
    "msbuild",
    "installutil",
    "regasm",
    "schtasks",
    "pcalua",
    "ssh",
    "python",
    "java",
    "javaw",
    "bash",
    "wsl",
    "scriptrunner",
];
/// What in the path of an icon makes a file look like a document, a folder or a harmless program.
const DISGUISES: [&str; 18] = [
    ".pdf", ".doc", ".xls", ".ppt", ".txt", ".jpg", ".png", ".htm", "acrobat", "acrord", "winword", "excel",
    "powerpnt", "msedge", "chrome", "firefox", "foxit", "wordpad",
];
/// Libraries of icons, of folders and documents among others.
const ICON_LIBRARIES: [&str; 3] = ["shell32.dll", "imageres.dll", "ieframe.dll"];

/// Does it name a share of another machine: `\\host\...`, `//host/...` of file specifications, `file://host/...`?
pub(crate) fn is_share(target: &str) -> bool {
    host(target).is_some()
}

/// The mark of something that leads there, if it is a share: one of a machine without a domain is of the reader's own network.
pub(crate) fn mark(target: &str) -> Option<&'static str> {
    host(target).map(|host| if host.contains(['.', '[']) { "unc_path" } else { "unc_path_local" })
}

fn host(target: &str) -> Option<String> {
    let target = target.trim_start().trim_start_matches(['(', '"', '\'', '@']);
    let is_file = target.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("file:"));
    let path = if is_file { target.get(5..).unwrap_or_default() } else { target };
    let path = path.replace('/', "\\");
    // `\\?\UNC\host` and `file:////host` are the same.
    let long = path.strip_prefix("\\\\?\\UNC\\").or_else(|| path.strip_prefix("\\\\.\\UNC\\"));
    let path = long.map_or_else(|| path.clone(), |rest| format!("\\\\{rest}"));
    let host = path.trim_start_matches('\\');
    let slashes = path.len().saturating_sub(host.len());
    // `file:///path` is of this machine.
    let is_slashed = slashes >= 2 && !(is_file && slashes == 3);
    let name = host.split(['\\', '@', ':']).next().unwrap_or_default();
    let is_drive = name.len() == 1 && host.get(1..2).is_some_and(|mark| mark == ":" || mark == "|");
    let is_own =
        ["localhost", "127.0.0.1", ".", "?", "wsl$", "wsl.localhost"].contains(&name.to_ascii_lowercase().as_str());
    let is_name = name.starts_with(|character: char| character.is_alphanumeric() || character == '[');
    (is_slashed && !is_own && !is_drive && is_name).then(|| name.to_owned())
}

/// The shares that stand anywhere in a command line.
pub(crate) fn shares_in(command: &str) -> impl Iterator<Item = &str> {
    let words =
        command.split(|character: char| character.is_whitespace() || matches!(character, '"' | '\'' | ',' | ';' | '='));
    words.filter(|word| {
        (word.starts_with("\\\\") || word.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("file:")))
            && is_share(word)
    })
}

/// Is it one of the programs that run others?
pub(crate) fn is_runner(target: &str) -> bool {
    let name = target.trim_matches(['"', ' ']).rsplit(['\\', '/']).next().unwrap_or_default().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    RUNNERS.contains(&stem)
}

/// Does something that runs show the icon of a document?
pub(crate) fn is_disguise(icon: &str, target: &str) -> bool {
    let (icon, target) = (icon.to_ascii_lowercase(), target.to_ascii_lowercase());
    if icon.is_empty() || (!target.is_empty() && icon.trim_matches('"') == target.trim_matches('"')) {
        return false;
    }
    let is_disguise = DISGUISES.iter().any(|part| icon.contains(part));
    let is_library = ICON_LIBRARIES.iter().any(|library| icon.ends_with(library));
    is_runner(&target) && (is_disguise || is_library)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_told_from_paths() {
        for share in [
            r"\\host\a",
            "//host/a",
            "file://host/a",
            "file:////host/a",
            r"file:\\host\a",
            r"\\192.0.2.1@80\DavWWWRoot\a",
            r"\\?\UNC\host\a",
            "FILE://[2001:db8::1]/a",
            "@\\\\host\\x.dll,-1",
        ] {
            assert!(is_share(share), "{share}");
        }
        for path in [
            r"C:\a",
            "file:///C:/a",
            "file:///home/a",
            "/usr/a",
            "https://host/a",
            r"\a",
            "a",
            "",
            "file:a",
            r"\\?\C:\a",
            "file:///c|/a",
            r"\\localhost\a",
            "//",
        ] {
            assert!(!is_share(path), "{path}");
        }
    }

    #[test]
    fn runners_and_disguises() {
        assert!(
            is_runner(r"C:\Windows\System32\cmd.exe") && is_runner("\"powershell\"") && !is_runner(r"C:\a\report.docx")
        );
        assert!(is_disguise(r"C:\Program Files\Adobe\Acrobat\Acrobat.exe", "cmd.exe"));
        assert!(is_disguise(r"%SystemRoot%\System32\shell32.dll", "mshta.exe"));
        assert!(!is_disguise(r"C:\Program Files\Adobe\Acrobat\Acrobat.exe", r"C:\Users\a\report.pdf"));
        assert!(!is_disguise("", "cmd.exe"));
    }
}

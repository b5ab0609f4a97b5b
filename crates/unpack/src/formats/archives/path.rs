//! Names of members that are more than names: a path out of the folder, a drive, a device, something that no screen shows, words
//! for a shell.

/// Devices of DOS and Windows, which are reached by name in any folder and with any ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Would a careless program do something else with it than give it to a file in its folder?
pub(crate) fn is_no_plain_name(name: &str) -> bool {
    leaves_its_folder(name) || are_shell_words(name)
}

/// Would a careless program write elsewhere than into the folder it was given, or onto a device?
fn leaves_its_folder(name: &str) -> bool {
    let is_absolute = name.starts_with(['/', '\\']) || has_drive(name);
    is_absolute
        || name.chars().any(|character| character.is_control())
        || name.split(['/', '\\']).any(|step| is_parent(step) || is_device(step))
}

/// Some readers take a name up to a NUL, others whole: what it is for either.
pub(crate) fn as_all_read(names: Vec<String>) -> Vec<String> {
    let before_nul = |name: &String| name.split_once('\0').map(|(before, _)| before.to_owned());
    let cut: Vec<String> = names.iter().filter_map(before_nul).filter(|name| !name.is_empty()).collect();
    let mut all = names;
    for name in cut {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// Where a link leads, also where it is written as Windows has it within: `\??\UNC\host\share`.
pub(crate) fn link_target(target: &str) -> String {
    let Some(inner) = target.strip_prefix("\\??\\").or_else(|| target.strip_prefix("/??/")) else {
        return target.to_owned();
    };
    let (start, rest) = inner.split_at_checked(4).unwrap_or((inner, ""));
    let is_share = start.eq_ignore_ascii_case("UNC\\") || start.eq_ignore_ascii_case("UNC/");
    if is_share { format!("\\\\{rest}") } else { inner.to_owned() }
}

/// `..`, also with the blanks that Windows drops.
fn is_parent(step: &str) -> bool {
    let step = step.trim_end_matches(' ');
    step.len() >= 2 && step.chars().all(|character| character == '.')
}

/// `C:` or `C:\x`; also a stream behind a colon (`a.txt:b`) hides its bytes.
fn has_drive(name: &str) -> bool {
    name.chars().nth(1) == Some(':') && name.starts_with(|first: char| first.is_ascii_alphabetic())
}

fn is_device(step: &str) -> bool {
    let stem = step.split(['.', ':']).next().unwrap_or_default().trim_end_matches(' ');
    let has_number = |word: &str| {
        let rest = stem.get(..3).filter(|start| start.eq_ignore_ascii_case(word)).and_then(|_| stem.get(3..));
        rest.is_some_and(|rest| rest.len() == 1 && rest.chars().all(|digit| digit.is_ascii_digit()))
    };
    DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device)) || has_number("com") || has_number("lpt")
}

/// Schemes by which mail programs and browsers name what they saved from the web.
const WEB: [&str; 3] = ["http", "https", "cid"];
/// What a shell puts in the place of, or ends a command with. Lone `|`, `;`, `<` and `>` stand in honest titles.
const SHELL_SIGNS: [&str; 9] = ["`", "$(", "${", "&&", "||", "';", "\";", ">/", "</"];

/// Would a shell, or a command that is handed it, take it for more than one word?
fn are_shell_words(name: &str) -> bool {
    let is_piped = name.starts_with('|') || name.ends_with('|');
    is_piped
        || SHELL_SIGNS.iter().any(|sign| name.contains(sign))
        || ends_command(name)
        || is_option(name)
        || is_url(name)
}

/// `a;touch x;.txt`, but not `a&amp;b`, `A.TXT;1` of ISO 9660, `a;jsessionid=1` or `Smith; John`.
fn ends_command(name: &str) -> bool {
    let mut pieces = name.split(';');
    let mut before = pieces.next().unwrap_or_default();
    for piece in pieces {
        let is_entity = before.rsplit_once('&').is_some_and(|(_, entity)| {
            !entity.is_empty() && entity.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')
        });
        let word_end = piece.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(piece.len());
        let is_parameter = piece.get(word_end..).is_some_and(|rest| rest.starts_with('='));
        let is_close =
            !before.is_empty() && !before.ends_with(' ') && piece.starts_with(|c: char| c.is_ascii_lowercase());
        if is_close && !is_entity && !is_parameter {
            return true;
        }
        before = piece;
    }
    false
}

/// `-rf.txt`, `--checkpoint-action=exec=sh`, but not `-1.jpg`, `- copy.txt` or `-draft.txt`.
fn is_option(name: &str) -> bool {
    let is_word = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
    if let Some(long) = name.strip_prefix("--") {
        return is_word(long);
    }
    let Some(short) = name.strip_prefix('-').filter(|rest| is_word(rest)) else { return false };
    let end = short.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(short.len());
    let ends_there = short.get(end..).is_some_and(|rest| rest.starts_with(['.', ' ']) || rest.is_empty());
    (end <= 3 && ends_there) || short.contains('=')
}

fn is_url(name: &str) -> bool {
    name.split_once("://").is_some_and(|(scheme, _)| {
        let is_scheme = scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b));
        is_scheme && !WEB.iter().any(|web| scheme.eq_ignore_ascii_case(web))
    })
}

#[cfg(test)]
mod tests {
    use super::{are_shell_words, leaves_its_folder, link_target};

    #[test]
    fn names_that_are_paths() {
        for name in [
            "../x",
            "a/../../x",
            "/etc/x",
            "\\\\host\\x",
            "C:\\x",
            "c:x",
            "..\\x",
            "a/.. /x",
            "x\0.exe",
            "a\nb",
            "NUL",
            "sub/con.txt",
            "COM1",
        ] {
            assert!(leaves_its_folder(name), "{name:?}");
        }
        for name in [
            "a/b.txt",
            "a..b",
            ".hidden",
            "it's: here",
            "console.log",
            "com10.txt",
            "nullable",
            "a\\b",
            "Grüße.txt",
            "command",
        ] {
            assert!(!leaves_its_folder(name), "{name:?}");
        }
    }

    #[test]
    fn targets_of_links_as_windows_has_them() {
        for (target, plain) in [
            ("\\??\\UNC\\host\\a", "\\\\host\\a"),
            ("/??/unc/host/a", "\\\\host/a"),
            ("\\??\\C:\\a", "C:\\a"),
            ("//host/a", "//host/a"),
            ("/??/é", "é"),
            ("a", "a"),
        ] {
            assert_eq!(link_target(target), plain);
        }
    }

    #[test]
    fn names_that_are_shell_words() {
        for name in [
            "`id`.txt",
            "$(touch x).txt",
            "${IFS}.txt",
            "a;touch x;.txt",
            "'; rm -rf ~;'.txt",
            "|touch x",
            "id|",
            "a&&b.txt",
            "a>/etc/x",
            "-rf.txt",
            "-oProxyCommand=x",
            "--checkpoint-action=exec=sh",
            "file:///etc/passwd",
            "php://filter/x",
        ] {
            assert!(are_shell_words(name), "{name:?}");
        }
        for name in [
            "Smith; John.pdf",
            "Smith;John.pdf",
            "R&amp;d.pdf",
            "it&#39;s.txt",
            "README.TXT;1",
            "page;jsessionid=4.html",
            "News | March.eml",
            "a > b, <c>.eml",
            "Q&A $5 (new).pdf",
            "- copy.txt",
            "-1.jpg",
            "-draft.txt",
            "http://shop.example/a.png",
            "a-b--c.txt",
            "\u{60c5}\u{5831}\u{ff1b}\u{ff5c}.pdf",
        ] {
            assert!(!are_shell_words(name), "{name:?}");
        }
    }
}

//! Names of members that are more than names: a path out of the folder, a drive, a device, something that no screen shows.

/// Devices of DOS and Windows, which are reached by name in any folder and with any ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Would a careless program write elsewhere than into the folder it was given, or onto a device?
pub(crate) fn leaves_its_folder(name: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::leaves_its_folder;

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
}

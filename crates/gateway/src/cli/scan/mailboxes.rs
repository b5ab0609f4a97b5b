//! Files that hold messages: one message, an mbox, a Maildir.

use std::path::{Path, PathBuf};

use super::MESSAGE_BYTES_MAX;
use crate::control::protocol::Fault;

/// The messages at a path, each with a name.
pub(super) fn read(path: &Path) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let mut messages = Vec::new();
    for file in files(path)? {
        let name = file.display().to_string();
        let raw = read_file(&file)?;
        let mut parts: Vec<Vec<u8>> = split(raw).collect();
        if parts.len() == 1 {
            messages.extend(parts.pop().map(|raw| (name, raw)));
        } else {
            messages.extend(parts.into_iter().zip(1..).map(|(raw, number)| (format!("{name}:{number}"), raw)));
        }
    }
    Ok(messages)
}

/// The bytes of a file, within the limit.
pub(super) fn read_file(file: &Path) -> Result<Vec<u8>, Fault> {
    let failed = |error: std::io::Error| Fault::usage(format!("{}: {error}", file.display()), "");
    if std::fs::metadata(file).map_err(failed)?.len() > MESSAGE_BYTES_MAX {
        return Err(Fault::usage(format!("{} is larger than {MESSAGE_BYTES_MAX} bytes", file.display()), ""));
    }
    std::fs::read(file).map_err(failed)
}

// A Maildir is its cur and new; any other folder is the files in it.
fn files(path: &Path) -> Result<Vec<PathBuf>, Fault> {
    let failed = |error: std::io::Error| Fault::usage(format!("{}: {error}", path.display()), "is the name right?");
    if !std::fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let folders =
        if path.join("cur").is_dir() { vec![path.join("cur"), path.join("new")] } else { vec![path.to_owned()] };
    let mut files = Vec::new();
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let entry = entry.map_err(failed)?.path();
            if entry.is_file() {
                files.push(entry);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The messages of an mbox (RFC 4155: each begins with a line `From `, quoted ones lose one `>`), or the one message.
pub(super) fn split(raw: Vec<u8>) -> Box<dyn Iterator<Item = Vec<u8>>> {
    if !raw.starts_with(b"From ") {
        return Box::new(std::iter::once(raw));
    }
    let mut messages: Vec<Vec<u8>> = Vec::new();
    let mut blank = true;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if blank && line.starts_with(b"From ") {
            messages.push(Vec::new());
        } else if let Some(message) = messages.last_mut() {
            let unquoted =
                line.iter().position(|byte| *byte != b'>').filter(|at| *at > 0 && line[*at..].starts_with(b"From "));
            message.extend_from_slice(if unquoted.is_some() { &line[1..] } else { line });
        }
        blank = line == b"\n" || line == b"\r\n";
    }
    Box::new(messages.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_mbox_is_its_messages() {
        let mbox =
            b"From a Tue\nSubject: 1\n\n>From here\n>>From there\n> no\n\nFrom b Wed\nSubject: 2\n\nFrom x\n".to_vec();
        let messages: Vec<String> = split(mbox).map(|raw| String::from_utf8(raw).unwrap()).collect();
        assert_eq!(messages.len(), 3);
        assert_eq!(messages[0], "Subject: 1\n\nFrom here\n>From there\n> no\n\n");
        assert_eq!(messages[1], "Subject: 2\n\n");
        let single = b"Subject: 1\n\nFrom here\n".to_vec();
        assert_eq!(split(single.clone()).collect::<Vec<_>>(), [single]);
    }
}

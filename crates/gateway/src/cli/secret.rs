//! A password: from a file or from standard input, or asked for on the terminal without showing it. Never from the command line,
//! where everybody on the machine could read it.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::control::protocol::{Fault, Secret};

/// Bytes of a password.
const BYTES_MAX: usize = 1024;
/// Keys: Ctrl-C, Ctrl-D, backspace, delete, Ctrl-U.
const CANCEL: u8 = 0x03;
/// See [`CANCEL`].
const END: u8 = 0x04;
/// See [`CANCEL`].
const BACKSPACE: u8 = 0x08;
/// See [`CANCEL`].
const DELETE: u8 = 0x7f;
/// See [`CANCEL`].
const KILL: u8 = 0x15;

/// The password in a file, `-` for standard input: its bytes without the line end behind them.
///
/// # Errors
/// If it cannot be read, or is none.
pub(super) fn from_file(path: &Path) -> Result<Secret, Fault> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX).saturating_add(2);
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    let name = path.display();
    read.map_err(|error| Fault::usage(format!("{name}: {error}"), "a file with the password, `-` for standard input"))?;
    for end in [b'\n', b'\r'] {
        if bytes.last() == Some(&end) {
            bytes.pop();
        }
    }
    password(bytes, &format!("{name}: "))
}

/// The password as it is typed; none if only Enter is pressed.
///
/// # Errors
/// If nobody is there, or it is cancelled.
pub(super) fn asked(question: &str) -> Result<Option<Secret>, Fault> {
    let failed = |error: std::io::Error| Fault::unavailable(format!("the terminal: {error}"), "--password-file FILE");
    // First: nobody types before the question is there.
    let silence = Silence::of_stdin().map_err(failed)?;
    let mut err = std::io::stderr();
    let _ = write!(err, "{question}");
    let _ = err.flush();
    let typed = typed(&mut std::io::stdin().lock());
    drop(silence);
    let _ = writeln!(err);
    let typed = typed.map_err(failed);
    let bytes = typed?.ok_or_else(|| Fault::usage("cancelled", ""))?;
    if bytes.is_empty() { Ok(None) } else { password(bytes, "").map(Some) }
}

/// Somebody can be asked.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

fn password(bytes: Vec<u8>, place: &str) -> Result<Secret, Fault> {
    if bytes.is_empty() || bytes.len() > BYTES_MAX {
        return Err(Fault::usage(format!("{place}a password has 1 to {BYTES_MAX} bytes"), ""));
    }
    let text = String::from_utf8(bytes).map_err(|_| Fault::usage(format!("{place}the password is no UTF-8"), ""))?;
    Ok(Secret(text))
}

// What is typed up to Enter; none if it is cancelled. The terminal does not edit the line, so it is done here.
fn typed(input: &mut impl std::io::Read) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut key = [0_u8];
    loop {
        if input.read(&mut key)? == 0 {
            return Ok(Some(bytes));
        }
        match key[0] {
            b'\r' | b'\n' => return Ok(Some(bytes)),
            CANCEL => return Ok(None),
            END if bytes.is_empty() => return Ok(None),
            END => return Ok(Some(bytes)),
            BACKSPACE | DELETE => erase_one(&mut bytes),
            KILL => bytes.clear(),
            byte if bytes.len() <= BYTES_MAX => bytes.push(byte),
            _ => {}
        }
    }
}

// The whole last character: bytes that go on in UTF-8 begin with the bits 10.
fn erase_one(bytes: &mut Vec<u8>) {
    while let Some(byte) = bytes.pop() {
        if byte & 0xc0 != 0x80 {
            break;
        }
    }
}

/// While it lives, the terminal shows nothing and sends no signals: Ctrl-C would leave it silent.
struct Silence(Termios);

impl Silence {
    fn of_stdin() -> std::io::Result<Self> {
        let before = tcgetattr(std::io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(std::io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        // Nothing can be done about it here.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typing(keys: &[u8]) -> Option<String> {
        typed(&mut &*keys).unwrap().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn keys_edit_what_is_typed() {
        assert_eq!(typing(b"secret\r").as_deref(), Some("secret"));
        assert_eq!(typing("wron\u{e4}\u{7f}g\u{15}right\n".as_bytes()).as_deref(), Some("right"));
        assert_eq!(typing("a\u{e4}\u{7f}b\n".as_bytes()).as_deref(), Some("ab"));
        assert_eq!(typing(b"\x7f\x7f\n").as_deref(), Some(""));
        assert_eq!((typing(b"secr\x03"), typing(b"\x04")), (None, None));
    }

    #[expect(clippy::disallowed_methods, reason = "a test writes what it reads")]
    #[test]
    fn a_file_gives_its_bytes_without_the_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("p");
        let read = |bytes: &[u8]| {
            std::fs::write(&file, bytes).unwrap();
            from_file(&file).map(|secret| secret.0).map_err(|fault| fault.message)
        };
        assert_eq!(read(b" Sommer 2024! \r\n").unwrap(), " Sommer 2024! ");
        assert_eq!(read(b"a\n\n").unwrap(), "a\n");
        assert!(read(b"\n").is_err() && read(&[b'x'; 1025]).is_err() && read(b"\xff\xfe").is_err());
        assert!(!format!("{:?}", from_file(&file).err()).contains("xff"));
    }
}

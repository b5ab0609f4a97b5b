//! `VERSION`: `ClamAV 1.4.6/27500/Tue Nov  3 09:12:00 2026`, that is engine, number of the daily database, and when that was
//! made. Without a daily database only the engine is named.

use mail::timestamp::Timestamp;
use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::scanners::{Identity, ScanTrouble};

/// ctime(3). The zone is the daemon's and is not told: taken as UTC, so an age is right to half a day.
const MADE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short] [month repr:short] [day padding:space] [hour]:[minute]:[second] [year]");

pub(super) fn read(reply: &str) -> Result<Identity, ScanTrouble> {
    // clamd.conf(5) EnableVersionCommand: it may be told to keep that to itself.
    if reply == "COMMAND UNAVAILABLE" {
        return Ok(Identity::default());
    }
    let is_version = reply.starts_with("ClamAV ") && reply.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if !is_version {
        return Err(ScanTrouble::Garbage);
    }
    let made = reply.splitn(3, '/').nth(2).and_then(|text| PrimitiveDateTime::parse(text.trim(), MADE).ok());
    let signatures_made = made.and_then(|made| {
        let millis = made.assume_utc().unix_timestamp().checked_mul(1_000)?;
        Some(Timestamp::from_unix_millis(millis))
    });
    Ok(Identity { text: reply.to_owned(), version: Some(reply.into()), signatures_made })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn versions_are_read() {
        let day = Duration::from_secs(86_400);
        let now = Timestamp::from_unix_millis(1_793_883_120_000);
        for (reply, made_s, is_old) in [
            ("ClamAV 1.4.6/27500/Tue Nov  3 09:12:00 2026", Some(1_793_697_120), true),
            ("ClamAV 1.4.6/27512/Thu Nov  5 09:12:00 2026", Some(1_793_869_920), false),
            ("ClamAV 1.4.6/27512/Thu Nov 45 09:12:00 2026", None, false),
            ("ClamAV 1.4.6", None, false),
        ] {
            let identity = read(reply).unwrap();
            assert_eq!(identity.signatures_made.map(Timestamp::unix_seconds), made_s, "{reply}");
            assert_eq!(identity.is_old(now, day), is_old, "{reply}");
            assert_eq!(identity.version.as_deref(), Some(reply));
        }
    }

    #[test]
    fn what_is_no_version_is_garbage_and_a_silent_one_is_not_remembered() {
        for reply in ["", "PONG", "SSH-2.0-OpenSSH", "UNKNOWN COMMAND", "ClamAV 1.4\n"] {
            assert_eq!(read(reply), Err(ScanTrouble::Garbage), "{reply:?}");
        }
        assert_eq!(read("COMMAND UNAVAILABLE"), Ok(Identity::default()));
    }
}

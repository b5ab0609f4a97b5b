//! Replies of clamd: one text up to NUL. Anything that is not exactly one of the known forms is no answer.

use tokio::io::{AsyncRead, AsyncReadExt};

use super::REPLY_BYTES_MAX;
use crate::scanners::progress::Progress;
use crate::scanners::{ScanTrouble, ScannerAnswer, WhySkipped};

/// Reads a reply up to its NUL; none if the connection ends before.
pub(super) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    progress: &Progress,
) -> Option<Result<String, ScanTrouble>> {
    let mut buffer = Vec::with_capacity(256);
    loop {
        if let Some(end) = buffer.iter().position(|byte| *byte == 0) {
            buffer.truncate(end);
            return Some(String::from_utf8(buffer).map_err(|_| ScanTrouble::Garbage));
        }
        if buffer.len() >= REPLY_BYTES_MAX {
            return Some(Err(ScanTrouble::Garbage));
        }
        let came = stream.read_buf(&mut buffer).await.ok().filter(|came| *came > 0)?;
        progress.read(came);
    }
}

/// What a reply to INSTREAM says.
pub(super) fn answer(reply: &str) -> Result<ScannerAnswer, ScanTrouble> {
    if reply.starts_with("INSTREAM size limit exceeded") {
        return Ok(ScannerAnswer::Skipped(WhySkipped::TooLarge));
    }
    if let Some(said) = reply.strip_suffix("ERROR") {
        return Err(ScanTrouble::said(said.trim_end_matches(['.', ' '])));
    }
    if reply == "COMMAND READ TIMED OUT" || reply == "COMMAND UNAVAILABLE" {
        return Err(ScanTrouble::said(reply));
    }
    let found = reply.strip_prefix("stream: ").ok_or(ScanTrouble::Garbage)?;
    if found == "OK" {
        return Ok(ScannerAnswer::Clean);
    }
    let name = found.strip_suffix(" FOUND").filter(|name| is_name(name)).ok_or(ScanTrouble::Garbage)?;
    Ok(finding(name))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

fn finding(name: &str) -> ScannerAnswer {
    // AlertExceedsMax: it has not seen everything.
    if name.starts_with("Heuristics.Limits.Exceeded") {
        return ScannerAnswer::Skipped(WhySkipped::OverItsLimits);
    }
    // Not known malware: encrypted, broken, like phishing (Heuristics), potentially unwanted (PUA).
    if name.starts_with("Heuristics.") || name.starts_with("PUA.") {
        return ScannerAnswer::suspicious([name]);
    }
    ScannerAnswer::infected([name])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_known_forms_are_answers() {
        let infected = |name: &str| Ok(ScannerAnswer::infected([name]));
        let suspicious = |name: &str| Ok(ScannerAnswer::suspicious([name]));
        let said = |text: &str| Err(ScanTrouble::Said(text.to_owned()));
        let table = [
            ("stream: OK", Ok(ScannerAnswer::Clean)),
            ("stream: Eicar-Test-Signature FOUND", infected("Eicar-Test-Signature")),
            (
                "stream: Win.Test.EICAR_HDB-1(44d88612fea8a8f36de82e1278abb02f:68) FOUND",
                infected("Win.Test.EICAR_HDB-1(44d88612fea8a8f36de82e1278abb02f:68)"),
            ),
            ("stream: OK FOUND", infected("OK")),
            ("stream: Heuristics.Encrypted.Zip FOUND", suspicious("Heuristics.Encrypted.Zip")),
            ("stream: PUA.Win.Packer FOUND", suspicious("PUA.Win.Packer")),
            (
                "stream: Heuristics.Limits.Exceeded.MaxFiles FOUND",
                Ok(ScannerAnswer::Skipped(WhySkipped::OverItsLimits)),
            ),
            ("INSTREAM size limit exceeded. ERROR", Ok(ScannerAnswer::Skipped(WhySkipped::TooLarge))),
            ("INSTREAM: Can't write to temporary file. ERROR", said("INSTREAM: Can't write to temporary file")),
            ("stream: Can't allocate memory ERROR", said("stream: Can't allocate memory")),
            ("COMMAND READ TIMED OUT", said("COMMAND READ TIMED OUT")),
            ("UNKNOWN COMMAND", Err(ScanTrouble::Garbage)),
            ("", Err(ScanTrouble::Garbage)),
            ("OK", Err(ScanTrouble::Garbage)),
            ("stream: OK ", Err(ScanTrouble::Garbage)),
            ("stream: ok", Err(ScanTrouble::Garbage)),
            ("stream: OK\n", Err(ScanTrouble::Garbage)),
            ("stream: OK\nstream: X FOUND", Err(ScanTrouble::Garbage)),
            ("stream:  FOUND", Err(ScanTrouble::Garbage)),
            ("stream: X\rY FOUND", Err(ScanTrouble::Garbage)),
            ("1: stream: OK", Err(ScanTrouble::Garbage)),
            ("/tmp/stream: OK", Err(ScanTrouble::Garbage)),
        ];
        for (reply, wanted) in table {
            assert_eq!(answer(reply), wanted, "{reply:?}");
        }
    }
}

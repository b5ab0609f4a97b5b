//! The answer to a wish to disarm: one outcome for each part, then the bytes of the new files as they are.

use minicbor::{Decode, Encode};
use unpack::disarm::{Disarmed, Outcome, new_kind};

use crate::frame::{Head, Kind, Lie, room};
use crate::limits::ANSWER_BYTES_MAX;

/// Reasons and things removed of one part that are believed.
const LINES_MAX: usize = 256;
/// Bytes of one of them.
const LINE_BYTES_MAX: usize = 4096;

#[derive(Encode, Decode)]
#[cbor(map)]
struct One {
    /// Why it cannot be done; none: it was done.
    #[n(0)]
    impossible: Option<String>,
    /// Size of the new file; none: there is none, the part is clean.
    #[n(1)]
    size: Option<u64>,
    #[n(2)]
    removed: Vec<String>,
    /// Ending of the new kind.
    #[n(3)]
    kind: Option<String>,
}

/// A whole answer. One that would be too large is replaced by one that says so.
pub(crate) fn answer(number: u32, outcomes: &[Outcome]) -> Vec<u8> {
    let over = || Outcome::Impossible("it is too large".to_owned());
    let encoded = encode(number, outcomes);
    encoded.or_else(|| encode(number, &vec![over(); outcomes.len()])).unwrap_or_default()
}

fn encode(number: u32, outcomes: &[Outcome]) -> Option<Vec<u8>> {
    let heads: Vec<One> = outcomes.iter().map(one).collect();
    let heads = minicbor::to_vec(heads).ok()?;
    let heads_length = u32::try_from(heads.len()).ok()?;
    let files = || outcomes.iter().filter_map(file);
    let bytes: usize = files().map(|file| file.bytes.len()).sum();
    let length = heads.len().saturating_add(bytes).saturating_add(4);
    if length > ANSWER_BYTES_MAX {
        return None;
    }
    let head = Head { kind: Kind::Answer, number, length: u32::try_from(length).ok()? };
    let mut out = Vec::with_capacity(length.saturating_add(crate::frame::HEAD_BYTES));
    out.extend_from_slice(&head.to_bytes());
    out.extend_from_slice(&heads_length.to_le_bytes());
    out.extend_from_slice(&heads);
    files().for_each(|file| out.extend_from_slice(&file.bytes));
    Some(out)
}

const fn file(outcome: &Outcome) -> Option<&Disarmed> {
    match outcome {
        Outcome::Disarmed(disarmed) => Some(disarmed),
        Outcome::Clean | Outcome::Impossible(_) => None,
    }
}

fn one(outcome: &Outcome) -> One {
    match outcome {
        Outcome::Clean => One { impossible: None, size: None, removed: Vec::new(), kind: None },
        Outcome::Impossible(why) => One { impossible: Some(why.clone()), size: None, removed: Vec::new(), kind: None },
        Outcome::Disarmed(disarmed) => One {
            impossible: None,
            size: u64::try_from(disarmed.bytes.len()).ok(),
            removed: disarmed.removed.clone(),
            kind: disarmed.kind.map(|kind| kind.ending.to_owned()),
        },
    }
}

/// The body of an answer, if it can be one to a request of so many parts.
///
/// # Errors
/// It cannot: the worker is not to be believed.
pub(crate) fn read(body: &[u8], parts: usize) -> Result<Vec<Outcome>, Lie> {
    let heads_length = body.first_chunk().and_then(|length| usize::try_from(u32::from_le_bytes(*length)).ok());
    let mut at = heads_length.and_then(|length| length.checked_add(4)).ok_or(Lie::NotDecodable)?;
    let heads = body.get(4..at).ok_or(Lie::NotDecodable)?;
    let mut decoder = minicbor::Decoder::new(heads);
    // As many as are wanted, before there is room taken for them.
    let told = decoder.array().map_err(|_| Lie::NotDecodable)?;
    if told != u64::try_from(parts).ok() {
        return Err(Lie::Unfitting);
    }
    decoder.set_position(0);
    if !room::fits(heads) {
        return Err(Lie::NotDecodable);
    }
    let heads: Vec<One> = decoder.decode().map_err(|_| Lie::NotDecodable)?;
    let mut outcomes = Vec::with_capacity(heads.len());
    for head in heads {
        let fits = |line: &String| line.len() <= LINE_BYTES_MAX;
        let is_sane = head.removed.len() <= LINES_MAX
            && head.removed.iter().all(fits)
            && head.impossible.as_ref().is_none_or(fits);
        if !is_sane {
            return Err(Lie::Unfitting);
        }
        let kind = match head.kind {
            None => None,
            Some(ending) => Some(new_kind(&ending).ok_or(Lie::Unfitting)?),
        };
        outcomes.push(match (head.impossible, head.size) {
            (Some(why), None) => Outcome::Impossible(why),
            (None, None) => Outcome::Clean,
            (None, Some(size)) => {
                let end = usize::try_from(size).ok().and_then(|size| at.checked_add(size)).ok_or(Lie::Unfitting)?;
                let bytes = body.get(at..end).ok_or(Lie::Unfitting)?.to_vec();
                at = end;
                Outcome::Disarmed(Disarmed { bytes, removed: head.removed, kind })
            }
            (Some(_), Some(_)) => return Err(Lie::Unfitting),
        });
    }
    if at == body.len() { Ok(outcomes) } else { Err(Lie::Unfitting) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes() -> Vec<Outcome> {
        let kind = new_kind("docx");
        let disarmed = Disarmed { bytes: b"new".to_vec(), removed: vec!["macros".to_owned()], kind };
        vec![Outcome::Clean, Outcome::Disarmed(disarmed), Outcome::Impossible("it is encrypted".to_owned())]
    }

    fn body(outcomes: &[Outcome]) -> Vec<u8> {
        answer(7, outcomes).split_off(crate::frame::HEAD_BYTES)
    }

    #[test]
    fn an_answer_is_read_as_it_was_written() {
        assert_eq!(read(&body(&outcomes()), 3), Ok(outcomes()));
    }

    #[test]
    fn an_answer_that_does_not_fit_is_a_lie() {
        let good = body(&outcomes());
        assert_eq!(read(&good, 2), Err(Lie::Unfitting));
        assert_eq!(read(&[good.as_slice(), b"x"].concat(), 3), Err(Lie::Unfitting));
        assert_eq!(read(good.get(..good.len() - 1).unwrap(), 3), Err(Lie::Unfitting));
        assert_eq!(read(b"\xff\xff\xff\xff", 3), Err(Lie::NotDecodable));
        assert_eq!(read(b"", 0), Err(Lie::NotDecodable));
        let large = Disarmed { bytes: vec![0; ANSWER_BYTES_MAX], ..Disarmed::default() };
        let over = Outcome::Impossible("it is too large".to_owned());
        assert_eq!(read(&body(&[Outcome::Disarmed(large)]), 1), Ok(vec![over]));
    }
}

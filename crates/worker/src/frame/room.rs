//! What an answer takes when it is decoded: an empty text is one byte on the way, and a few dozen here.

use minicbor::Decoder;
use minicbor::data::Type;

/// Values of an answer, several times as many as that to a message at all of its limits has; each takes at most
/// `size_of::<scan::content::Item>()` bytes, nearly all a tenth of that.
const VALUES_MAX: usize = 2_000_000;

/// Has it so few values that there is room for them? An answer with fewer bytes than that has no need to be counted.
pub(super) fn fits(body: &[u8]) -> bool {
    body.len() <= VALUES_MAX || values(body).is_some_and(|values| values <= VALUES_MAX)
}

/// How many values there are, or a few more than may be; none where that cannot be told.
fn values(body: &[u8]) -> Option<usize> {
    let mut decoder = Decoder::new(body);
    let mut values = 0_usize;
    while decoder.position() < body.len() && values <= VALUES_MAX {
        values = values.saturating_add(1);
        match decoder.datatype().ok()? {
            Type::Array => _ = decoder.array().ok()?,
            Type::Map => _ = decoder.map().ok()?,
            // Nothing of ours is written in pieces.
            Type::ArrayIndef | Type::MapIndef | Type::Break => return None,
            _ => decoder.skip().ok()?,
        }
    }
    Some(values)
}

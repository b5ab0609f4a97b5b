//! Files written anew without what they do: whatever comes out is clean when it is looked at again.

use bytes::Bytes;
use unpack::disarm::{Outcome, disarm};
use unpack::{Budget, Limits, Part};

/// One input.
pub(crate) fn run(data: &[u8]) {
    for (declared, name) in [("text/html", "page.html"), ("", "file")] {
        let part = |bytes: Bytes| Part {
            place: "1".to_owned(),
            names: vec![name.to_owned()],
            declared: declared.to_owned(),
            bytes,
            ..Part::default()
        };
        let outcome = disarm(&part(Bytes::copy_from_slice(data)), &mut Budget::new(Limits::default()));
        if let Outcome::Disarmed(disarmed) = outcome {
            let again = disarm(&part(disarmed.bytes.into()), &mut Budget::new(Limits::default()));
            assert_eq!(again, Outcome::Clean);
        }
    }
}

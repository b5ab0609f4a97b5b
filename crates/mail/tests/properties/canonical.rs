//! What holds of the canonical form of every message.

use std::collections::BTreeSet;

use bytes::Bytes;
use mail::canonical::canonical;
use mail::message::Message;
use proptest::prelude::*;

use crate::mutated::mutated;

fn all_contents(message: &Message) -> BTreeSet<Vec<u8>> {
    let leaves = message.parts().map(|(_, part)| part).filter(|part| part.is_leaf());
    leaves.flat_map(|part| part.contents(message.raw())).map(std::borrow::Cow::into_owned).collect()
}

// Names and values of the fields that stay, but for NUL and how much white space there is.
fn other_fields(message: &Message) -> Vec<(String, String)> {
    let written = ["mime-version", "content-type", "content-transfer-encoding", "content-disposition"];
    let others = message.fields().filter(|field| !written.iter().any(|name| field.is(name)));
    let clean = |value: &[u8]| {
        let bytes: Vec<u8> = value.iter().copied().filter(|byte| *byte != 0).collect();
        String::from_utf8_lossy(&bytes).split_ascii_whitespace().collect::<Vec<_>>().join(" ")
    };
    others.map(|field| (field.name().into_owned(), clean(field.raw_value()))).collect()
}

fn check(raw: Vec<u8>) -> Result<(), TestCaseError> {
    let message = Message::parse(Bytes::from(raw));
    prop_assume!(!message.is_cut());
    let written = canonical(&message);
    let shown = String::from_utf8_lossy(&written).into_owned();
    let read = Message::parse(Bytes::from(written.clone()));
    prop_assert_eq!(&read.ambiguities, &vec![], "{}", shown);
    prop_assert_eq!(read.alternatives.len(), 0, "{}", shown);
    prop_assert!(!read.is_cut());
    let leaves = read.parts().map(|(_, part)| part).filter(|part| part.is_leaf());
    let contents: BTreeSet<Vec<u8>> = leaves.map(|part| part.content(read.raw()).into_owned()).collect();
    prop_assert_eq!(&contents, &all_contents(&message), "{}", shown);
    prop_assert_eq!(&contents, &all_contents(&read), "one content for each: {}", shown);
    prop_assert_eq!(other_fields(&read), other_fields(&message), "{}", shown);
    for (_, part) in read.parts() {
        prop_assert!(part.names.len() <= 1, "{}", shown);
    }
    prop_assert_eq!(String::from_utf8_lossy(&canonical(&read)).into_owned(), shown);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_is_read_in_one_way_and_holds_what_all_readings_held(raw in mutated()) {
        check(raw.0)?;
    }

    #[test]
    fn it_is_read_in_one_way_out_of_noise(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        check(raw)?;
    }
}

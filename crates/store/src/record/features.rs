//! What is kept of a delivered message's content to find it again when something new is known: hashes of files, targets of
//! links. Not the content itself; and for a shorter time than the journal.

use minicbor::{Decode, Encode};

/// Features of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeaturesRecord {
    /// Files, also those inside containers.
    #[n(0)]
    pub files: Vec<FileFeature>,
    /// Targets of links in normal form, each once.
    #[n(1)]
    pub links: Vec<String>,
    /// There were more files or links than are kept.
    #[n(2)]
    pub is_cut: bool,
}

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FileFeature {
    /// Where it stood in the message.
    #[n(0)]
    pub place: String,
    /// True type by content.
    #[n(1)]
    pub kind: String,
    /// Its first name; empty where it had none.
    #[n(2)]
    pub name: String,
    /// Bytes.
    #[n(3)]
    pub size: u64,
    /// SHA-256 of its bytes, 32 bytes.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub sha256: Vec<u8>,
    /// TLSH of its bytes; empty where it has none.
    #[n(5)]
    pub tlsh: String,
}

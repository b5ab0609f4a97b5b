//! What a child is told once, before it closes itself in and while it hears nobody but its parent.

use std::time::Duration;

use bytes::Bytes;
use minicbor::{Decode, Encode};

use crate::frame::{Head, Kind};
use crate::lane::Lane;
use crate::limits::SETUP_BYTES_MAX;

/// What it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Its lane.
    pub lane: Lane,
    /// CPU time for one message.
    pub cpu: Duration,
    /// A TLSH is made of each item.
    pub tlsh: bool,
    /// Compiled rules of signatures, as `signatures::Rules::to_bytes` makes them; empty: none.
    pub rules: Bytes,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct SetupHead {
    #[n(0)]
    lane: Lane,
    #[n(1)]
    cpu_micros: u64,
    #[n(2)]
    tlsh: bool,
}

/// Head and start of the body; the rules follow as they are. `None`: it is too large.
#[must_use]
pub fn setup_start(setup: &Setup) -> Option<Vec<u8>> {
    let cpu_micros = u64::try_from(setup.cpu.as_micros()).unwrap_or(u64::MAX);
    let body = minicbor::to_vec(SetupHead { lane: setup.lane, cpu_micros, tlsh: setup.tlsh }).ok()?;
    let length = body.len().checked_add(setup.rules.len()).filter(|length| *length <= SETUP_BYTES_MAX)?;
    let head = Head { kind: Kind::Setup, number: 0, length: u32::try_from(length).ok()? };
    Some([head.to_bytes().as_slice(), &body].concat())
}

/// The body of a setup.
#[must_use]
pub fn read_setup(body: &Bytes) -> Option<Setup> {
    let mut decoder = minicbor::Decoder::new(body);
    let SetupHead { lane, cpu_micros, tlsh } = decoder.decode().ok()?;
    let rules = body.slice(decoder.position()..);
    Some(Setup { lane, cpu: Duration::from_micros(cpu_micros), tlsh, rules })
}

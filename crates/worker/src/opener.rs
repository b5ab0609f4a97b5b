//! What the rest of the gateway sees of all this: something that opens a message's parts, and always says something.

use std::net::IpAddr;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use scan::content::{Content, Unopened, WhyUnopened};
use unpack::disarm::Outcome;
use unpack::{Budget, Limits, Request};

use crate::files::{Copies, Files, Store, Wanted};
use crate::pool::OpenError;

/// Opens the parts of a message. What could not be opened stands in the content as unopened.
pub trait Opener: Send + Sync {
    /// Opens one message's parts, taking turns by `key`.
    ///
    /// # Errors
    /// [`OpenError`] if nobody has looked at it: it may be tried again, and is not to be called unscannable.
    fn open<'a>(&'a self, key: FairKey, request: Request, wanted: Wanted) -> BoxFuture<'a, Result<Opened, OpenError>>;

    /// Writes one message's parts anew without what they do, taking turns by `key`: one outcome for each, in order.
    ///
    /// # Errors
    /// [`OpenError`] if nobody has tried: it may be asked again.
    fn disarm<'a>(&'a self, key: FairKey, request: Request) -> BoxFuture<'a, Result<Vec<Outcome>, OpenError>>;
}

/// What was found inside a message.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// Text, links, names, types, marks.
    pub content: Content,
    /// The bytes of the content's items, if they were wanted.
    pub files: Files,
}

/// Clients of one prefix share their turn: an IPv4 /24 or an IPv6 /64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FairKey(u64);

impl FairKey {
    /// That of a client.
    #[must_use]
    pub fn of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            // A /24 lies in ::/64, where no client is.
            IpAddr::V4(ip) => Self(u64::from(ip.to_bits() >> 8)),
            IpAddr::V6(ip) => Self(u64::try_from(ip.to_bits() >> 64).unwrap_or_default()),
        }
    }

    /// As a number, for what is shared by number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// Opens in this very process: for tests and fuzzing, never for mail from strangers.
#[derive(Clone, Copy, Debug, Default)]
pub struct InProcess {
    limits: Limits,
}

impl InProcess {
    /// With limits of its own.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self { limits }
    }
}

impl Opener for InProcess {
    fn open<'a>(&'a self, _: FairKey, request: Request, wanted: Wanted) -> BoxFuture<'a, Result<Opened, OpenError>> {
        let mut budget = Budget::new(self.limits);
        if wanted == Wanted::Content {
            let content = unpack::unpack(&request, &mut budget);
            return ready(Ok(Opened { content, files: Files::default() })).boxed();
        }
        let mut store = Vec::new();
        let mut write = |bytes: &[u8]| {
            store.extend_from_slice(bytes);
            Ok(())
        };
        let mut copies = Copies::new(&request, &mut write);
        let mut content = unpack::unpack_with(&request, &mut budget, &mut |item, bytes| copies.take(item, bytes));
        let sources = copies.finish(&mut content);
        let files = Files::new(sources, &request, Store::Here(Bytes::from(store)));
        ready(Ok(Opened { content, files })).boxed()
    }

    fn disarm<'a>(&'a self, _: FairKey, request: Request) -> BoxFuture<'a, Result<Vec<Outcome>, OpenError>> {
        let mut budget = Budget::new(self.limits);
        ready(Ok(unpack::disarm::disarm_all(&request, &mut budget))).boxed()
    }
}

/// The content of a message of which nothing is known, and it says so.
pub(crate) fn unopened(request: &Request, why: WhyUnopened) -> Content {
    let places = request.parts.iter().map(|part| Unopened { place: part.place.clone(), why });
    Content { items: Vec::new(), unopened: places.collect() }
}

#[cfg(test)]
mod tests;

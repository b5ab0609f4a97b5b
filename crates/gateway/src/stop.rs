//! How the end comes to the sessions: first between two messages, then in the middle of one.

use tokio::sync::watch;

/// What sessions are told, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stop {
    /// Go on.
    Not,
    /// End when no message is under way: 421.
    BetweenMessages,
    /// End wherever you are: 421, nothing was acknowledged.
    Anywhere,
}

/// Waits until it is as far as that, or whoever tells has gone.
pub(crate) async fn reached(stop: &mut watch::Receiver<Stop>, wanted: Stop) {
    // Who tells has gone only when everything ends.
    drop(stop.wait_for(|stop| *stop >= wanted).await);
}

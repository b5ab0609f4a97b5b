//! Who waits, by client, and whose turn is next.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::limits::{CLIENTS_KEPT_MAX, FIRST_CHARGE, FORGIVEN_PART};
use crate::opener::FairKey;

/// Somebody who waits for a turn.
pub(crate) trait Waiter {
    /// Whose turn it is.
    fn key(&self) -> FairKey;

    /// Nobody wants it any more.
    fn is_gone(&self) -> bool;
}

/// Somebody whose turn it is, and what his client was charged for it.
#[derive(Debug)]
pub(crate) struct Turn<W> {
    pub(crate) waiter: W,
    charged: Duration,
}

/// What a turn took in truth.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Took {
    /// Its work was done, or goes on elsewhere.
    Ended(Duration),
    /// It cost a worker, which is never forgiven.
    Killed(Duration),
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Waiting<W> {
    clients: HashMap<FairKey, Client<W>>,
    /// Clients with jobs, the next one first: by what they used, then by when they came.
    turns: BTreeSet<(Duration, u64, FairKey)>,
    last_turn: u64,
    /// What the client that was served last had used: where new ones begin.
    level: Duration,
    count: usize,
    /// What a client is forgiven at most.
    forgiven_max: Duration,
}

#[derive(Debug)]
struct Client<W> {
    waiters: VecDeque<W>,
    used: Duration,
    /// Turns that it has now.
    in_hand: usize,
    /// What its last job took: the next one is charged as much until it is known better.
    last: Option<Duration>,
    turn: u64,
    /// What it was forgiven, and when that was reckoned.
    forgiven: (Duration, Instant),
}

impl<W> Default for Waiting<W> {
    fn default() -> Self {
        Self::forgiving(Duration::ZERO)
    }
}

impl<W> Default for Client<W> {
    fn default() -> Self {
        let forgiven = (Duration::ZERO, Instant::now());
        Self { waiters: VecDeque::new(), used: Duration::ZERO, in_hand: 0, last: None, turn: 0, forgiven }
    }
}

impl<W> Client<W> {
    /// What is left to pay of that time.
    fn forgive(&mut self, took: Duration, most: Duration, now: Instant) -> Duration {
        let (before, since) = self.forgiven;
        let before = before.saturating_sub(now.saturating_duration_since(since) / FORGIVEN_PART);
        let forgiven = took.saturating_sub(FIRST_CHARGE).min(most.saturating_sub(before));
        self.forgiven = (before.saturating_add(forgiven), now);
        took.saturating_sub(forgiven)
    }

    /// Would it begin anew with more than it has now?
    fn gains_if_forgotten(&self, level: Duration, now: Instant) -> bool {
        let (forgiven, since) = self.forgiven;
        self.used > level || forgiven > now.saturating_duration_since(since) / FORGIVEN_PART
    }

    fn is_there(&self) -> bool {
        !self.waiters.is_empty() || self.in_hand > 0
    }
}

impl<W> Turn<W> {
    pub(crate) const fn charged(&self) -> Duration {
        self.charged
    }
}

impl<W> Waiting<W> {
    /// Where dear ones are forgiven up to so much time of a client, which grows again while time passes.
    pub(crate) fn forgiving(most: Duration) -> Self {
        let (clients, turns) = (HashMap::new(), BTreeSet::new());
        Self { clients, turns, last_turn: 0, level: Duration::ZERO, count: 0, forgiven_max: most }
    }
}

impl<W: Waiter> Waiting<W> {
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn count_of(&self, key: FairKey) -> usize {
        self.clients.get(&key).map_or(0, |client| client.waiters.len())
    }

    /// Clients that are known, and those of them with a place in the line.
    #[cfg(test)]
    pub(crate) fn sizes(&self) -> (usize, usize) {
        (self.clients.len(), self.turns.len())
    }

    pub(crate) fn push(&mut self, waiter: W) {
        self.forget_idle();
        let (key, level) = (waiter.key(), self.level);
        let client = self.clients.entry(key).or_default();
        client.waiters.push_back(waiter);
        self.count += 1;
        if client.waiters.len() == 1 {
            client.used = client.used.max(level);
            self.line_up(key);
        }
    }

    /// The next one, passing over clients that have so many turns already.
    pub(crate) fn pop(&mut self, in_hand_max: usize) -> Option<Turn<W>> {
        let may = |key: &FairKey| self.clients.get(key).is_some_and(|client| client.in_hand < in_hand_max);
        let next = self.turns.iter().find(|(_, _, key)| may(key)).copied()?;
        self.turns.remove(&next);
        let (used, _, key) = next;
        self.level = self.level.max(used);
        let client = self.clients.get_mut(&key)?;
        let waiter = client.waiters.pop_front()?;
        let charged = client.last.unwrap_or(FIRST_CHARGE).max(FIRST_CHARGE);
        client.used = client.used.saturating_add(charged);
        client.in_hand += 1;
        let has_more = !client.waiters.is_empty();
        self.count = self.count.saturating_sub(1);
        if has_more {
            self.line_up(key);
        }
        Some(Turn { waiter, charged })
    }

    // At the end of those that have used as much.
    fn line_up(&mut self, key: FairKey) {
        self.last_turn += 1;
        if let Some(client) = self.clients.get_mut(&key) {
            client.turn = self.last_turn;
            self.turns.insert((client.used, client.turn, key));
        }
    }

    /// What it was charged is given back, and what it took is paid, less what is forgiven.
    pub(crate) fn settle(&mut self, key: FairKey, charged: Duration, took: Took, now: Instant) {
        let Some(client) = self.clients.get_mut(&key) else { return };
        let waits = self.turns.remove(&(client.used, client.turn, key));
        let (time, most) = match took {
            Took::Ended(time) => (time.max(FIRST_CHARGE), self.forgiven_max),
            Took::Killed(time) => (time.max(FIRST_CHARGE), Duration::ZERO),
        };
        let pays = client.forgive(time, most, now);
        client.used = client.used.saturating_sub(charged).saturating_add(pays);
        client.last = Some(time);
        if waits {
            self.turns.insert((client.used, client.turn, key));
        }
    }

    /// A turn that nobody wanted any more: it cost nothing, and says nothing of what the next one will cost.
    pub(crate) fn forgo(&mut self, key: FairKey, charged: Duration) {
        if let Some(client) = self.clients.get_mut(&key) {
            let waits = self.turns.remove(&(client.used, client.turn, key));
            client.used = client.used.saturating_sub(charged);
            if waits {
                self.turns.insert((client.used, client.turn, key));
            }
        }
        self.leave(key);
    }

    /// A turn has ended.
    pub(crate) fn leave(&mut self, key: FairKey) {
        if let Some(client) = self.clients.get_mut(&key) {
            client.in_hand = client.in_hand.saturating_sub(1);
        }
    }

    pub(crate) fn forget_gone(&mut self, key: FairKey) {
        let Some(client) = self.clients.get_mut(&key) else { return };
        let before = client.waiters.len();
        client.waiters.retain(|waiter| !waiter.is_gone());
        self.count = self.count.saturating_sub(before - client.waiters.len());
        if client.waiters.is_empty() {
            self.turns.remove(&(client.used, client.turn, key));
        }
    }

    // Those that would begin anew with no advantage need not be known.
    fn forget_idle(&mut self) {
        if self.clients.len() < CLIENTS_KEPT_MAX {
            return;
        }
        let (level, now) = (self.level, Instant::now());
        self.clients.retain(|_, client| client.is_there() || client.gains_if_forgotten(level, now));
        if self.clients.len() >= CLIENTS_KEPT_MAX {
            self.clients.retain(|_, client| client.is_there());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgiven_has_an_end_and_comes_again() {
        let (mut client, begun) = (Client::<()>::default(), Instant::now());
        let mut pays = |took, after| {
            let most = Duration::from_millis(100);
            client.forgive(Duration::from_millis(took), most, begun + Duration::from_millis(after)).as_millis()
        };
        assert_eq!([pays(50, 0), pays(50, 0), pays(50, 0), pays(50, 0)], [1, 1, 48, 50]);
        // A twentieth of the time.
        assert_eq!([pays(50, 200), pays(50, 200)], [40, 50]);
        assert_eq!([pays(50, 100_000), pays(60, 100_000)], [1, 9]);
        assert_eq!(pays(1, 100_000), 1);
    }
}

//! Chance: names that nobody can guess, and jitter. From the thread's cryptographic generator, seeded by the system.

use mail::id::MailId;
use rand::distr::{Distribution, StandardUniform};
use rand::seq::SliceRandom;

/// A new mail id: 128 random bits.
#[must_use]
pub fn mail_id() -> MailId {
    MailId::from_bytes(rand::random())
}

/// At least 0 and below 1: for jitter.
#[must_use]
pub fn fraction() -> f64 {
    rand::random()
}

/// `N` random bytes: for tokens and keys.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N]
where
    StandardUniform: Distribution<[u8; N]>,
{
    rand::random()
}

/// Puts items into a random order.
pub fn shuffle<T>(items: &mut [T]) {
    items.shuffle(&mut rand::rng());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_differs() {
        assert_ne!(mail_id(), mail_id());
        assert_ne!(bytes::<32>(), bytes::<32>());
        assert!((0.0..1.0).contains(&fraction()));
    }
}

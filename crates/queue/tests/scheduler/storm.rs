//! Everything at once: whatever comes between, each copy is taken exactly once and no two attempts for it overlap.

use std::time::Duration;

use queue::outcome::Delivery;
use queue::route::Routes;
use queue::scheduler::Concurrency;
use store::disk::faulty::FaultyDisk;

use crate::world::{Answer, World, mail};

// xorshift: the same seed makes the same storm.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

async fn storm(seed: u64) {
    let mut dice = Dice(seed);
    let some = Concurrency { per_destination_max: 3, total_max: 7 };
    let world = World::with(FaultyDisk::new(), some, Routes::default()).await;
    let mut sent = Vec::new();
    for number in 0..60 {
        let addresses: Vec<String> = (0..=dice.roll(4)).map(|at| format!("u{at}@d{}.example", dice.roll(4))).collect();
        let recipients: Vec<_> = addresses.iter().map(|address| (address.as_str(), 0)).collect();
        sent.push(world.send(mail(number, "", &recipients)).await);
        let domain = format!("d{}.example", dice.roll(4));
        match dice.roll(8) {
            0 => world.hops.answer(&domain, Answer::Says(Delivery::Transient)),
            1 | 2 => world.hops.answer(&domain, Answer::Says(Delivery::Done)),
            3 => world.queue.read_index(),
            4 => world.queue.offer(&sent[usize::try_from(dice.roll(sent.len() as u64)).unwrap()], None),
            5 => world.pass(Duration::from_secs(dice.roll(400))),
            6 => world.queue.paused().replace([domain]),
            _ => {
                world.queue.paused().replace([]);
                world.queue.read_index();
            }
        }
        tokio::task::yield_now().await;
    }
    world.queue.paused().replace([]);
    for domain in 0..4 {
        world.hops.answer(&format!("d{domain}.example"), Answer::Says(Delivery::Done));
    }
    world.queue.read_index();
    // Two waits after a first failure at most; an attempt that still ran above has failed for the last time.
    for _ in 0..4 {
        world.until("nothing due", World::is_idle).await;
        world.pass(Duration::from_secs(4_500));
    }
    world.until("all to be delivered", |world| world.check_account().queued == 0).await;
    let copies: usize = sent.iter().map(|mail| mail.recipients.len()).sum();
    let done = world.hops.done();
    let twice: Vec<_> = done.iter().filter(|(_, times)| **times != 1).collect();
    assert_eq!((done.len(), twice, world.hops.overlaps()), (copies, vec![], 0), "seed {seed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_copy_is_taken_exactly_once() {
    for seed in 1..=12 {
        storm(seed * 7919).await;
    }
}

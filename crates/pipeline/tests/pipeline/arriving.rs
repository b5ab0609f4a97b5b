//! Bodies on their way in.

use bytes::Bytes;
use pipeline::arrive::{Arrived, Arriving};
use store::Mails;
use store::limits::INLINE_BODY_BYTES_MAX;
use store::mails::NewBody;
use store::memory::Memory;

use crate::world::World;

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 % 251) as u8).collect()
}

async fn receive(world: &World, memory: &Memory, raw: &[u8], piece: usize) -> Arrived {
    let mut arriving = Arriving::new(memory.clone());
    for piece in raw.chunks(piece) {
        arriving.push(Bytes::copy_from_slice(piece), world.store.as_ref()).await.unwrap();
    }
    assert_eq!(arriving.length(), raw.len() as u64);
    arriving.finish().await.unwrap()
}

// The bytes, and whether they lie in a file.
async fn content(world: &World, arrived: &Arrived) -> (Vec<u8>, bool) {
    match (&arrived.bytes, &arrived.body) {
        (Some(bytes), NewBody::Inline(inline)) => {
            assert_eq!(bytes, inline);
            (bytes.to_vec(), false)
        }
        (None, NewBody::Spooled(spooled)) => {
            let file = world.store.spooled(spooled).await.unwrap();
            (file.read(0, 64 << 20).await.unwrap().to_vec(), true)
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn small_bodies_stay_in_memory_and_large_ones_go_to_disk() {
    let world = World::new("observe").await;
    let memory = Memory::new(64 << 20);
    let most = usize::try_from(INLINE_BODY_BYTES_MAX).unwrap();
    for (length, piece, is_file) in [
        (0, 1, false),
        (1, 1, false),
        (5_000, 3, false),
        (65_536, 65_536, false),
        (65_537, 1_000, false),
        (most, 99_991, false),
        (most + 1, 99_991, true),
        (3 * most, 8_192, true),
    ] {
        let raw = bytes(length);
        let arrived = receive(&world, &memory, &raw, piece).await;
        let (content, in_file) = content(&world, &arrived).await;
        assert!(content == raw, "{length} in pieces of {piece}");
        assert_eq!((in_file, arrived.length), (is_file, length as u64), "{length}");
        assert!(is_file || arrived.reserved.bytes() >= arrived.length, "{length}");
        drop(arrived);
        assert_eq!(memory.free_bytes(), 64 << 20, "{length}");
    }
}

#[tokio::test]
async fn without_room_in_memory_a_body_goes_to_disk_early() {
    let world = World::new("observe").await;
    let memory = Memory::new(1 << 20);
    let raw = bytes(200_000);
    let first = receive(&world, &memory, &raw, 4_096).await;
    let second = receive(&world, &memory, &raw, 4_096).await;
    assert_eq!((content(&world, &first).await.1, content(&world, &second).await), (false, (raw.clone(), true)));
    assert_eq!(second.reserved.bytes(), 0, "a file takes no memory");
    drop(first);
    let third = receive(&world, &memory, &raw, 4_096).await;
    assert!(!content(&world, &third).await.1, "there is room again");
}

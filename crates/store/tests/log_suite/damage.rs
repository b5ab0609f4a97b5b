//! Bad media: what is damaged goes to `corrupt`, the rest flows, nothing wrong is taken for right. QUE-05.

use std::path::Path;

use store::disk::Disk;
use store::disk::faulty::FaultyDisk;
use store::{Mails, StoreError};

use crate::world::*;

const MAILS: u64 = 40;

/// Forty mails in some segments, one of them with a body of its own.
async fn filled() -> FaultyDisk {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    for number in 0..MAILS {
        let new = mail(number, 5_000);
        let new = if number == 20 { spooled(&store, new, body(20, 5_000)).await.unwrap() } else { new };
        store.accept(new).await.unwrap();
    }
    store.close().await;
    disk
}

/// Opens, and says which mails are there; each has its own bytes.
async fn survivors(disk: &FaultyDisk) -> Vec<u64> {
    let store = open(disk).await;
    let mut there = Vec::new();
    for number in 0..MAILS {
        let Some(state) = store.state(ONE, id(number)) else { continue };
        assert_eq!(bytes_of(&store, &state).await.unwrap(), body(number, 5_000));
        there.push(number);
    }
    balanced(&store, ONE);
    store.accept(mail(1_000, 100)).await.unwrap();
    store.close().await;
    there
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_costs_one_mail() {
    let clean = filled().await;
    for seed in 0..60_usize {
        let disk = clean.cut(usize::MAX, store::disk::faulty::Cut::Killed, 1);
        let all = segments(&disk);
        let path = &all[seed % (all.len() - 1)];
        // Inside what is used.
        let place = 8 * ((seed * 7_919) % 6_000) + seed % 8;
        assert!(disk.damage(path, |bytes| bytes[place] ^= 1 << (seed % 8)));
        let there = survivors(&disk).await;
        assert!(there.len() as u64 >= MAILS - 1, "{place}: {there:?}");
        let aside = files(&disk, "corrupt").len();
        if (there.len() as u64) < MAILS {
            assert!(aside > 0, "bit {place} of {path:?}: a mail is gone and nobody was told");
        }
        // Told once, and the rest stays.
        assert_eq!(survivors(&disk).await, there);
        assert_eq!(files(&disk, "corrupt").len(), aside);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn zero_pages_and_cut_files_cost_what_they_hit() {
    let clean = filled().await;
    let all = segments(&clean);
    for (number, path) in all[..all.len() - 1].iter().enumerate() {
        for (at, length) in [(0, 4_096), (8_192, 4_096), (0, 20_000), (40_000, 25_000), (0, 65_536)] {
            let disk = clean.cut(usize::MAX, store::disk::faulty::Cut::Killed, 1);
            disk.damage(path, |bytes| bytes[at..].iter_mut().take(length).for_each(|byte| *byte = 0));
            let there = survivors(&disk).await;
            assert!(there.len() as u64 >= MAILS - 13, "{there:?}");
            if (there.len() as u64) < MAILS && length < 65_536 {
                assert!(!files(&disk, "corrupt").is_empty(), "zeros at {at} of segment {number}");
            }
        }
        for length in [0, 100, 5_000, 33_333] {
            let disk = clean.cut(usize::MAX, store::disk::faulty::Cut::Killed, 1);
            disk.damage(path, |bytes| bytes.truncate(length));
            let there = survivors(&disk).await;
            assert!(there.len() as u64 >= MAILS - 13 && (there.len() as u64) < MAILS);
            assert!(!files(&disk, "corrupt").is_empty(), "segment {number} cut to {length}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_files_are_moved_away() {
    let disk = filled().await;
    let garbage: Vec<u8> = (0..SEGMENT).map(|byte| u8::try_from(byte * 31 % 251).unwrap()).collect();
    disk.put(Path::new("/data/log/00000000000000ff.seg"), &garbage);
    disk.put(Path::new("/data/log/00000000000000fe.seg"), b"short");
    disk.put(Path::new("/data/log/notes.txt"), b"hello");
    disk.put(Path::new("/data/log/0000000000000100.tmp"), b"");
    disk.put(Path::new("/data/bodies/stray"), b"nobody names it");
    // A copy of a segment under another name is not read twice.
    let copy = disk.content(&segments(&disk)[0]).unwrap();
    disk.put(Path::new("/data/log/00000000000000fd.seg"), &copy);
    assert_eq!(survivors(&disk).await.len() as u64, MAILS);
    let aside = files(&disk, "corrupt");
    assert!(aside.contains(&"notes.txt".to_owned()) && aside.contains(&"00000000000000fe.seg".to_owned()), "{aside:?}");
    assert!(disk.list(Path::new("/data/log")).unwrap().iter().all(|listed| listed.name.ends_with(".seg")));
    assert_eq!(files(&disk, "bodies").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_without_its_body_is_set_aside() {
    let clean = filled().await;
    let path = Path::new("/data/bodies").join(&files(&clean, "bodies")[0]);
    for damage in 0..2 {
        let disk = clean.cut(usize::MAX, store::disk::faulty::Cut::Killed, 1);
        match damage {
            0 => disk.remove(&path).unwrap(),
            _ => assert!(disk.damage(&path, |bytes| bytes.truncate(100))),
        }
        let there = survivors(&disk).await;
        assert_eq!(there.len() as u64, MAILS - 1);
        assert!(files(&disk, "corrupt").contains(&format!("mail-{}", id(20))));
        let store = open(&disk).await;
        assert_eq!(store.account(ONE).damaged, 1);
        balanced(&store, ONE);
    }
    // The length is right, the bytes are not: found when it is read.
    let disk = clean.cut(usize::MAX, store::disk::faulty::Cut::Killed, 1);
    disk.damage(&path, |bytes| bytes[4_000] ^= 4);
    let store = open(&disk).await;
    assert!(matches!(store.load(ONE, id(20)).await, Err(StoreError::Corrupt { .. })));
    assert!(store.state(ONE, id(20)).is_none());
    assert!(files(&disk, "corrupt").len() == 2 && files(&disk, "bodies").is_empty());
    balanced(&store, ONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_under_a_running_store_is_found_when_it_is_read() {
    let disk = filled().await;
    let store = open(&disk).await;
    for path in segments(&disk) {
        disk.damage(&path, |bytes| bytes[20_000] ^= 1);
    }
    let mut lost = 0;
    for state in store.unfinished(ONE) {
        match bytes_of(&store, &state).await {
            Ok(bytes) => assert_eq!(bytes.len(), 5_000),
            Err(StoreError::Corrupt { .. }) => lost += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(lost > 0);
    assert_eq!(store.account(ONE).damaged, lost);
    balanced(&store, ONE);
}

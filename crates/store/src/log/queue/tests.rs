use std::sync::Arc;
use std::thread;

use super::*;

const SESSIONS: usize = 16;
const EACH: usize = 50;

fn append(done: oneshot::Sender<Result<(), StoreError>>) -> Append {
    append_for(done, Answer::Durable)
}

fn append_for(done: oneshot::Sender<Result<(), StoreError>>, answer: Answer) -> Append {
    let payload =
        Payload { fields: bytes::Bytes::new(), body: bytes::Bytes::new(), count: 1, checksum: Default::default() };
    let (kind, effect) = (Kind::Records, Effect::None);
    Append { payload, kind, finishes: false, effect, answer, done: Some(done) }
}

// Sizes of the groups that the writer saw.
fn groups(sessions: usize) -> Vec<usize> {
    let queue = Arc::new(Queue::default());
    let writer = {
        let queue = Arc::clone(&queue);
        thread::spawn(move || {
            let mut groups = Vec::new();
            while let Some(appends) = queue.take() {
                groups.push(appends.len());
                appends.into_iter().for_each(|mut append| append.reply(Ok(())));
            }
            groups
        })
    };
    let session = |_| {
        let queue = Arc::clone(&queue);
        thread::spawn(move || {
            for _ in 0..EACH {
                let (done, answer) = oneshot::channel();
                queue.push(append(done)).unwrap();
                answer.blocking_recv().unwrap().unwrap();
            }
        })
    };
    let sessions: Vec<_> = (0..sessions).map(session).collect();
    sessions.into_iter().for_each(|session| session.join().unwrap());
    queue.close();
    writer.join().unwrap()
}

#[test]
fn many_sessions_share_flushes() {
    let groups = groups(SESSIONS);
    assert_eq!(groups.iter().sum::<usize>(), SESSIONS * EACH);
    assert!(groups.len() * 4 <= SESSIONS * EACH, "{} flushes for {} mails", groups.len(), SESSIONS * EACH);
}

#[test]
fn one_session_alone_waits_for_nobody() {
    let groups = groups(1);
    assert!(groups.iter().all(|size| *size == 1), "{groups:?}");
}

#[test]
fn a_closed_queue_gives_what_it_has_and_ends() {
    let queue = Queue::default();
    let (done, _answer) = oneshot::channel();
    queue.push(append(done)).unwrap();
    queue.close();
    assert_eq!(queue.take().map(|appends| appends.len()), Some(1));
    assert!(queue.take().is_none());
    let (done, _answer) = oneshot::channel();
    assert!(queue.push(append(done)).is_err(), "nobody would write it");
}

#[test]
fn what_needs_no_flush_goes_along_with_what_does() {
    let tries = 50;
    let together = (0..tries).any(|_| {
        let queue = Arc::new(Queue::default());
        queue.waiting.lock().usual = 4;
        queue.push(append_for(oneshot::channel().0, Answer::Written)).unwrap();
        let writer = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || queue.take().map(|appends| appends.len()))
        };
        while !writer.is_finished() && queue.waiting.lock().wanted == 0 {
            thread::yield_now();
        }
        queue.push(append(oneshot::channel().0)).unwrap();
        // The time to gather may be over on a busy machine: then it is tried again.
        writer.join().unwrap() == Some(2)
    });
    assert!(together, "a write for each");
}

#[test]
fn nobody_waits_long_for_a_flush_that_does_not_come() {
    let queue = Queue::default();
    queue.waiting.lock().usual = 4;
    for usual in [3, 2, 1, 1] {
        queue.push(append_for(oneshot::channel().0, Answer::Written)).unwrap();
        assert_eq!(queue.take().map(|appends| appends.len()), Some(1));
        assert_eq!(queue.waiting.lock().usual, usual);
    }
}

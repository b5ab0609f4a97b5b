//! The second thread: prepares segments, removes bodies that are not needed, compacts. Off the way of who waits for `250`.

use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

use super::{Core, compact};
use crate::disk::is_full;

/// Wakes the keeper.
#[derive(Default)]
pub(crate) struct Bell {
    state: Mutex<State>,
    rung: Condvar,
}

#[derive(Default)]
struct State {
    rung: bool,
    closed: bool,
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.state.lock().rung = true;
        self.rung.notify_one();
    }

    pub(crate) fn close(&self) {
        self.state.lock().closed = true;
        self.rung.notify_all();
    }

    /// Waits to be rung; false once closed.
    fn wait(&self) -> bool {
        let mut state = self.state.lock();
        while !state.rung && !state.closed {
            self.rung.wait(&mut state);
        }
        state.rung = false;
        !state.closed
    }
}

pub(crate) fn run(core: &Arc<Core>) {
    loop {
        if !core.is_failed() {
            provide(core);
            remove_bodies(core);
            compact::pass(core);
        }
        if !core.keeper.wait() {
            return;
        }
    }
}

fn provide(core: &Core) {
    match core.segments.provide() {
        Ok(()) => {}
        // The writer tries again when it needs one, and then says so to who waits.
        Err(error) if is_full(&error) => tracing::warn!("no space for the next segment of the log"),
        Err(error) => _ = core.fail("preparing a segment", &error),
    }
}

// The end of a mail must be durable before its body goes: else the mail is back after power loss, without one.
fn remove_bodies(core: &Core) {
    let durable = core.durable_sequence();
    let mut done = Vec::new();
    core.body_files_done.lock().retain(|(sequence, name)| {
        if *sequence <= durable {
            done.push(name.clone());
        }
        *sequence > durable
    });
    for name in done {
        if let Err(error) = core.bodies.remove(&name) {
            tracing::warn!(%error, name, "a body that is not needed stays until the next start");
        }
    }
}

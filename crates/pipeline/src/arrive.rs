//! A body on its way in: in memory while it is small and there is room, else in a file of its own.

use bytes::{Bytes, BytesMut};
use store::mails::{NewBody, SpoolWriter};
use store::{Mails, StoreError};

use crate::memory::{Memory, Reserved};

/// Memory is taken from the budget in steps of this many bytes.
const STEP_BYTES: u64 = 64 * 1024;

/// A body that is being received.
pub struct Arriving {
    memory: Memory,
    chunks: Vec<Bytes>,
    length: u64,
    reserved: Reserved,
    spool: Option<Box<dyn SpoolWriter>>,
}

/// A body that is complete.
#[derive(Debug)]
pub struct Arrived {
    /// The bytes, when they are in memory.
    pub bytes: Option<Bytes>,
    /// For the store.
    pub body: NewBody,
    /// Bytes.
    pub length: u64,
    /// What it holds of the budget.
    pub reserved: Reserved,
}

impl Arriving {
    /// Nothing yet.
    #[must_use]
    pub const fn new(memory: Memory) -> Self {
        Self { memory, chunks: Vec::new(), length: 0, reserved: Reserved::none(), spool: None }
    }

    /// Bytes so far.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be written: the message is refused with 4xx.
    pub async fn push(&mut self, chunk: Bytes, mails: &dyn Mails) -> Result<(), StoreError> {
        self.length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if let Some(spool) = &mut self.spool {
            return spool.write(chunk).await;
        }
        self.chunks.push(chunk);
        let fits = self.length <= store::limits::INLINE_BODY_BYTES_MAX && self.make_room();
        if fits { Ok(()) } else { self.go_to_disk(mails).await }
    }

    // Takes the next step of the budget when the last one is used up.
    fn make_room(&mut self) -> bool {
        if self.length <= self.reserved.bytes() {
            return true;
        }
        let step = STEP_BYTES.max(self.length - self.reserved.bytes());
        match self.memory.try_reserve(step) {
            Some(more) => {
                self.reserved.join(more);
                true
            }
            None => false,
        }
    }

    async fn go_to_disk(&mut self, mails: &dyn Mails) -> Result<(), StoreError> {
        let mut spool = mails.spool().await?;
        for chunk in self.chunks.drain(..) {
            spool.write(chunk).await?;
        }
        self.reserved = Reserved::none();
        self.spool = Some(spool);
        Ok(())
    }

    /// The body is complete; a file is on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be synced.
    pub async fn finish(self) -> Result<Arrived, StoreError> {
        let Self { chunks, length, reserved, spool, .. } = self;
        if let Some(spool) = spool {
            let spooled = spool.finish().await?;
            return Ok(Arrived { bytes: None, body: NewBody::Spooled(spooled), length, reserved });
        }
        let bytes = joined(chunks, length);
        Ok(Arrived { bytes: Some(bytes.clone()), body: NewBody::Inline(bytes), length, reserved })
    }
}

fn joined(mut chunks: Vec<Bytes>, length: u64) -> Bytes {
    if chunks.len() <= 1 {
        return chunks.pop().unwrap_or_default();
    }
    let mut all = BytesMut::with_capacity(usize::try_from(length).unwrap_or(0));
    chunks.iter().for_each(|chunk| all.extend_from_slice(chunk));
    all.freeze()
}

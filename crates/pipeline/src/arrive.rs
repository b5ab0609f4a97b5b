//! A body on its way in: in memory while it is small and there is room, else in a file of its own.

use bytes::{Bytes, BytesMut};
use store::mails::{NewBody, SpoolWriter};
use store::memory::{Memory, Reserved};
use store::{Mails, StoreError};

/// Memory is taken from the budget in steps of this many bytes.
const STEP_BYTES: u64 = 64 * 1024;

/// Bytes that are gathered before they go to the file.
const SPOOL_BYTES: usize = 256 * 1024;

/// A body that is being received. Pieces are copied together: a piece of a few bytes would keep the whole buffer of its
/// read alive, and the budget would not know.
pub struct Arriving {
    memory: Memory,
    gathered: BytesMut,
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
    pub fn new(memory: Memory) -> Self {
        Self { memory, gathered: BytesMut::new(), length: 0, reserved: Reserved::none(), spool: None }
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
        self.gathered.extend_from_slice(&chunk);
        if let Some(spool) = &mut self.spool {
            if self.gathered.len() < SPOOL_BYTES {
                return Ok(());
            }
            return spool.write(self.gathered.split().freeze()).await;
        }
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
        spool.write(self.gathered.split().freeze()).await?;
        // The buffer was as large as a small message; for pieces a new one is enough.
        self.gathered = BytesMut::new();
        self.reserved = Reserved::none();
        self.spool = Some(spool);
        Ok(())
    }

    /// The body is complete; a file is on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be synced.
    pub async fn finish(self) -> Result<Arrived, StoreError> {
        let Self { gathered, length, reserved, spool, .. } = self;
        if let Some(mut spool) = spool {
            if !gathered.is_empty() {
                spool.write(gathered.freeze()).await?;
            }
            let spooled = spool.finish().await?;
            return Ok(Arrived { bytes: None, body: NewBody::Spooled(spooled), length, reserved });
        }
        let bytes = gathered.freeze();
        Ok(Arrived { bytes: Some(bytes.clone()), body: NewBody::Inline(bytes), length, reserved })
    }
}

//! A body on its way in: in memory while it is small and there is room, else in a file of its own.

use bytes::{Bytes, BytesMut};
use store::mails::{NewBody, SpoolWriter};
use store::memory::{Memory, Reserved};
use store::{Mails, StoreError};

/// Memory is taken from the budget in steps of this many bytes.
const STEP_BYTES: u64 = 64 * 1024;
/// Bytes of one block.
const BLOCK_BYTES: usize = 64 * 1024;

/// A body that is being received. Pieces are copied into blocks of one size: a piece of a few bytes would keep the whole
/// buffer of its read alive, and a buffer that doubles would hold twice what the budget knows.
pub struct Arriving {
    memory: Memory,
    blocks: Vec<BytesMut>,
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
        Self { memory, blocks: Vec::new(), length: 0, reserved: Reserved::none(), spool: None }
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
        self.copy(&chunk);
        if self.spool.is_some() {
            return self.write_full_blocks().await;
        }
        let fits = self.length <= store::limits::INLINE_BODY_BYTES_MAX && self.make_room();
        if fits { Ok(()) } else { self.go_to_disk(mails).await }
    }

    fn copy(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let room = self.blocks.last().map_or(0, |block| BLOCK_BYTES - block.len());
            if room == 0 {
                self.blocks.push(BytesMut::with_capacity(BLOCK_BYTES));
                continue;
            }
            let (now, later) = piece.split_at(room.min(piece.len()));
            if let Some(block) = self.blocks.last_mut() {
                block.extend_from_slice(now);
            }
            piece = later;
        }
    }

    // The last block may have room still, so it stays.
    async fn write_full_blocks(&mut self) -> Result<(), StoreError> {
        let Some(spool) = &mut self.spool else { return Ok(()) };
        let full = self.blocks.len().saturating_sub(1);
        for block in self.blocks.drain(..full) {
            spool.write(block.freeze()).await?;
        }
        Ok(())
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
        self.spool = Some(mails.spool().await?);
        self.write_full_blocks().await?;
        self.reserved = Reserved::none();
        Ok(())
    }

    /// The body is complete; a file is on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be synced.
    pub async fn finish(self) -> Result<Arrived, StoreError> {
        let Self { blocks, length, reserved, spool, .. } = self;
        if let Some(mut spool) = spool {
            for block in blocks {
                spool.write(block.freeze()).await?;
            }
            let spooled = spool.finish().await?;
            return Ok(Arrived { bytes: None, body: NewBody::Spooled(spooled), length, reserved });
        }
        let bytes = joined(blocks, length);
        Ok(Arrived { bytes: Some(bytes.clone()), body: NewBody::Inline(bytes), length, reserved })
    }
}

fn joined(mut blocks: Vec<BytesMut>, length: u64) -> Bytes {
    if blocks.len() <= 1 {
        return blocks.pop().unwrap_or_default().freeze();
    }
    let mut all = BytesMut::with_capacity(usize::try_from(length).unwrap_or(0));
    blocks.iter().for_each(|block| all.extend_from_slice(block));
    all.freeze()
}

//! A spooled body in memory again, with the room that was taken for it.

use std::sync::Arc;

use bytes::Bytes;
use store::StoreError;
use store::mails::{Body, BodyFile};
use store::memory::Reserved;

/// Reads so many bytes. A read cannot be called back: where nobody waits for it any more it keeps its room until it has ended, or
/// reads of ever more messages would go on beside each other, and together take more memory than there is.
pub(crate) async fn read_back(room: Reserved, file: Arc<dyn BodyFile>, length: usize) -> Result<Bytes, StoreError> {
    let read = tokio::spawn(async move { file.read(0, length).await.map(|bytes| room.tie_to(bytes)) });
    match read.await {
        Ok(read) => read,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime ends.
            Err(_) => Err(StoreError::Closed),
        },
    }
}

/// The same of a body that was stored.
pub(crate) async fn whole_body(room: Reserved, body: &Body) -> Result<Bytes, StoreError> {
    match body {
        Body::Inline(bytes) => Ok(room.tie_to(bytes.clone())),
        Body::File(file) => {
            let length = usize::try_from(file.length()).unwrap_or(usize::MAX);
            read_back(room, Arc::clone(file), length).await
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;
    use futures_util::future::BoxFuture;
    use store::memory::Memory;
    use tokio::sync::Notify;
    use tokio::time::timeout;

    use super::*;

    /// A file on a disk that answers when it is told to.
    #[derive(Debug, Default)]
    struct SlowFile(Notify);

    impl BodyFile for SlowFile {
        fn length(&self) -> u64 {
            4
        }

        fn read(&self, _: u64, _: usize) -> BoxFuture<'_, Result<Bytes, StoreError>> {
            async {
                self.0.notified().await;
                Ok(Bytes::from_static(b"read"))
            }
            .boxed()
        }
    }

    #[tokio::test]
    async fn a_read_that_nobody_waits_for_keeps_its_room() {
        let memory = Memory::new(1 << 20);
        let (free, file) = (memory.free_bytes(), Arc::new(SlowFile::default()));
        let room = memory.try_reserve(64 << 10).unwrap();
        let waits = read_back(room, file.clone(), 4);
        assert!(timeout(Duration::from_millis(10), waits).await.is_err());
        assert!(memory.free_bytes() < free, "its room was given away while it was read");
        file.0.notify_one();
        timeout(Duration::from_secs(20), async {
            while memory.free_bytes() < free {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await
        .expect("its room never came back");
    }

    #[tokio::test]
    async fn what_was_read_has_its_room() {
        let memory = Memory::new(1 << 20);
        let (free, file) = (memory.free_bytes(), Arc::new(SlowFile::default()));
        file.0.notify_one();
        let bytes = read_back(memory.try_reserve(64 << 10).unwrap(), file, 4).await.unwrap();
        assert_eq!((&bytes[..], memory.free_bytes() < free), (&b"read"[..], true));
        drop(bytes);
        assert_eq!(memory.free_bytes(), free);
    }
}

//! The child process that opens hostile content, and the pool of them.
//!
//! [`Pool`] keeps child processes that have closed themselves in ([`child_main`]: no files, no network, no new process, a
//! dozen system calls) and hands them one request at a time over a socket ([`frame`]). A child that dies, hangs or lies is
//! killed and replaced; its request is tried once more, then reported as not opened. Everybody else takes a [`&dyn
//! Opener`](Opener). This crate is the only one that starts processes.

mod ask;
mod child;
mod files;
pub mod frame;
mod gate;
mod lane;
pub mod limits;
mod ocr;
mod opener;
mod pool;
mod process;
mod queue;

pub use crate::child::{Asked, Between, Sandbox, Task, child_main, child_main_with, ocr_main};
pub use crate::files::{Files, Source, Wanted};
pub use crate::gate::{FairGate, Pass};
pub use crate::lane::{Lane, LaneTimes, Times};
pub use crate::ocr::{OcrError, OcrSettings, PictureReader, Tesseract};
pub use crate::opener::{FairKey, InProcess, Opened, Opener};
pub use crate::pool::{OpenError, Pool, PoolSettings, Signatures};
pub use crate::process::{Refusal, WorkerError};

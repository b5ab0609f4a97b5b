//! Libraries that panic where others return an error.

use std::panic::AssertUnwindSafe;

/// What a library made of its input; `None` where it panicked, so that what else is in the message is still looked at. The caller
/// says in the result that something was not read. `work` may leave nothing half done that is looked at afterwards.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(AssertUnwindSafe(work)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_no_answer() {
        assert_eq!(caught(|| 1), Some(1));
        assert_eq!(caught(|| -> u8 { panic!("corners") }), None);
    }
}

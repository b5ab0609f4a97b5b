//! The anti-virus test file of EICAR. Kept in halves, so that no scanner finds it in our binary or sources.

/// Length of the test file, bytes.
const EICAR_BYTES: usize = 68;
const FIRST: &[u8; 34] = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-";
const SECOND: &[u8; 34] = b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

/// Do the bytes begin with the test file? White space before it is passed over, what comes after does not matter.
pub(crate) fn is_eicar(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_start();
    bytes.len() >= EICAR_BYTES && bytes.strip_prefix(FIRST).is_some_and(|rest| rest.starts_with(SECOND))
}

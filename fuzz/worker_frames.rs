//! What comes over the worker's socket, from either side.

use bytes::Bytes;
use unpack::Request;
use worker::frame;

/// One input.
pub(crate) fn run(data: &[u8]) {
    let body = Bytes::copy_from_slice(data.get(frame::HEAD_BYTES..).unwrap_or(data));
    if let Some(head) = data.first_chunk() {
        let _ = (frame::Head::read(head), frame::Head::answer_length(head, 1));
    }
    let request = frame::read_request(&body).unwrap_or_default();
    // A request that was understood is understood again.
    if !request.parts.is_empty() {
        let mut again = frame::request_start(1, &request).unwrap_or_default();
        for part in &request.parts {
            again.extend_from_slice(&part.bytes);
        }
        let read = frame::read_request(&Bytes::from(again.split_off(frame::HEAD_BYTES)));
        assert_eq!(read.as_ref(), Some(&request));
    }
    for request in [&request, &Request::default()] {
        for file_bytes in [None, Some(0), Some(1 << 20)] {
            let _ = frame::read_answer(&body, request, file_bytes);
        }
    }
}

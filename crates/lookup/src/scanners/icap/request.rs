//! What we write (RFC 3507 4.3.2, 4.8, 4.9).

use super::options::Options;
use super::{IcapMethod, IcapSettings};
use crate::scanners::FileToScan;

/// Bytes of one chunk.
pub(super) const CHUNK_BYTES: usize = 128 << 10;

/// A request up to the body, and how much of that is a preview.
pub(super) struct Question {
    pub(super) head: Vec<u8>,
    pub(super) preview: Option<usize>,
}

pub(super) fn options(settings: &IcapSettings) -> Vec<u8> {
    format!("{}Encapsulated: null-body=0\r\n\r\n", first_lines(settings, "OPTIONS")).into_bytes()
}

pub(super) fn file(settings: &IcapSettings, options: &Options, file: &FileToScan, preview: Option<usize>) -> Question {
    let (name, length) = (file.neutral_name(), file.size_bytes());
    let body = format!("Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n");
    let (inner, parts) = match settings.method {
        IcapMethod::Respmod => {
            let request = format!("GET http://mail.invalid/{name} HTTP/1.1\r\nHost: mail.invalid\r\n\r\n");
            let response = format!("HTTP/1.1 200 OK\r\n{body}");
            let ends = (request.len(), request.len().saturating_add(response.len()));
            (request + &response, format!("req-hdr=0, res-hdr={}, res-body={}", ends.0, ends.1))
        }
        IcapMethod::Reqmod => {
            let request = format!("POST http://mail.invalid/{name} HTTP/1.1\r\nHost: mail.invalid\r\n{body}");
            let end = request.len();
            (request, format!("req-hdr=0, req-body={end}"))
        }
    };
    let allow = if options.allows_206 { "Allow: 204, 206\r\n" } else { "Allow: 204\r\n" };
    let preview_line = preview.map(|bytes| format!("Preview: {bytes}\r\n")).unwrap_or_default();
    let first = first_lines(settings, settings.method.word());
    let head = format!("{first}{allow}{preview_line}Encapsulated: {parts}\r\n\r\n{inner}");
    Question { head: head.into_bytes(), preview }
}

fn first_lines(settings: &IcapSettings, method: &str) -> String {
    let IcapSettings { host, service, .. } = settings;
    format!("{method} icap://{host}/{service} ICAP/1.0\r\nHost: {host}\r\nUser-Agent: Postern\r\nConnection: close\r\n")
}

//! A request as it came.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// Bytes of a request; a test sends no more.
const REQUEST_BYTES_MAX: usize = 64 << 20;

/// What came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpRequest {
    /// `GET`, `POST` ...
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// The first field of this name (lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The content of a part of a `multipart/form-data` body (RFC 7578), read as strictly as it can be.
    #[must_use]
    pub fn form_part(&self, name: &str) -> Option<Vec<u8>> {
        let boundary = self.header("content-type")?.strip_prefix("multipart/form-data; boundary=")?;
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        let mut body = b"\r\n".to_vec();
        body.extend_from_slice(&self.body);
        let mut places = places(&body, &delimiter).into_iter().peekable();
        while let Some(place) = places.next() {
            let start = place + delimiter.len();
            let Some(end) = places.peek().copied() else { break };
            let part = body.get(start..end)?.strip_prefix(b"\r\n")?;
            let head_end = places_of_blank(part)?;
            let head = String::from_utf8_lossy(part.get(..head_end)?).into_owned();
            if head.contains(&format!("name=\"{name}\"")) {
                return part.get(head_end + 4..).map(<[u8]>::to_vec);
            }
        }
        None
    }
}

fn places(text: &[u8], needle: &[u8]) -> Vec<usize> {
    text.windows(needle.len()).enumerate().filter(|(_, window)| *window == needle).map(|(at, _)| at).collect()
}

fn places_of_blank(text: &[u8]) -> Option<usize> {
    text.windows(4).position(|window| window == b"\r\n\r\n")
}

/// Reads one whole request.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<HttpRequest> {
    let bad = || io::Error::other("not a request");
    let mut read = Vec::new();
    let head_end = loop {
        if let Some(end) = places_of_blank(&read) {
            break end;
        }
        more(stream, &mut read).await?;
    };
    let head = String::from_utf8_lossy(read.get(..head_end).unwrap_or_default()).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Err(bad()) };
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut request = HttpRequest { method: method.to_owned(), target: target.to_owned(), headers, body: Vec::new() };
    let length = request.header("content-length").map_or(Ok(0), |length| length.parse::<usize>().map_err(|_| bad()))?;
    let body_start = head_end + 4;
    while read.len() < body_start + length {
        more(stream, &mut read).await?;
    }
    request.body = read.get(body_start..body_start + length).unwrap_or_default().to_vec();
    Ok(request)
}

async fn more(stream: &mut (impl AsyncRead + Unpin), read: &mut Vec<u8>) -> io::Result<()> {
    let came = stream.read_buf(read).await?;
    if came == 0 || read.len() > REQUEST_BYTES_MAX {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

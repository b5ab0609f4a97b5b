//! One request and its answer over a connection that serves nothing else.

use std::future::poll_fn;
use std::pin::{Pin, pin};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderValue, USER_AGENT};
use hyper_util::rt::TokioIo;

use super::body::Pieces;
use super::{Answer, HttpError, Method, Origin, Request};
use crate::stream::Stream;

/// Fields of an answer's head.
const HEADERS_MAX: usize = 100;
/// Bytes of an answer's head.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// Bytes that are read ahead.
const READ_BYTES_MAX: usize = 128 << 10;

/// The request as the library wants it.
pub(super) fn request(request: Request, origin: &Origin) -> Result<hyper::Request<Pieces>, HttpError> {
    let method = match request.method {
        Method::Get => hyper::Method::GET,
        Method::Post => hyper::Method::POST,
        Method::Put => hyper::Method::PUT,
    };
    if !request.target.starts_with('/') {
        return Err(HttpError::BadRequest);
    }
    let host = HeaderValue::try_from(origin.authority()).map_err(|_| HttpError::BadRequest)?;
    let mut built = hyper::Request::builder()
        .method(method)
        .uri(request.target)
        .header(HOST, host)
        .header(USER_AGENT, "postern")
        .header(CONNECTION, "close")
        .body(Pieces::new(request.body))
        .map_err(|_| HttpError::BadRequest)?;
    built.headers_mut().extend(request.headers);
    Ok(built)
}

/// Sends it and reads the whole answer.
pub(super) async fn exchange(
    stream: Stream,
    request: hyper::Request<Pieces>,
    answer_bytes_max: usize,
) -> Result<Answer, HttpError> {
    let (mut sender, connection) = http1::Builder::new()
        .max_headers(HEADERS_MAX)
        .max_header_size(HEAD_BYTES_MAX)
        .max_buf_size(READ_BYTES_MAX)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| kind_of(&error))?;
    let mut answer = pin!(async move {
        let answer = sender.send_request(request).await.map_err(|error| kind_of(&error))?;
        let status = answer.status().as_u16();
        let body = whole(answer.into_body(), answer_bytes_max).await?;
        Ok(Answer { status, body })
    });
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        // The connection has ended, well or not: what it has read is on its way to the answer.
        _ = connection => answer.await,
    }
}

async fn whole(mut body: Incoming, bytes_max: usize) -> Result<Bytes, HttpError> {
    let is_over = |length: usize| length > bytes_max;
    if usize::try_from(body.size_hint().lower()).map_or(true, is_over) {
        return Err(HttpError::TooLarge);
    }
    let mut read = BytesMut::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|error| kind_of(&error))?;
        let Ok(data) = frame.into_data() else { continue };
        if is_over(read.len().saturating_add(data.len())) {
            return Err(HttpError::TooLarge);
        }
        read.extend_from_slice(&data);
    }
    Ok(read.freeze())
}

fn kind_of(error: &hyper::Error) -> HttpError {
    // A head beyond our limits is among these: the library tells it apart only for servers.
    if error.is_parse() {
        return HttpError::Garbage;
    }
    if error.is_user() {
        return HttpError::BadRequest;
    }
    HttpError::Closed
}

//! Sends one sample through a real SMTP session and tells the last reply.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::samples::Sample;

/// Time for one reply.
const REPLY_TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes of one reply.
const REPLY_BYTES_MAX: usize = 64 * 1024;

/// Sends it. The last reply: of the message, or of the command that was refused.
///
/// # Errors
/// If the gateway cannot be reached.
pub(crate) async fn send(gateway: SocketAddr, sample: &Sample) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(gateway).await?;
    let greeting = reply(&mut stream).await?;
    if !greeting.starts_with('2') {
        return Ok(greeting);
    }
    let commands = [
        "EHLO mail.partner.example\r\n".to_owned(),
        format!("MAIL FROM:<{}> SIZE={}\r\n", sample.sender, sample.message.len()),
        format!("RCPT TO:<{}>\r\n", sample.recipient),
        "DATA\r\n".to_owned(),
    ];
    for command in commands {
        stream.write_all(command.as_bytes()).await?;
        let reply = reply(&mut stream).await?;
        if !reply.starts_with(['2', '3']) {
            return Ok(reply);
        }
    }
    stream.write_all(&stuffed(&sample.message)).await?;
    stream.write_all(b".\r\n").await?;
    let last = reply(&mut stream).await?;
    // Whether it hears our goodbye makes no difference.
    drop(stream.write_all(b"QUIT\r\n").await);
    Ok(last)
}

// RFC 5321 4.5.2: a leading dot is doubled. Line ends that are none stay as they are.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 16);
    let mut line_starts = true;
    for (at, byte) in message.iter().enumerate() {
        if line_starts && *byte == b'.' {
            out.push(b'.');
        }
        out.push(*byte);
        line_starts = *byte == b'\n' && at > 0 && message.get(at - 1) == Some(&b'\r');
    }
    out
}

async fn reply(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = tokio::time::timeout(REPLY_TIMEOUT, stream.read(&mut buffer)).await??;
        if read == 0 || text.len() > REPLY_BYTES_MAX {
            break;
        }
        text.extend_from_slice(buffer.get(..read).unwrap_or_default());
        let last_line = text.split(|byte| *byte == b'\n').rev().nth(1).unwrap_or_default();
        if text.ends_with(b"\n") && last_line.get(3) != Some(&b'-') {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&text).trim_end().to_owned())
}

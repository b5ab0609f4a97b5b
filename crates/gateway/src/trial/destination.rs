//! The small mail server behind the gateway of `postern try`: it takes everything and counts it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use smtp::command::ForwardPath;
use smtp::server::{Answer, Request, Session, Settings, Step};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Messages that were taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken(Arc<AtomicU64>);

impl Taken {
    /// How many.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Starts on a free port of the loopback address.
pub(crate) async fn start(known: &'static [&'static str]) -> std::io::Result<(SocketAddr, Taken)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let taken = Taken::default();
    let counted = taken.clone();
    tokio::spawn(async move {
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, known, counted.clone()));
            }
        }
    });
    Ok((address, taken))
}

async fn serve(mut stream: TcpStream, known: &'static [&'static str], taken: Taken) {
    let settings = Settings { host: "mail.corp.example".to_owned(), ..Settings::default() };
    let mut session = Session::new(Arc::new(settings), "destination".to_owned());
    let mut out = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match session.step() {
            Step::Send(reply) => out.extend_from_slice(&reply.to_wire()),
            Step::Refuse(refusal) => out.extend_from_slice(&refusal.reply.to_wire()),
            Step::Decide(Request::Rcpt(path)) => {
                let exists = match &path {
                    ForwardPath::Postmaster => true,
                    ForwardPath::Address(address) => known.contains(&address.key().as_str()),
                };
                let refusal = smtp::replies::refusal(smtp::replies::Reason::UnknownRecipient, "destination");
                session.answer(if exists { Answer::Accept } else { Answer::Reply(refusal) });
            }
            Step::Decide(_) => session.answer(Answer::Accept),
            Step::EndOfData => {
                taken.0.fetch_add(1, Ordering::Relaxed);
                session.answer(Answer::Accept);
            }
            Step::Body(_) | Step::Discard => {}
            Step::NeedInput => {
                if stream.write_all(&out).await.is_err() {
                    return;
                }
                out.clear();
                match stream.read(&mut buffer).await {
                    Ok(0) | Err(_) => return,
                    Ok(length) => session.receive(buffer.get(..length).unwrap_or_default()),
                }
            }
            Step::StartTls | Step::Close => {
                // The peer may have gone before the last reply.
                drop(stream.write_all(&out).await);
                return;
            }
        }
    }
}

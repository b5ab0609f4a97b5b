//! One file through a sandbox: given, asked for until it is done, read. Trouble on the way is borne a few times, since a
//! sandbox that starts again loses no task.

use std::time::Duration;

use bytes::Bytes;
use net::http::header::{CONTENT_TYPE, HeaderValue};
use net::http::{Answer, Client, Method, Request};

use super::pick::{self, Pointer, Scalar};
use super::service::{DetonationService, Form, ID};
use super::{DetonationSettings, trouble};
use crate::scanners::{FileToScan, ScanTrouble, ScannerAnswer};

/// Tasks that one file may become.
const TASKS_MAX: usize = 16;
/// Bytes of an id.
const ID_BYTES_MAX: usize = 128;
/// Questions in a row that may fail.
const TROUBLES_MAX: u32 = 5;

/// What one question for a task brought.
enum Step {
    /// Its verdict.
    Done(ScannerAnswer),
    /// Not yet.
    Pending,
    /// The sandbox says that there will be none.
    Lost(ScanTrouble),
}

/// Gives the file and waits for the verdict; of several tasks the worst counts. Ends by itself only when the sandbox does: the
/// caller limits the time.
pub(super) async fn run(
    service: &DetonationService,
    client: &Client,
    settings: &DetonationSettings,
    file: FileToScan,
) -> Result<ScannerAnswer, ScanTrouble> {
    let mut open = submit(service, client, &file).await?;
    // Its bytes are not needed while it is being waited for.
    drop(file);
    let mut worst = ScannerAnswer::Clean;
    let mut pause = settings.poll_first_ms;
    let mut troubles = 0;
    while let Some(id) = open.last() {
        match step(service, client, id).await {
            Ok(Step::Done(answer)) => {
                worst = worse(worst, answer);
                open.pop();
                troubles = 0;
                continue;
            }
            Ok(Step::Lost(trouble)) => return Err(trouble),
            Ok(Step::Pending) => troubles = 0,
            Err(trouble) => {
                troubles += 1;
                if troubles == TROUBLES_MAX {
                    return Err(trouble);
                }
            }
        }
        wait(pause).await;
        // One more, so that it grows from nothing as well.
        pause = pause.saturating_add(pause / 2).saturating_add(1).min(settings.poll_max_ms);
    }
    Ok(worst)
}

/// A tenth more or less, so that files that came together do not ask together.
async fn wait(pause_ms: u64) {
    let share = 0.9 + 0.2 * net::random::fraction();
    tokio::time::sleep(Duration::from_millis(pause_ms).mul_f64(share)).await;
}

fn worse(first: ScannerAnswer, second: ScannerAnswer) -> ScannerAnswer {
    let rank = |answer: &ScannerAnswer| match answer {
        ScannerAnswer::Clean => 0,
        ScannerAnswer::Skipped(_) | ScannerAnswer::Failed(_) => 1,
        ScannerAnswer::Suspicious { .. } => 2,
        ScannerAnswer::Infected { .. } => 3,
    };
    if rank(&second) > rank(&first) { second } else { first }
}

async fn submit(service: &DetonationService, client: &Client, file: &FileToScan) -> Result<Vec<String>, ScanTrouble> {
    let mut headers = service.headers.clone();
    let (kind, body) = match &service.form {
        Form::Raw => (HeaderValue::from_static("application/octet-stream"), vec![file.bytes().clone()]),
        Form::Multipart { field, others } => multipart(field, others, file)?,
    };
    headers.push((CONTENT_TYPE, kind));
    let target = format!("{}{}", client.origin().prefix(), service.submit_path);
    let answer = client.send(Request { method: service.submit_method, target, headers, body }).await;
    let answer = answer.map_err(|error| trouble(&error))?;
    let [ids] = values(service, &answer, [Some(&service.id)])?;
    let ids: Vec<String> = ids.iter().take(TASKS_MAX).map(|id| id.text().into_owned()).collect();
    // An id becomes part of a path.
    let is_id = |id: &String| {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        (1..=ID_BYTES_MAX).contains(&id.len()) && id.bytes().all(is_plain)
    };
    if ids.is_empty() || !ids.iter().all(is_id) { Err(ScanTrouble::Garbage) } else { Ok(ids) }
}

fn multipart(
    field: &str,
    others: &[(String, String)],
    file: &FileToScan,
) -> Result<(HeaderValue, Vec<Bytes>), ScanTrouble> {
    // Nobody can guess it, so no file can hold it.
    let boundary: String = net::random::bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
    let kind = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"));
    let mut head = String::new();
    for (name, value) in others {
        head.push_str(&format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    let name = file.opened_name();
    head.push_str(&format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    ));
    let body = vec![Bytes::from(head), file.bytes().clone(), Bytes::from(format!("\r\n--{boundary}--\r\n"))];
    Ok((kind.map_err(|_| ScanTrouble::Garbage)?, body))
}

async fn step(service: &DetonationService, client: &Client, id: &str) -> Result<Step, ScanTrouble> {
    let answer = fetch(service, client, &service.state_path, id).await?;
    let [states] = values(service, &answer, [Some(&service.state)])?;
    let state = states.first().ok_or(ScanTrouble::Garbage)?.text();
    let is_in = |list: &[String]| list.iter().any(|known| known.eq_ignore_ascii_case(&state));
    if is_in(&service.failed) {
        return Ok(Step::Lost(ScanTrouble::said(&format!("the task ended as {state}"))));
    }
    if !is_in(&service.done) {
        return Ok(Step::Pending);
    }
    let report = match &service.report_path {
        Some(path) => fetch(service, client, path, id).await?,
        None => answer,
    };
    let [verdict, names] = values(service, &report, [Some(service.verdict.pointer()), service.names.as_ref()])?;
    // A report that cannot be read will not be better the next time.
    Ok(service.verdict.read(&verdict, &names).map_or_else(Step::Lost, Step::Done))
}

async fn fetch(service: &DetonationService, client: &Client, path: &str, id: &str) -> Result<Answer, ScanTrouble> {
    let target = format!("{}{}", client.origin().prefix(), path.replace(ID, id));
    let request = Request { method: Method::Get, target, headers: service.headers.clone(), body: Vec::new() };
    client.send(request).await.map_err(|error| trouble(&error))
}

/// The values at pointers of an answer that is none of refusal.
fn values<const N: usize>(
    service: &DetonationService,
    answer: &Answer,
    pointers: [Option<&Pointer>; N],
) -> Result<[Vec<Scalar>; N], ScanTrouble> {
    match answer.status {
        200..=299 => {}
        429 | 503 => return Err(ScanTrouble::Busy),
        status => return Err(ScanTrouble::said(&format!("status {status}"))),
    }
    let all: Vec<Option<&Pointer>> = pointers.into_iter().chain([service.refused.as_ref()]).collect();
    let mut found = pick::pick(&answer.body, &all).ok_or(ScanTrouble::Garbage)?;
    let refused = found.pop().unwrap_or_default();
    if refused.contains(&Scalar::Flag(true)) {
        return Err(ScanTrouble::said("the service refuses"));
    }
    found.try_into().map_err(|_| ScanTrouble::Garbage)
}

//! A service with the interface that CAPE publishes (API v2): submit a file, ask for its state, fetch the report. What comes
//! out of it, and how it misbehaves, a test decides.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{HttpAct, HttpRequest, HttpService};

/// How the service behaves.
#[derive(Clone, Debug, Default)]
pub struct CapeScript {
    /// The token that it wants.
    pub token: String,
    /// States that it tells one after the other; the last one stays.
    pub states: Vec<String>,
    /// The report.
    pub report: String,
    /// Tasks that it makes of one file.
    pub tasks: u64,
    /// What it does instead of answering a submission, a question for the state, one for the report.
    pub submit: Option<HttpAct>,
    /// See `submit`.
    pub status: Option<HttpAct>,
    /// See `submit`.
    pub fetch: Option<HttpAct>,
}

impl CapeScript {
    /// It tells these states and then gives this report.
    #[must_use]
    pub fn new(states: &[&str], report: &str) -> Self {
        let states = states.iter().map(|state| (*state).to_owned()).collect();
        Self { token: "secret".to_owned(), states, report: report.to_owned(), tasks: 1, ..Self::default() }
    }
}

/// The running service.
pub struct CapeService {
    /// The server.
    pub http: HttpService,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    files: Vec<Vec<u8>>,
    asked: HashMap<u64, usize>,
    tasks_made: u64,
}

impl CapeService {
    /// Starts it.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn start(script: CapeScript) -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let kept = Arc::clone(&state);
        let http = HttpService::start(move |request| answer(request, &script, &mut kept.lock())).await;
        Self { http, state }
    }

    /// The files that were submitted, oldest first.
    #[must_use]
    pub fn files(&self) -> Vec<Vec<u8>> {
        self.state.lock().files.clone()
    }
}

fn answer(request: &HttpRequest, script: &CapeScript, state: &mut State) -> HttpAct {
    if request.header("authorization") != Some(format!("Token {}", script.token).as_str()) {
        return HttpAct::Raw(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}".to_vec());
    }
    match (request.method.as_str(), request.target.strip_prefix("/apiv2/tasks/").unwrap_or_default()) {
        ("POST", "create/file/") => submit(request, script, state),
        ("GET", target) => match target.strip_prefix("status/").and_then(|rest| rest.strip_suffix('/')) {
            Some(id) => script.status.clone().unwrap_or_else(|| status(id, script, state)),
            None => fetch(target, script, state),
        },
        _ => HttpAct::Status(404),
    }
}

fn submit(request: &HttpRequest, script: &CapeScript, state: &mut State) -> HttpAct {
    if let Some(act) = &script.submit {
        return act.clone();
    }
    let Some(file) = request.form_part("file") else { return error("No file was submitted") };
    state.files.push(file);
    let first = state.tasks_made + 1;
    state.tasks_made += script.tasks;
    let ids: Vec<String> = (first..=state.tasks_made).map(|id| id.to_string()).collect();
    let ids = ids.join(",");
    // A success has an empty list as its error, as CAPE has.
    HttpAct::Json(format!(
        r#"{{"error":[],"data":{{"task_ids":[{ids}],"message":"Task ID {ids} has been submitted"}},"errors":[]}}"#
    ))
}

fn status(id: &str, script: &CapeScript, state: &mut State) -> HttpAct {
    let Some(id) = known(id, state) else { return error("Task does not exist") };
    let asked = state.asked.entry(id).or_default();
    let said = script.states.get(*asked).or_else(|| script.states.last()).cloned().unwrap_or_default();
    *asked += 1;
    HttpAct::Json(format!(r#"{{"error":false,"data":"{said}"}}"#))
}

fn fetch(target: &str, script: &CapeScript, state: &State) -> HttpAct {
    let id = target.strip_prefix("get/report/").and_then(|rest| rest.strip_suffix("/json/"));
    match (id.and_then(|id| known(id, state)), &script.fetch) {
        (Some(_), Some(act)) => act.clone(),
        (Some(_), None) => HttpAct::Json(script.report.clone()),
        (None, _) => HttpAct::Status(404),
    }
}

fn known(id: &str, state: &State) -> Option<u64> {
    id.parse().ok().filter(|id| (1..=state.tasks_made).contains(id))
}

fn error(value: &str) -> HttpAct {
    HttpAct::Json(format!(r#"{{"error":true,"error_value":"{value}"}}"#))
}

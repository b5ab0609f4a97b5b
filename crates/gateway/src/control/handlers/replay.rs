//! `postern replay`: verdict and decision again from the record.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use mail::envelope::TenantId;
use pipeline::replay::{InForce, Names, Recorded, Replayed, replay as replay_record};
use policy::rules::Policy;
use scan::weights::Weights;
use serde_json::{Value, json};
use store::record::JudgedRecord;

use super::{Handlers, trace};
use crate::control::protocol::{Fault, ReplayWith, TraceSelection};

/// Messages that one call replays; a longer list is paged.
const MESSAGES_MAX: u32 = 1_000;

/// Documents of one call, so that each is read once.
#[derive(Default)]
struct Documents {
    weights: BTreeMap<String, Arc<Weights>>,
    policies: BTreeMap<String, Arc<Policy>>,
}

/// With what records are recomputed.
pub(super) enum Against {
    /// What each record names.
    Recorded,
    /// These for all.
    Current {
        in_force: Arc<InForce>,
        /// The settings folder that they were read from now; none: they are in force.
        files: Option<PathBuf>,
    },
}

/// What a request wants to compare with. Beside a daemon the files are read anew: what they would change is to be seen before they are
/// put in force.
///
/// # Errors
/// If the files have a mistake or cannot be read.
pub(super) async fn against(
    handlers: &Handlers,
    with: ReplayWith,
    settings: Option<PathBuf>,
) -> Result<Against, Fault> {
    if with == ReplayWith::Recorded {
        return Ok(Against::Recorded);
    }
    if let (Some(folder), Some(_)) = (&settings, &handlers.daemon) {
        let folder = folder.clone();
        let reading = tokio::task::spawn_blocking(move || crate::settings::load(&folder)).await;
        let read =
            reading.map_err(|error| Fault::unavailable(format!("the settings were not read: {error}"), ""))??;
        return Ok(Against::Current { in_force: Arc::new(read.in_force), files: settings });
    }
    // A command that opened the store itself has read the files just now.
    let current = handlers.current.as_ref().ok_or_else(|| Fault::unavailable("the settings were not read", ""))?;
    Ok(Against::Current { in_force: current.load_full(), files: settings })
}

/// Replays one message, or a page of a search.
pub(super) async fn replay(
    handlers: &Handlers,
    id: Option<&str>,
    mut selection: TraceSelection,
    against: &Against,
) -> Result<Value, Fault> {
    handlers.journal.settle().await?;
    let (ids, next) = match id {
        // One that does not exist is no judgement that differs.
        Some(id) => (vec![trace::find(handlers, id).await?.row.id], None),
        None => {
            selection.limit = if selection.limit == 0 { MESSAGES_MAX } else { selection.limit.min(MESSAGES_MAX) };
            let (rows, next) = trace::rows(handlers, selection).await?;
            (rows.into_iter().map(|row| row.id).collect(), next)
        }
    };
    let mut documents = Documents::default();
    let mut results = Vec::new();
    let mut unjudged = 0_usize;
    let messages = ids.len();
    for id in ids {
        let trace = match trace::find(handlers, &id).await {
            Ok(trace) => trace,
            Err(fault) => {
                results.push(json!({ "id": id, "result": "refused", "detail": fault.message }));
                continue;
            }
        };
        unjudged += usize::from(trace.judged.is_empty());
        for record in &trace.judged {
            let result = one(handlers, &trace.row.id, record, against, &mut documents).await;
            results.push(result);
        }
    }
    let count = |word: &str| results.iter().filter(|result| result.get("result").is_some_and(|is| is == word)).count();
    let (same, differing, needs_body, refused) =
        (count("same"), count("differs"), count("needs_body"), count("refused"));
    let (compared_with, settings) = match against {
        Against::Recorded => ("recorded", None),
        Against::Current { files: None, .. } => ("in_force", None),
        Against::Current { files, .. } => ("files", files.as_ref()),
    };
    Ok(json!({
        "results": results, "messages": messages, "unjudged": unjudged, "same": same, "differing": differing,
        "needs_body": needs_body, "refused": refused, "compared_with": compared_with, "settings": settings, "next": next,
    }))
}

async fn one(
    handlers: &Handlers,
    id: &str,
    record: &JudgedRecord,
    against: &Against,
    documents: &mut Documents,
) -> Value {
    let outcome = match against {
        Against::Recorded => recorded(handlers, id, record, documents).await,
        Against::Current { in_force, .. } => current(in_force, id, record),
    };
    match outcome {
        Ok(Replayed::Same) => json!({ "id": id, "scan": record.scan, "result": "same" }),
        Ok(Replayed::Differs { field, recorded, computed }) => json!({
            "id": id, "scan": record.scan, "result": "differs", "field": field, "recorded": recorded, "computed": computed,
        }),
        Ok(Replayed::NeedsBody(question)) => {
            json!({ "id": id, "scan": record.scan, "result": "needs_body", "detail": question })
        }
        Err(reason) => json!({ "id": id, "scan": record.scan, "result": "refused", "detail": reason }),
    }
}

fn current(in_force: &InForce, id: &str, record: &JudgedRecord) -> Result<Replayed, String> {
    let id = id.parse().map_err(|_| "the id does not read".to_owned())?;
    let names = Names::Of(&in_force.policies);
    replay_record(
        Recorded { mail: id, tenant: TenantId::DEFAULT, record },
        &in_force.weights,
        &in_force.policies.by_name,
        names,
    )
    .map_err(|error| error.to_string())
}

async fn recorded(
    handlers: &Handlers,
    id: &str,
    record: &JudgedRecord,
    documents: &mut Documents,
) -> Result<Replayed, String> {
    let id = id.parse().map_err(|_| "the id does not read".to_owned())?;
    let weights = documents.weights(handlers, &record.versions.weights).await?;
    let mut policies = BTreeMap::new();
    for (name, hash) in &record.versions.policies {
        policies.insert(name.clone(), documents.policy(handlers, name, hash).await?);
    }
    replay_record(Recorded { mail: id, tenant: TenantId::DEFAULT, record }, &weights, &policies, Names::Recorded)
        .map_err(|error| error.to_string())
}

impl Documents {
    async fn weights(&mut self, handlers: &Handlers, hash: &str) -> Result<Arc<Weights>, String> {
        if let Some(known) = self.weights.get(hash) {
            return Ok(Arc::clone(known));
        }
        let weights = Weights::parse(&document(handlers, hash).await?).map_err(|error| error.to_string())?;
        let weights = Arc::new(weights);
        self.weights.insert(hash.to_owned(), Arc::clone(&weights));
        Ok(weights)
    }

    async fn policy(&mut self, handlers: &Handlers, name: &str, hash: &str) -> Result<Arc<Policy>, String> {
        if let Some(known) = self.policies.get(hash) {
            return Ok(Arc::clone(known));
        }
        let policy = Policy::parse(name, &document(handlers, hash).await?).map_err(|error| error.to_string())?;
        let policy = Arc::new(policy);
        self.policies.insert(hash.to_owned(), Arc::clone(&policy));
        Ok(policy)
    }
}

async fn document(handlers: &Handlers, hash: &str) -> Result<String, String> {
    let document = handlers.documents.recall(TenantId::DEFAULT, hash).await.map_err(|error| error.to_string())?;
    let document = document.ok_or_else(|| format!("the document {hash} that the record names is not kept any more"))?;
    String::from_utf8(document.content).map_err(|_| format!("the document {hash} does not read"))
}

//! `/metrics` (Prometheus text) and `/healthz` on a local listener. No names of senders, recipients or domains become
//! labels: their number is the attacker's to choose (OPS-09).

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use store::Mails;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What the pages show.
#[derive(Clone)]
pub struct Operations {
    mails: Arc<dyn Mails>,
    metrics: PrometheusHandle,
    health: Arc<dyn Health>,
}

/// Who knows how the gateway is.
pub trait Health: Send + Sync {
    /// There is room on the disk for another message.
    fn has_room(&self) -> bool;

    /// What is not well now; asked of scanners anew, but for a few seconds.
    fn troubles(&self) -> BoxFuture<'_, Vec<Trouble>>;
}

/// Something that is not well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What, and what follows, on one line for people.
    pub text: String,
    /// No new mail is taken.
    pub stops_mail: bool,
}

/// Another recorder is installed in this process.
#[derive(Debug)]
pub struct RecorderError;

/// Installs the recorder of this process, once, before anything counts; all metrics are known to it.
///
/// # Errors
/// [`RecorderError`] if there is one already.
pub fn install_recorder() -> Result<PrometheusHandle, RecorderError> {
    let handle = PrometheusBuilder::new().install_recorder().map_err(|_| RecorderError)?;
    crate::metrics::register();
    Ok(handle)
}

impl Operations {
    /// Pages over this store.
    #[must_use]
    pub fn new(mails: Arc<dyn Mails>, metrics: PrometheusHandle, health: Arc<dyn Health>) -> Self {
        Self { mails, metrics, health }
    }

    /// The routes.
    pub fn router(self) -> Router {
        Router::new().route("/metrics", get(show_metrics)).route("/healthz", get(show_health)).with_state(self)
    }

    // The account is read from the store when it is asked for: it cannot drift from what it counts.
    fn write_account(&self) {
        let account = self.mails.account(TenantId::DEFAULT);
        let counts = [
            ("accepted", account.accepted),
            ("added", account.added),
            ("queued", account.queued),
            ("held", account.held),
            ("quarantined", account.quarantined),
            ("delivered", account.delivered),
            ("bounced", account.bounced),
            ("discarded", account.discarded),
            ("deleted", account.deleted),
            ("damaged", account.damaged),
        ];
        for (state, count) in counts {
            metrics::gauge!("postern_account_recipients", "state" => state).set(to_float(count));
        }
        let difference = account.difference();
        metrics::gauge!("postern_account_difference").set(to_float(difference.unsigned_abs()));
        metrics::gauge!("postern_store_healthy").set(flag(self.mails.is_healthy()));
        metrics::gauge!("postern_store_has_room").set(flag(self.health.has_room()));
    }
}

// Counts stay far below 2^52, where a float is exact.
fn to_float(count: u64) -> f64 {
    u32::try_from(count).map_or_else(|_| f64::from(u32::MAX), f64::from)
}

const fn flag(is_so: bool) -> f64 {
    if is_so { 1.0 } else { 0.0 }
}

/// Serves until `stop` says true.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    operations: Operations,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let stopped = async move {
        // A closed channel means that the program ends.
        while !*stop.borrow() && stop.changed().await.is_ok() {}
    };
    axum::serve(listener, operations.router()).with_graceful_shutdown(stopped).await
}

async fn show_metrics(State(operations): State<Operations>) -> impl IntoResponse {
    operations.write_account();
    operations.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], operations.metrics.render())
}

async fn show_health(State(operations): State<Operations>) -> impl IntoResponse {
    page_of_health(operations.mails.is_healthy(), &operations.health.troubles().await)
}

// Ready is who takes mail: 503 sends it to another gateway while there is one.
fn page_of_health(is_healthy: bool, troubles: &[Trouble]) -> (StatusCode, String) {
    if !is_healthy {
        return (StatusCode::SERVICE_UNAVAILABLE, "the disk failed: no mail is accepted\n".to_owned());
    }
    let takes_mail = !troubles.iter().any(|trouble| trouble.stops_mail);
    let (status, first) =
        if takes_mail { (StatusCode::OK, "ok\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "no new mail is taken\n") };
    let lines = troubles.iter().map(|trouble| format!("{}\n", trouble.text));
    (status, std::iter::once(first.to_owned()).chain(lines).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_takes_no_mail_is_not_ready() {
        let trouble = |text: &str, stops_mail| Trouble { text: text.to_owned(), stops_mail };
        let page = |is_healthy, troubles: &[Trouble]| {
            let (status, text) = page_of_health(is_healthy, troubles);
            (status.as_u16(), text)
        };
        assert_eq!(page(true, &[]), (200, "ok\n".to_owned()));
        let ocr = trouble("ocr: gone", false);
        assert_eq!(page(true, std::slice::from_ref(&ocr)), (200, "ok\nocr: gone\n".to_owned()));
        let both = [ocr, trouble("scanner a: gone", true)];
        assert_eq!(page(true, &both), (503, "no new mail is taken\nocr: gone\nscanner a: gone\n".to_owned()));
        assert_eq!(page(false, &both).0, 503);
    }
}

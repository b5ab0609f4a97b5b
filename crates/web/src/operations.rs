//! `/metrics` (Prometheus text) and `/healthz` on a local listener. No names of senders, recipients or domains become
//! labels: their number is the attacker's to choose (OPS-09).

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
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
    pub fn new(mails: Arc<dyn Mails>, metrics: PrometheusHandle) -> Self {
        Self { mails, metrics }
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
        metrics::gauge!("postern_store_healthy").set(if self.mails.is_healthy() { 1.0 } else { 0.0 });
    }
}

// Counts stay far below 2^52, where a float is exact.
fn to_float(count: u64) -> f64 {
    u32::try_from(count).map_or_else(|_| f64::from(u32::MAX), f64::from)
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
    if operations.mails.is_healthy() {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the disk failed: no mail is accepted\n")
    }
}

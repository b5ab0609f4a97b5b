//! What workers look for besides opening: rules of signatures, compiled once here and carried to them.

use anyhow::Context as _;
use signatures::{Level, Rules, builtin};

/// Our own rules.
pub(super) async fn built_in() -> anyhow::Result<worker::Signatures> {
    let compiled = tokio::task::spawn_blocking(|| Rules::compile(&builtin::sources()));
    let (rules, faults) = compiled.await?.context("our own rules of signatures")?;
    for fault in faults.iter().filter(|fault| fault.level > Level::Note) {
        tracing::error!(source = fault.source, line = fault.line, message = fault.message, "a rule of signatures");
    }
    tracing::debug!(rules = rules.count(), "rules of signatures compiled");
    let rules = rules.to_bytes().context("our own rules of signatures")?.into();
    Ok(worker::Signatures { rules, tlsh: false })
}

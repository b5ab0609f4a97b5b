//! `cargo xtask patience`: peers that stop reading are waited for, in real time, four minutes. Nothing else helps against them but a limit.

use anyhow::Result;
use testkit::patience;

use crate::command::build_postern;

/// Builds the gateway and waits.
pub(crate) fn run() -> Result<()> {
    let binary = build_postern("dev")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (client, next_hop) = runtime.block_on(async {
        tokio::join!(patience::client_that_does_not_read(&binary), patience::next_hop_that_does_not_read(&binary))
    });
    println!("patience: a deaf client lost its session after {client:?}, a deaf next hop its place after {next_hop:?}");
    Ok(())
}

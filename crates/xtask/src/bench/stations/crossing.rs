//! The way to a worker and back: CPU of both processes, message by message.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;
use rustix::time::ClockId;
use signatures::Rules;
use worker::{FairKey, Pool, PoolSettings, Sandbox, Signatures, Wanted};

use super::{Case, cpu};

/// What messages cost on their way through a worker.
pub(super) struct Crossing {
    /// Of one message in the mean, without opening it.
    pub(super) boundary: Duration,
    /// Half of the messages cost at most this, without opening them.
    pub(super) boundary_median: Duration,
    /// Of one message in the mean: what our rules add.
    pub(super) signatures: Duration,
}

/// Sends all messages through a worker without rules, and through one with ours.
pub(super) async fn measure(cases: &[Case], binary: &Path) -> Result<Crossing> {
    let opened = in_worker(cases, binary, Signatures::default()).await?;
    let (rules, _) = Rules::compile(&signatures::builtin::sources())?;
    let searched = in_worker(cases, binary, Signatures { rules: rules.to_bytes()?.into(), tlsh: false }).await?;
    let mut crossed: Vec<Duration> =
        opened.iter().zip(cases).map(|(all, case)| all.saturating_sub(case.unpacking)).collect();
    crossed.sort_unstable();
    let count = u32::try_from(cases.len())?.max(1);
    let (all_opened, all_searched) = (opened.iter().sum::<Duration>(), searched.iter().sum::<Duration>());
    let unpacking: Duration = cases.iter().map(|case| case.unpacking).sum();
    Ok(Crossing {
        boundary: all_opened.saturating_sub(unpacking) / count,
        boundary_median: crossed.get(crossed.len() / 2).copied().context("there are no messages")?,
        signatures: all_searched.saturating_sub(all_opened) / count,
    })
}

/// CPU of each request through a worker process: ours, and the worker's.
async fn in_worker(cases: &[Case], binary: &Path, signatures: Signatures) -> Result<Vec<Duration>> {
    let settings = PoolSettings {
        command: binary.to_owned(),
        args: vec!["unpack-worker".to_owned()],
        workers: 1,
        sandbox: Sandbox::Full,
        signatures,
        files_held_bytes_max: 0,
    };
    let pool = Pool::start(settings).await?;
    let ids = pool.process_ids();
    let mut each = Vec::with_capacity(cases.len());
    let mut before = of_all(&ids)?;
    for case in cases {
        let content = pool.open(FairKey::default(), case.request.clone(), Wanted::Content).await?.content;
        if content.items.is_empty() && !case.raw.is_empty() && content.unopened.is_empty() {
            bail!("a worker opened nothing");
        }
        let now = of_all(&ids)?;
        each.push(now.saturating_sub(before));
        before = now;
    }
    pool.stop().await;
    Ok(each)
}

// What a worker does behind its answer is counted with the next message, so the sums are whole.
fn of_all(ids: &[u32]) -> Result<Duration> {
    let mut all = cpu(ClockId::ProcessCPUTime);
    for id in ids {
        all += Duration::from(clock_getcpuclockid(Pid::from_raw(i32::try_from(*id)?))?.now()?);
    }
    Ok(all)
}

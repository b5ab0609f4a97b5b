//! What the kernel stops is told: a counter of its own, and an error in the log. Alone in its program, which has one counter.
#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure there fails the test")]

use bytes::Bytes;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use unpack::{Part, Request};
use worker::{FairKey, Pool, PoolSettings, Sandbox, Signatures, Wanted};

fn count(metrics: &PrometheusHandle, name: &str) -> u32 {
    let text = metrics.render();
    let line = text.lines().find(|line| line.split(' ').next() == Some(name));
    line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

#[tokio::test]
async fn a_forbidden_call_raises_an_alarm_and_other_ends_do_not() {
    let metrics = PrometheusBuilder::new().install_recorder().unwrap();
    let command = env!("CARGO_BIN_EXE_worker-testchild").into();
    let (args, signatures) = (Vec::new(), Signatures::default());
    let settings =
        PoolSettings { command, args, workers: 1, sandbox: Sandbox::Full, signatures, files_held_bytes_max: 0 };
    let pool = Pool::start(settings).await.unwrap();
    let (mut violations, mut failed) = (0, 0);
    for (deed, is_violation) in [
        ("execve", true),
        ("exit", false),
        ("socket", true),
        ("memory", false),
        ("open", true),
        ("ptrace", true),
        ("panic", false),
        ("garbage", false),
    ] {
        let part = Part { declared: format!("test/{deed}"), bytes: Bytes::from_static(b"x"), ..Part::default() };
        let request = Request { parts: vec![part], ..Request::default() };
        pool.open(FairKey::default(), request, Wanted::Content).await.unwrap();
        // Each of the two workers that tried.
        violations += if is_violation { 2 } else { 0 };
        failed += 1;
        assert_eq!(count(&metrics, "postern_worker_violations_total"), violations, "{deed}");
        assert_eq!(count(&metrics, "postern_worker_failed_messages_total"), failed, "{deed}");
    }
    pool.stop().await;
}

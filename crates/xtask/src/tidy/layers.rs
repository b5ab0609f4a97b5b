//! A crate uses only crates of lower layers; pure crates have no async, no sockets, no clock (ARCHITECTURE).

use std::collections::HashMap;

use cargo_metadata::{DependencyKind, Metadata, Package};

/// Crates without tokio, sockets or clock.
const PURE: [&str; 9] = ["mail", "scan", "smtp", "unpack", "signatures", "detect", "dlp", "policy", "seal"];
/// What a pure crate must not depend on.
const IMPURE: [&str; 7] = ["tokio", "futures-util", "hickory-resolver", "rustls", "socket2", "sqlx", "metrics"];
/// Not a room of the line: for tests and developers only.
const OUTSIDE: [&str; 2] = ["testkit", "xtask"];

pub(super) fn check(metadata: &Metadata, findings: &mut Vec<String>) {
    let ours: HashMap<&str, &Package> = metadata
        .workspace_packages()
        .into_iter()
        .map(|package| (package.name.as_str(), package)) //
        .collect();
    for (name, package) in &ours {
        if OUTSIDE.contains(name) {
            continue;
        }
        let Some(layer) = layer(package) else {
            findings.push(format!("{name}: Cargo.toml names no layer ([package.metadata.postern] layer = n)"));
            continue;
        };
        for dependency in &package.dependencies {
            if dependency.kind != DependencyKind::Normal {
                continue;
            }
            let other = dependency.name.as_str();
            if PURE.contains(name) && IMPURE.contains(&other) {
                findings.push(format!("{name} is pure and depends on {other}"));
            }
            if let Some(below) = ours.get(other).and_then(|package| self::layer(package))
                && below >= layer
            {
                findings.push(format!("{name} (layer {layer}) depends on {other} (layer {below})"));
            }
        }
    }
}

fn layer(package: &Package) -> Option<u64> {
    package.metadata.get("postern")?.get("layer")?.as_u64()
}

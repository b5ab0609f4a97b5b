//! Licences of what we link, and no second version of the big ones (STYLE 18).

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::Metadata;

/// Licences that a permissive program may link.
const ALLOWED: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "MPL-2.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "Unlicense",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "bzip2-1.0.6",
];
/// Crates of which two versions would be two engines in one binary.
const ONCE: [&str; 9] = [
    "tokio",
    "rustls",
    "hyper",
    "sqlx-core",
    "hickory-resolver",
    "hickory-proto",
    "libsqlite3-sys",
    "aws-lc-sys",
    "axum",
];

pub(super) fn check(metadata: &Metadata, findings: &mut Vec<String>) {
    let mut versions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for package in &metadata.packages {
        versions.entry(package.name.as_str()).or_default().insert(package.version.to_string());
        let licence = package.license.clone().unwrap_or_default();
        if !is_allowed(&licence) {
            findings.push(format!("{} {}: licence {licence:?} is not on the list", package.name, package.version));
        }
    }
    for name in ONCE {
        if let Some(found) = versions.get(name).filter(|found| found.len() > 1) {
            findings.push(format!("{name} is linked in {} versions: {found:?}", found.len()));
        }
    }
}

// SPDX with OR, AND, parentheses and the old slash: an OR needs one side, an AND all.
fn is_allowed(licence: &str) -> bool {
    let licence = licence.replace(['(', ')'], " ").replace('/', " OR ");
    licence.split(" AND ").all(|all| all.split(" OR ").any(|one| ALLOWED.contains(&one.trim())))
}

//! `detectors.md`: the head of every detector's file, in the order in which they run, with its weights.

use std::path::Path;

use anyhow::{Result, bail};
use scan::weights::Weights;

use super::{head, read};

/// What each head says, in this order.
const WORDS: [&str; 4] = ["Finds", "Why", "Not", "Strength"];

pub(super) fn page(top: &Path) -> Result<String> {
    let weights = Weights::parse(detect::WEIGHTS)?;
    let mut page = head("Detectors");
    let fitted = if weights.calibrated {
        "fitted to mail, and probabilities are calibrated"
    } else {
        "set by hand: **not calibrated**"
    };
    page.push_str(&format!(
        "Each detector looks for one pattern and says how clearly it saw it; it never decides. A class's score is its prior plus, for \
         each piece of evidence, weight times strength (0 to 1; *low* is 0.25), in log-odds against clean; the scores become \
         probabilities together. The weights of this release ({}) are {fitted}.\n",
        weights.version
    ));
    for detector in detect::detectors::ALL {
        let name = detector.id.name();
        let text = read(&top.join(format!("crates/detect/src/detectors/{name}.rs")))?;
        page.push_str(&format!("\n## {name}\n\n"));
        for (word, meaning) in parts(name, &text)? {
            page.push_str(&format!("- **{word}** {meaning}\n"));
        }
        let row = weights.evidence.get(name).into_iter().flatten();
        let row: Vec<String> = row.map(|(class, weight)| format!("{} {weight:+}", class.word())).collect();
        let row = if row.is_empty() { "none, certain by itself".to_owned() } else { row.join(", ") };
        page.push_str(&format!("- **Weights** {row}\n"));
    }
    Ok(page)
}

fn parts(name: &str, text: &str) -> Result<Vec<(&'static str, String)>> {
    let lines: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
    let head = lines.join(" ");
    let mut parts = Vec::new();
    let mut rest = head.as_str();
    for (at, word) in WORDS.into_iter().enumerate() {
        let Some(after) = rest.strip_prefix(&format!("**{word}** ")) else {
            bail!("{name}.rs: its head does not go on with **{word}**");
        };
        let next = WORDS.get(at + 1).and_then(|next| after.find(&format!("**{next}** "))).unwrap_or(after.len());
        let (meaning, left) = after.split_at(next);
        parts.push((word, meaning.trim().to_owned()));
        rest = left;
    }
    Ok(parts)
}

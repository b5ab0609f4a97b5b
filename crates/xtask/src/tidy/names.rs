//! Words that say nothing do not name things (STYLE 12).

use super::Source;

const FORBIDDEN: [&str; 6] = ["manager", "util", "utils", "helper", "processor", "engine"];

pub(super) fn check(sources: &[Source], findings: &mut Vec<String>) {
    for source in sources {
        for (number, line) in source.text.lines().enumerate() {
            let Some(name) = declared_name(line) else { continue };
            let lower = snake_case(name);
            let at = format!("{}:{}", source.path.display(), number + 1);
            if let Some(word) = lower.split('_').find(|word| FORBIDDEN.contains(word)) {
                findings.push(format!("{at}: `{name}`: a name with `{word}` in it says nothing"));
            }
            if lower.starts_with("get_") {
                findings.push(format!("{at}: `{name}`: no `get_`, the noun alone"));
            }
        }
    }
}

// The name that this line declares with fn, struct, enum, trait, mod or type.
fn declared_name(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    loop {
        match words.next()? {
            "pub" | "pub(crate)" | "pub(super)" | "async" | "const" => {}
            "fn" | "struct" | "enum" | "trait" | "mod" | "type" => break,
            _ => return None,
        }
    }
    let name = words.next()?;
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
    name.get(..end)
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

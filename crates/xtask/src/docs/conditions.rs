//! `conditions.md`: what a rule's condition may speak of, from the tables of `policy`.

use policy::names::{FUNCTIONS, FunctionEntry, METHODS, NAMES};

use super::{cell, head};

const INTRODUCTION: &str = r#"The condition of a rule (`when` in `settings/policy/NAME.toml`) is written in a subset of CEL's syntax:

```text
verdict.class == "phishing" && verdict.probability >= thresholds.quarantine
!(sender.domain in lists.partners) && (subject.contains("invoice") || has_extension("js", "vbs"))
facts.dns_lists.exists(zone, zone.endsWith("example.net"))
```

- Operators, loosest first: `||`, `&&`, one of `== != < <= > >= in`, `!`, then `.method(...)`.
- Text stands in double or single quotes, or as `r"..."` without escapes. `//` begins a comment. Text is compared without case.
- Names and types are checked when the file is read: a mistake is refused with file, line, column and the nearest known name.
- `lists.NAME` is a list of the policy's table `[lists]`.
- A condition is true, false or *unknown*. `false && unknown` is false, `true || unknown` is true. A rule whose condition is unknown
  never matches if it only delivers or tags. If it stops mail: an unknown from a required check defers the message (451 in the session,
  else hold), content that cannot be opened at all quarantines it, and one from advisory facts alone lets the rule pass and the trace
  says "not checked". `when_unknown = "hold"` in the rule makes it wait instead.

Try one: `postern policy explain --all MESSAGE` shows every rule with every part of its condition; without `--all` only what decided.

"#;

pub(super) fn page() -> String {
    let mut page = head("Conditions of rules");
    page.push_str(INTRODUCTION);
    page.push_str("## Names\n\n| name | type | meaning |\n|---|---|---|\n");
    for entry in NAMES {
        page.push_str(&format!("| `{}` | {} | {} |\n", entry.text, cell(&entry.kind.describe()), cell(entry.doc)));
    }
    page.push_str(
        "\n## Functions\n\nThose about content are asked before judging; the answer is kept in the journal.\n\n",
    );
    table(FUNCTIONS, &mut page);
    page.push_str("\n## Methods\n\n");
    table(METHODS, &mut page);
    words(
        "True types",
        "What `has_type`, `types` of a scanner and of `remove` know: what the bytes are.",
        scan::types::ALL,
        &mut page,
    );
    words(
        "Marks",
        "What `has_mark` and `marks` of `remove` know: what was noticed inside.",
        scan::marks::ALL,
        &mut page,
    );
    page
}

fn words(title: &str, introduction: &str, all: &[(&str, &str)], page: &mut String) {
    page.push_str(&format!("\n## {title}\n\n{introduction}\n\n| word | meaning |\n|---|---|\n"));
    for (word, meaning) in all {
        page.push_str(&format!("| `{word}` | {} |\n", cell(meaning)));
    }
}

fn table(entries: &[FunctionEntry], page: &mut String) {
    page.push_str("| form | meaning |\n|---|---|\n");
    for entry in entries {
        page.push_str(&format!("| `{}` | {} |\n", cell(entry.form), cell(entry.doc)));
    }
}

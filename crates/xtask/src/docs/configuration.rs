//! `configuration.md`: every option of `postern.toml`. Meanings are the doc comments of the structs that read the file, default
//! values are what `postern config default` prints.

use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::program::Program;
use super::{cell, head, read};

const SOURCES: [&str; 4] = ["config.rs", "config/listen.rs", "config/process.rs", "config/scanners.rs"];
/// Where reload says what needs a restart.
const RELOAD: &str = "crates/gateway/src/gateway/reload.rs";
/// The struct of the whole file; those of its tables end in it.
const ROOT: &str = "AsTyped";
/// Type of a list of tables.
const LIST: &str = "Vec<ScannerAsTyped>";
/// Type of a table within one.
const SUB_TABLE: &str = "Option<Rest>";

const INTRODUCTION: &str = "\
`postern.toml` is looked for in the working folder, then as `/etc/postern/postern.toml`; `--config FILE` names another. Without a file the
defaults below are in force. Paths are relative to the file. An unknown key, a wrong type or a value without sense is refused with
file, line, column, reason and a hint, at start and at reload; at reload the old configuration stays in force then.
`postern config default` prints all options, `postern config check` checks the file, `postern config show` prints what is in force.

`postern reload` (or SIGHUP) puts a changed file in force, but for these, which need a restart; reload says so:
";
/// Behind the list of options that need a restart.
const SETTINGS: &str = "
What a site edits (domains, next hops, policies) stands in the folder `settings`, see [settings](settings.md).
";

/// A field of a struct.
struct Field {
    name: String,
    kind: String,
    doc: String,
}

pub(super) fn page(top: &Path, program: &Program) -> Result<String> {
    let mut source = String::new();
    for file in SOURCES {
        source.push_str(&read(&top.join("crates/gateway/src").join(file))?);
    }
    let printed = program.ask(&["config", "default"])?;
    let defaults: Table = toml::from_str(&printed)?;
    let mut page = head("Configuration");
    page.push_str(INTRODUCTION);
    page.push_str(&format!("{}.\n{SETTINGS}", needs_restart(&read(&top.join(RELOAD))?)?));
    let root = fields(&source, ROOT)?;
    let (lists, root): (Vec<Field>, Vec<Field>) = root.into_iter().partition(|field| field.kind.contains(LIST));
    let (tables, options): (Vec<Field>, Vec<Field>) = root.into_iter().partition(|field| field.kind.ends_with(ROOT));
    table("Top of the file", &options, &defaults, &mut page);
    for section in tables {
        let values = defaults.get(&section.name).and_then(Value::as_table).cloned().unwrap_or_default();
        let title = format!("`[{}]`: {}", section.name, section.doc.trim_end_matches('.'));
        table(&title, &fields(&source, &section.kind)?, &values, &mut page);
    }
    for list in lists {
        let kind = list.kind.trim_start_matches("Vec<").trim_end_matches('>');
        let example = commented(&printed, &list.name)?;
        let title = format!("`[[{}]]`: {}", list.name, list.doc.trim_end_matches('.'));
        let options = fields(&source, kind)?.into_iter().filter(|field| !field.kind.contains(SUB_TABLE));
        table(&title, &options.collect::<Vec<_>>(), &example, &mut page);
        let rest = example.get("rest").and_then(Value::as_table).cloned().unwrap_or_default();
        let title = format!("`[{}.rest]`: how a sandbox of kind `rest` is spoken to", list.name);
        table(&title, &fields(&source, "Rest")?, &rest, &mut page);
    }
    Ok(page)
}

// The defaults of a list of tables: it is printed in comments, since there is none by default.
fn commented(printed: &str, name: &str) -> Result<Table> {
    let head = format!("# [[{name}]]\n");
    let (_, lines) = printed.split_once(&head).with_context(|| format!("[[{name}]] is not printed"))?;
    let bare: Vec<&str> = lines.lines().map_while(|line| line.strip_prefix("# ")).collect();
    Ok(toml::from_str(&bare.join("\n").replace(&format!("[{name}."), "["))?)
}

fn table(title: &str, fields: &[Field], defaults: &Table, page: &mut String) {
    page.push_str(&format!("\n## {title}\n\n| option | type | default | meaning |\n|---|---|---|---|\n"));
    for Field { name, kind, doc } in fields {
        let default = match defaults.get(name) {
            None => "none".to_owned(),
            Some(Value::String(text)) if text.is_empty() => "none".to_owned(),
            Some(value) => format!("`{value}`"),
        };
        page.push_str(&format!("| `{name}` | {} | {} | {} |\n", word(kind), cell(&default), cell(doc)));
    }
}

fn fields(source: &str, name: &str) -> Result<Vec<Field>> {
    let head = format!("struct {name} {{\n");
    let (_, body) = source.split_once(&head).with_context(|| format!("there is no struct {name}"))?;
    let mut fields = Vec::new();
    let mut doc = Vec::new();
    for line in body.lines().take_while(|line| *line != "}") {
        let line = line.trim();
        if let Some(text) = line.strip_prefix("/// ") {
            doc.push(text);
        } else if let Some((name, kind)) = line.strip_prefix("pub(crate) ").and_then(|rest| rest.split_once(": ")) {
            let doc = std::mem::take(&mut doc).join(" ");
            fields.push(Field { name: name.to_owned(), kind: kind.trim_end_matches(',').to_owned(), doc });
        }
    }
    Ok(fields)
}

// The texts in the function of that name are the options.
fn needs_restart(source: &str) -> Result<String> {
    let (_, body) =
        source.split_once("fn keep_until_restart(").with_context(|| format!("{RELOAD}: no keep_until_restart"))?;
    let body = body.split("\n}").next().unwrap_or(body);
    let options: Vec<String> = body.split('"').skip(1).step_by(2).map(|option| format!("`{option}`")).collect();
    Ok(options.join(", "))
}

// The type as a person says it.
fn word(kind: &str) -> String {
    if let Some(inner) = kind.strip_prefix("Option<") {
        return word(inner.trim_end_matches('>'));
    }
    if let Some(inner) = kind.strip_prefix("Vec<") {
        return format!("list: {}", word(inner.trim_end_matches('>')));
    }
    match kind {
        "PathBuf" => "path",
        "SocketAddr" => "address:port",
        "u64" | "usize" | "f64" => "number",
        "bool" => "true or false",
        "String" => "text",
        _ => "word",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_struct_gives_its_fields_with_their_meaning() {
        let source = "struct TlsAsTyped {\n    /// PEM chain.\n    /// Or none.\n    pub(crate) certificate: Option<PathBuf>,\n}\n";
        let fields = fields(source, "TlsAsTyped").unwrap();
        let [Field { name, kind, doc }] = fields.as_slice() else { panic!("one field") };
        assert_eq!((name.as_str(), word(kind).as_str(), doc.as_str()), ("certificate", "path", "PEM chain. Or none."));
        assert_eq!(word("Vec<SocketAddr>"), "list: address:port");
        let reload = "fn keep_until_restart(a: &B) {\n    [(\"data\", x), (\n \"log\", y)]\n}\nfn other() { \"no\" }\n";
        assert_eq!(super::needs_restart(reload).unwrap(), "`data`, `log`");
    }
}

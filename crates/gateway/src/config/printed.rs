//! `config default` and `config show`: the options as a file with their meanings. These are the doc comments of the structs
//! that read the file, so that nothing is written twice.

use std::fmt::Write as _;

use toml::{Table, Value};

use super::{AsTyped, Config, Origin, Rest, ScannerAsTyped};

/// Where the structs stand.
const SOURCES: [&str; 4] =
    [include_str!("../config.rs"), include_str!("listen.rs"), include_str!("process.rs"), include_str!("scanners.rs")];
/// The struct of the whole file.
const ROOT: &str = "AsTyped";

/// A field of a struct: its name, its type, its meaning line by line.
struct Field {
    name: &'static str,
    kind: &'static str,
    doc: Vec<&'static str>,
}

/// All options with their meanings and default values.
///
/// # Errors
/// If a value does not print.
pub(crate) fn print_default() -> Result<String, toml::ser::Error> {
    let defaults = Table::try_from(AsTyped::default())?;
    let mut text = "# All options of postern.toml with their default values.\n".to_owned();
    each_option(&mut text, &mut |text, field, table| {
        for line in &field.doc {
            line_of(text, format_args!("# {line}"));
        }
        match value(&defaults, table, field.name) {
            None => line_of(text, format_args!("# {} =\n", field.name)),
            Some(Value::String(empty)) if empty.is_empty() => line_of(text, format_args!("# {} = \"\"\n", field.name)),
            Some(value) => line_of(text, format_args!("{} = {value}\n", field.name)),
        }
    });
    for list in lists() {
        line_of(&mut text, format_args!("# {} In comments, since there is none by default.", list.doc.join(" ")));
        let head = format!("[[{}]]", list.name);
        commented(&mut text, (&head, list_kind(list.kind)), &Table::try_from(ScannerAsTyped::default())?);
        commented(&mut text, (&format!("[{}.rest]", list.name), "Rest"), &Table::try_from(Rest::default())?);
    }
    Ok(text)
}

// A table in comments; without them it reads back.
fn commented(text: &mut String, (head, kind): (&str, &str), defaults: &Table) {
    line_of(text, format_args!("# {head}"));
    for field in fields(kind).iter().filter(|field| field.kind != "Option<Rest>") {
        for line in &field.doc {
            line_of(text, format_args!("# # {line}"));
        }
        match defaults.get(field.name) {
            None => line_of(text, format_args!("# # {} =", field.name)),
            Some(value) => line_of(text, format_args!("# {} = {value}", field.name)),
        }
    }
}

/// The values in force; what is not the default is marked.
///
/// # Errors
/// If a value does not print.
pub(crate) fn print_in_force(config: &Config) -> Result<String, toml::ser::Error> {
    let (defaults, values) = (Table::try_from(AsTyped::default())?, Table::try_from(&config.values)?);
    let mut text = match &config.origin {
        Origin::File(file) => format!("# From {}; what it does not set has its default value.\n", file.display()),
        Origin::Defaults | Origin::Trial => "# No configuration file was found: the embedded defaults.\n".to_owned(),
    };
    each_option(&mut text, &mut |text, field, table| {
        let default = value(&defaults, table, field.name);
        let Some(value) = value(&values, table, field.name) else { return };
        let mark = match default {
            Some(default) if default == value => String::new(),
            Some(default) => format!("  # default: {default}"),
            None => "  # default: none".to_owned(),
        };
        line_of(text, format_args!("{} = {value}{mark}", field.name));
    });
    for list in lists() {
        let tables = values.get(list.name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table);
        for table in tables {
            let head = format!("\n[[{}]]", list.name);
            marked(&mut text, &head, table, &Table::try_from(ScannerAsTyped::default())?);
            if let Some(rest) = table.get("rest").and_then(Value::as_table) {
                marked(&mut text, &format!("[{}.rest]", list.name), rest, &Table::try_from(Rest::default())?);
            }
        }
    }
    Ok(text)
}

// One of a list of tables; what is not the default is marked.
fn marked(text: &mut String, head: &str, values: &Table, defaults: &Table) {
    line_of(text, format_args!("{head}"));
    for (name, value) in values.iter().filter(|(_, value)| !value.is_table()) {
        let mark = match defaults.get(name) {
            Some(default) if default == value => String::new(),
            Some(default) => format!("  # default: {default}"),
            None => "  # default: none".to_owned(),
        };
        line_of(text, format_args!("{name} = {value}{mark}"));
    }
}

// Lists of tables: they stand behind everything else.
fn lists() -> impl Iterator<Item = Field> {
    fields(ROOT).into_iter().filter(|field| list_kind(field.kind).ends_with(ROOT) && field.kind.starts_with("Vec<"))
}

fn list_kind(kind: &'static str) -> &'static str {
    kind.strip_prefix("Vec<").and_then(|kind| kind.strip_suffix('>')).unwrap_or(kind)
}

// The heads of the tables between the options, in the order of the structs.
fn each_option(text: &mut String, print: &mut dyn FnMut(&mut String, &Field, Option<&str>)) {
    for field in fields(ROOT).into_iter().filter(|field| !field.kind.starts_with("Vec<")) {
        if !field.kind.ends_with(ROOT) {
            print(text, &field, None);
            continue;
        }
        line_of(text, format_args!("\n# {}\n[{}]", field.doc.join(" "), field.name));
        for option in fields(field.kind) {
            print(text, &option, Some(field.name));
        }
    }
}

fn line_of(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a text does not fail.
    let _ = writeln!(text, "{line}");
}

fn value<'v>(values: &'v Table, table: Option<&str>, name: &str) -> Option<&'v Value> {
    match table {
        None => values.get(name),
        Some(table) => values.get(table)?.get(name),
    }
}

fn fields(name: &str) -> Vec<Field> {
    let head = format!("struct {name} {{\n");
    let body = SOURCES.iter().find_map(|source| source.split_once(&head)).map_or("", |(_, body)| body);
    let (mut fields, mut doc) = (Vec::new(), Vec::new());
    for line in body.lines().map_while(|line| (line != "}").then_some(line.trim())) {
        if let Some(text) = line.strip_prefix("/// ") {
            doc.push(text);
        } else if let Some((name, kind)) = line.strip_prefix("pub(crate) ").and_then(|rest| rest.split_once(": ")) {
            fields.push(Field { name, kind: kind.trim_end_matches(','), doc: std::mem::take(&mut doc) });
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_printed_with_its_meaning_and_reads_back() {
        let text = print_default().unwrap();
        let read: AsTyped = toml::from_str(&text).unwrap();
        let defaults = Table::try_from(AsTyped::default()).unwrap();
        assert_eq!(Table::try_from(read).unwrap(), defaults);
        for (table, values) in defaults.iter().filter_map(|(name, value)| Some((name, value.as_table()?))) {
            assert!(text.contains(&format!("\n[{table}]\n")), "{table}");
            for (name, value) in values {
                let lines: Vec<&str> = text.lines().collect();
                let at = lines.iter().position(|line| *line == format!("{name} = {value}"));
                assert!(lines[at.unwrap() - 1].starts_with("# "), "{table}.{name} has no meaning");
            }
        }
        assert!(text.contains("# Recipients of one transaction.\nrecipients_max = 1000\n"), "{text}");
        assert!(text.contains("\n# certificate =\n"), "{text}");
    }

    #[test]
    fn a_table_in_comments_reads_back_and_those_in_force_are_shown() {
        let text = print_default().unwrap();
        let (_, lines) = text.split_once("# [[scanner]]\n").unwrap();
        let bare: String = lines.lines().map(|line| format!("{}\n", line.strip_prefix("# ").unwrap())).collect();
        let read: AsTyped = toml::from_str(&format!("[[scanner]]\n{bare}")).unwrap();
        let wanted = ScannerAsTyped { rest: Some(Rest::default()), ..ScannerAsTyped::default() };
        assert_eq!(read.scanner, [wanted]);
        let file = std::path::Path::new("postern.toml");
        let clamd = "[[scanner]]\nname = \"av\"\nkind = \"clamd\"\naddress = \"/run/c\"\nconnections = 9\n";
        let shown = print_in_force(&super::super::parse(file, clamd).unwrap()).unwrap();
        assert!(shown.contains("\n[[scanner]]\n") && shown.contains("\nconnections = 9  # default: 4\n"), "{shown}");
        let read: AsTyped = toml::from_str(&shown).unwrap();
        assert_eq!(read.scanner[0].address, "/run/c");
    }

    #[test]
    fn what_is_not_a_default_is_marked() {
        let file = std::path::Path::new("postern.toml");
        let config = super::super::parse(file, "hostname = \"gw.example\"\n[limits]\nrecipients_max = 200\n").unwrap();
        let text = print_in_force(&config).unwrap();
        assert!(text.starts_with("# From postern.toml"), "{text}");
        assert!(text.contains("\nrecipients_max = 200  # default: 1000\n"), "{text}");
        assert!(text.contains("\ndrain_seconds = 30\n"), "{text}");
        let read: AsTyped = toml::from_str(&text).unwrap();
        assert_eq!(read.limits.recipients_max, 200);
    }
}

//! `config default` and `config show`: the options as a file with their meanings. These are the doc comments of the structs
//! that read the file, so that nothing is written twice.

use std::fmt::Write as _;

use toml::{Table, Value};

use super::{AsTyped, Config, Origin};

/// Where the structs stand.
const SOURCES: [&str; 3] = [include_str!("../config.rs"), include_str!("listen.rs"), include_str!("process.rs")];
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
    Ok(text)
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
    Ok(text)
}

// The heads of the tables between the options, in the order of the structs.
fn each_option(text: &mut String, print: &mut dyn FnMut(&mut String, &Field, Option<&str>)) {
    for field in fields(ROOT) {
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
        assert!(text.contains("# Largest message, bytes.\nmessage_bytes_max = 50000000\n"), "{text}");
        assert!(text.contains("\n# certificate =\n"), "{text}");
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

//! `postern policy`: show the rules, and explain what they do with a message.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use policy::builtin;
use policy::explain::{Explanation, RuleExplanation, RuleOutcome};
use scan::decision::Ruling;
use scan::verdict::Verdict;
use serde_json::{Value, json};

use super::output::{joined, print, print_json, text};
use super::scan::{Envelope, Judge, show};
use super::table::Column;
use super::{Global, configuration, table};
use crate::control::protocol::{Fault, exit};
use crate::settings;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List policies in force
    List,
    /// Print a policy as text; copy a built-in one into settings/policy/NAME.toml to change it
    Show {
        /// `observe`, `standard`, or a name of the settings folder
        name: String,
    },
    /// Say what is decided about a message, and which rules made it so
    Explain(Explain),
}

#[derive(Args)]
pub(crate) struct Explain {
    /// The message; `-` is standard input
    message: PathBuf,
    /// Show all rules with all parts of their conditions
    #[arg(long)]
    all: bool,
    /// Never ask DNS: results of authentication are `none`
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    envelope: Envelope,
}

pub(crate) fn run(global: &Global, command: &Command) -> Result<u8, Fault> {
    match command {
        Command::List => list(global),
        Command::Show { name } => show(global, name),
        Command::Explain(arguments) => explain(global, arguments),
    }
}

fn list(global: &Global) -> Result<u8, Fault> {
    let settings = load(global)?;
    let rows: Vec<Value> = settings
        .in_force
        .policies
        .by_name
        .iter()
        .map(|(name, policy)| {
            let decides = settings.in_force.policies.by_domain.iter().filter(|(_, policy)| *policy == name);
            json!({ "name": name, "rules": policy.rules.len(), "domains": decides.map(|(domain, _)| domain).collect::<Vec<_>>() })
        })
        .collect();
    if global.json {
        print_json(&json!({ "rows": rows }));
        return Ok(exit::OK);
    }
    let columns = [Column::whole("POLICY"), Column::whole("RULES"), Column::flow("DECIDES FOR")];
    let cells = rows.iter().map(|row| {
        let rules = row.get("rules").and_then(Value::as_u64).unwrap_or(0).to_string();
        vec![text(row, "name").to_owned(), rules, joined(row, "domains", ", ")]
    });
    print(&table::set(&columns, &cells.collect::<Vec<_>>(), table::terminal_columns()));
    Ok(exit::OK)
}

fn load(global: &Global) -> Result<settings::Settings, Fault> {
    let config = configuration(global)?;
    Ok(settings::load(&config.values.settings)?)
}

fn show(global: &Global, name: &str) -> Result<u8, Fault> {
    let config = configuration(global)?;
    let file = config.values.settings.join("policy").join(format!("{name}.toml"));
    let of_site = || std::fs::read_to_string(&file).ok().filter(|_| !name.contains(['/', '.']));
    let Some(text) = of_site().or_else(|| builtin::builtin(name).map(str::to_owned)) else {
        let hint = format!("built in are {}; `postern policy list` lists all", builtin::NAMES.join(" and "));
        return Err(Fault::usage(format!("there is no policy {name:?}"), hint));
    };
    if global.json {
        print_json(&json!({ "name": name, "text": text }));
    } else {
        print(&text);
    }
    Ok(exit::OK)
}

fn explain(global: &Global, arguments: &Explain) -> Result<u8, Fault> {
    let judge = Judge::open_with(global, arguments.offline, &[])?;
    let judged = judge.file(&arguments.message, &arguments.envelope)?;
    let processed = &judged.processed;
    let verdict = &processed.concluded.verdict;
    for (ruling, name) in processed.concluded.decision.per_recipient.iter().zip(&processed.policy_names) {
        let Some(policy) = judge.policy(name) else { continue };
        let explanation = policy::explain::explain(policy, &processed.gathered, verdict, &ruling.recipient);
        if global.json {
            print_json(&as_json(ruling, verdict, (name, &explanation)));
            continue;
        }
        let recipient = table::harmless(&ruling.recipient.address.to_string());
        let (word, because) = (ruling.word(), explanation.because(&ruling.because));
        let sure = show::sureness(verdict);
        print(&format!("{recipient}: {word} ({because}), policy {name}, {}{sure}\n", verdict.class.word()));
        let lines = if arguments.all { explanation.lines() } else { explanation.deciding_lines() };
        for line in &lines {
            print(&format!("  {}\n", table::harmless(line)));
        }
    }
    Ok(exit::OK)
}

fn as_json(ruling: &Ruling, verdict: &Verdict, (policy, explanation): (&str, &Explanation)) -> Value {
    let rule = |rule: &RuleExplanation| {
        let (causes, instead) = match &rule.outcome {
            RuleOutcome::Undetermined { causes, instead } => (causes.as_slice(), *instead),
            _ => (&[][..], None),
        };
        json!({
            "rule": rule.id, "outcome": rule.outcome.word(), "causes": causes, "instead": instead,
            "actions": rule.actions, "note": rule.note,
        })
    };
    json!({
        "recipient": ruling.recipient.address.to_string(),
        "decision": ruling.word(),
        "because": ruling.because.iter().map(|rule| rule.0.as_str()).collect::<Vec<_>>(),
        "policy": policy,
        "class": verdict.class.word(),
        "probability": verdict.bad(),
        "rules": explanation.rules.iter().map(rule).collect::<Vec<_>>(),
    })
}

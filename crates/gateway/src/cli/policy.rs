//! `postern policy`: show the rules, and explain what they do with a message.

use std::path::PathBuf;

use clap::Subcommand;
use policy::builtin;
use serde_json::{Value, json};

use super::output::{print, print_json};
use super::scan::{Envelope, Judge};
use super::{Global, configuration};
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
    /// Say for every rule what it does with a message, and why
    Explain {
        /// The message
        message: PathBuf,
        #[command(flatten)]
        envelope: Envelope,
    },
}

pub(crate) fn run(global: &Global, command: &Command) -> Result<u8, Fault> {
    match command {
        Command::List => list(global),
        Command::Show { name } => show(global, name),
        Command::Explain { message, envelope } => explain(global, message, envelope),
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
    for row in &rows {
        let rules = row.get("rules").and_then(Value::as_u64).unwrap_or(0);
        print(&format!(
            "{:<20} {rules:>3} rules  {}\n",
            super::output::text(row, "name"),
            super::output::joined(row, "domains", ", ")
        ));
    }
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
    print(&text);
    Ok(exit::OK)
}

fn explain(global: &Global, message: &std::path::Path, envelope: &Envelope) -> Result<u8, Fault> {
    let judge = Judge::open(global)?;
    let judged = judge.file(message, envelope)?;
    for (recipient, name) in judged.processed.gathered.envelope.recipients.iter().zip(&judged.processed.policy_names) {
        let Some(policy) = judge.policy(name) else { continue };
        let verdict = &judged.processed.concluded.verdict;
        let explanation = policy::explain::explain(policy, &judged.processed.gathered, verdict, recipient);
        if global.json {
            let rules: Vec<Value> = explanation
                .rules
                .iter()
                .map(|rule| json!({ "rule": rule.id, "outcome": format!("{:?}", rule.outcome), "actions": rule.actions, "note": rule.note }))
                .collect();
            print_json(&json!({ "recipient": recipient.address.to_string(), "policy": name, "rules": rules }));
            continue;
        }
        let address = super::table::harmless(&recipient.address.to_string());
        print(&format!("{address}, policy {name}, class {}, bad {:.3}\n", verdict.class.word(), verdict.bad()));
        for line in explanation.lines() {
            print(&format!("  {}\n", super::table::harmless(&line)));
        }
    }
    Ok(exit::OK)
}

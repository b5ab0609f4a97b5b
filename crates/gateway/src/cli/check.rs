//! `postern config`: print and check.

use clap::Subcommand;
use serde_json::json;

use super::output::{print, print_json};
use super::{Global, configuration};
use crate::config::AsTyped;
use crate::control::protocol::{Fault, exit};
use crate::settings;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print all options with their default values
    Default,
    /// Check configuration and settings whole, as start and reload do
    Check,
    /// Print the configuration in force, defaults filled in
    Show,
}

pub(crate) fn run(global: &Global, command: &Command) -> Result<u8, Fault> {
    let unprintable =
        |error: &dyn std::fmt::Display| Fault::unavailable(format!("the configuration does not print: {error}"), "");
    match command {
        Command::Default | Command::Show => {
            let values = match command {
                Command::Default => AsTyped::default(),
                _ => configuration(global)?.values,
            };
            if global.json {
                print_json(&serde_json::to_value(&values).map_err(|error| unprintable(&error))?);
            } else {
                print(&toml::to_string_pretty(&values).map_err(|error| unprintable(&error))?);
            }
        }
        Command::Check => {
            let config = configuration(global)?;
            let settings = settings::load(&config.values.settings)?;
            let domains = settings.domains.all().len();
            let policies = settings.in_force.policies.by_name.len();
            if global.json {
                print_json(&json!({ "domains": domains, "policies": policies, "warnings": settings.warnings }));
            } else {
                for warning in &settings.warnings {
                    print(&format!("warning: {warning}\n"));
                }
                print(&format!("Good: {domains} domains, {policies} policies.\n"));
            }
        }
    }
    Ok(exit::OK)
}

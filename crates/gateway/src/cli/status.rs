//! `postern status` and `postern reload`.

use serde_json::Value;

use super::output::{joined, print, print_json, text};
use super::table;
use super::{Global, ask};
use crate::control::protocol::{Fault, Request, exit};

/// Says how the gateway is.
pub(crate) fn show(global: &Global) -> Result<u8, Fault> {
    let value = ask(global, Request::Status)?;
    let healthy = value.get("healthy").and_then(Value::as_bool) == Some(true);
    if global.json {
        print_json(&value);
    } else {
        let running = value.get("running").and_then(Value::as_bool) == Some(true);
        print(if running { "The gateway runs.\n" } else { "No gateway runs on this data folder.\n" });
        if !healthy {
            print("The disk failed: no mail is accepted until it is started again.\n");
        }
        let paused = joined(&value, "paused", ", ").replace('*', "all destinations");
        if !paused.is_empty() {
            print(&format!("Deliveries are paused: {}.\n", table::harmless(&paused)));
        }
        for (name, count) in value.get("account").and_then(Value::as_object).into_iter().flatten() {
            print(&format!("  {name:<12} {count}\n"));
        }
    }
    Ok(if healthy { exit::OK } else { exit::FOUND })
}

/// Makes the daemon read configuration and settings again.
pub(crate) fn reload(global: &Global) -> Result<u8, Fault> {
    let value = ask(global, Request::Reload)?;
    if global.json {
        print_json(&value);
    } else {
        print(&format!("{}\n", text(&value, "message")));
    }
    Ok(exit::OK)
}

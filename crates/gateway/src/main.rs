//! `postern`: the secure email gateway, one binary for all roles.

mod cli;
mod config;
mod control;
mod data;
mod gateway;
mod logging;
mod offline;
mod paused;
mod privileges;
mod scanners;
mod session;
mod settings;
mod signatures;
mod stop;
mod trial;

use std::process::ExitCode;

use clap::Parser;

use crate::config::{Config, Sandbox};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The first word of the child that opens hostile content: the gateway alone starts it, so the command line does not know it.
const WORKER_WORD: &str = "unpack-worker";

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let word = words.next().unwrap_or_default();
    if word == WORKER_WORD {
        return ExitCode::from(worker_child(&words.next().unwrap_or_default().to_string_lossy()));
    }
    if word == scanners::OCR_WORD {
        return ExitCode::from(ocr_child(words));
    }
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        // Before it is parsed, nobody can know better whether JSON is wanted.
        Err(error) if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") => {
            let fault = cli::misread(&error);
            cli::output::print_fault(&fault, true);
            return ExitCode::from(fault.exit);
        }
        Err(error) => error.exit(),
    };
    let json = cli.global.json;
    match cli::run(cli) {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            cli::output::print_fault(&fault, json);
            ExitCode::from(fault.exit)
        }
    }
}

/// Runs as the child that opens hostile content.
fn worker_child(sandbox: &str) -> u8 {
    worker::child_main(self::sandbox(sandbox_of(sandbox)))
}

/// Kind of sandbox, program, languages.
fn ocr_child(mut words: impl Iterator<Item = std::ffi::OsString>) -> u8 {
    let sandbox = words.next().unwrap_or_default();
    let (program, languages) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    worker::ocr_main(self::sandbox(sandbox_of(&sandbox.to_string_lossy())), &program, &languages)
}

fn sandbox_of(word: &str) -> Sandbox {
    if word == sandbox_word(Sandbox::SeccompOnly) { Sandbox::SeccompOnly } else { Sandbox::Full }
}

/// Cores of this machine; two where nobody knows.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

/// The word of the worker's command line.
const fn sandbox_word(sandbox: Sandbox) -> &'static str {
    match sandbox {
        Sandbox::Full => "full",
        Sandbox::SeccompOnly => "seccomp-only",
    }
}

/// As the worker crate says it.
const fn sandbox(sandbox: Sandbox) -> worker::Sandbox {
    match sandbox {
        Sandbox::Full => worker::Sandbox::Full,
        Sandbox::SeccompOnly => worker::Sandbox::SeccompOnly,
    }
}

/// The sources of facts that the configuration names.
fn sources(config: &Config) -> lookup::LookupSettings {
    use lookup::{DnsListSettings, ListKind, LookupSettings};
    let dns = &config.values.dns;
    let list = |kind| {
        move |zone: &String| {
            Some(DnsListSettings { zone: mail::address::Domain::parse(zone).ok()?, kind, codes: Vec::new() })
        }
    };
    let client = dns.client_lists.iter().filter_map(list(ListKind::Client));
    let domain = dns.domain_lists.iter().filter_map(list(ListKind::Domain));
    LookupSettings { dns_lists: client.chain(domain).collect(), ..LookupSettings::default() }
}

/// The resolver that the configuration names.
fn resolver(config: &Config) -> Result<net::dns::Dns, net::dns::DnsSetupError> {
    let servers = match config.values.dns.servers.as_slice() {
        [] => net::dns::Servers::System,
        servers => net::dns::Servers::List(servers.to_vec()),
    };
    net::dns::Dns::new(&net::dns::DnsSettings { servers, ..net::dns::DnsSettings::default() })
}

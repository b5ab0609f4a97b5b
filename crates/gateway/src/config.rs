//! `postern.toml`: what is static (listeners, store, TLS, roles). Everything that a site edits lives in the settings folder,
//! see [`crate::settings`]. As typed and as compiled are two types: [`AsTyped`] here, the rest of the program sees only what
//! [`compile`] made of it.

mod error;
mod listen;
mod printed;
mod process;
mod scanners;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use error::ConfigError;
pub(crate) use listen::{DnsAsTyped, HttpAsTyped, InboundAsTyped, OutboundAsTyped, TlsAsTyped};
pub(crate) use printed::{print_default, print_in_force};
pub(crate) use process::{
    LimitsAsTyped, LogAsTyped, LogFormat, ProcessAsTyped, Sandbox, ScanAsTyped, SignaturesAsTyped,
};
pub(crate) use scanners::{FilesAsTyped, IcapMethodAsTyped, OcrAsTyped, Rest, ScannerAsTyped, ScannerKindAsTyped};

/// The file as a person types it. Every field may be left out.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AsTyped {
    /// Name of this gateway in banner, Received and Authentication-Results fields. Default: the host's name.
    pub(crate) hostname: String,
    /// Folder of queue, quarantine and journal. One process owns it.
    pub(crate) data: PathBuf,
    /// Folder of site settings: `domains.toml`, `policy/*.toml`. Read only.
    pub(crate) settings: PathBuf,
    /// Where mail from the Internet comes in.
    pub(crate) inbound: InboundAsTyped,
    /// Where mail of our own machines comes in.
    pub(crate) outbound: OutboundAsTyped,
    /// Certificate of the listeners.
    pub(crate) tls: TlsAsTyped,
    /// Which DNS servers to ask.
    pub(crate) dns: DnsAsTyped,
    /// Metrics and health.
    pub(crate) http: HttpAsTyped,
    /// What to log, and how.
    pub(crate) log: LogAsTyped,
    /// Limits of sessions and messages.
    pub(crate) limits: LimitsAsTyped,
    /// Scanning inside the session.
    pub(crate) scan: ScanAsTyped,
    /// Rules of signatures and hash lists.
    pub(crate) signatures: SignaturesAsTyped,
    /// Text in pictures.
    pub(crate) ocr: OcrAsTyped,
    /// User and sandbox.
    pub(crate) process: ProcessAsTyped,
    /// Outside scanners of files: anti-virus and sandboxes, a table for each.
    pub(crate) scanner: Vec<ScannerAsTyped>,
}

impl Default for AsTyped {
    fn default() -> Self {
        Self {
            hostname: String::new(),
            data: "./postern-data".into(),
            settings: "./settings".into(),
            inbound: InboundAsTyped::default(),
            outbound: OutboundAsTyped::default(),
            tls: TlsAsTyped::default(),
            dns: DnsAsTyped::default(),
            http: HttpAsTyped::default(),
            log: LogAsTyped::default(),
            limits: LimitsAsTyped::default(),
            scan: ScanAsTyped::default(),
            signatures: SignaturesAsTyped::default(),
            ocr: OcrAsTyped::default(),
            process: ProcessAsTyped::default(),
            scanner: Vec::new(),
        }
    }
}

/// The configuration in force: every path absolute, every value checked.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// The values.
    pub(crate) values: AsTyped,
    /// Where they came from.
    pub(crate) origin: Origin,
    /// Networks that may send outbound.
    pub(crate) outbound_networks: Vec<ipnet::IpNet>,
}

/// Where a configuration came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// This file.
    File(PathBuf),
    /// The embedded defaults, because there is no file.
    Defaults,
    /// `postern try` made it.
    Trial,
}

/// Reads and checks a file.
///
/// # Errors
/// [`ConfigError`] with file, line, column, reason and hint.
pub(crate) fn load(file: &Path) -> Result<Config, ConfigError> {
    parse(file, &read(file)?)
}

fn read(file: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(file).map_err(|error| {
        let hint = "`postern init` writes one; `postern config default` prints all options";
        ConfigError::unreadable(file, &error).or_hint(hint)
    })
}

/// The data folder that a file names, whatever else stands in it: a mistake must not keep commands from a running daemon.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn data_folder(file: &Path) -> Result<PathBuf, ConfigError> {
    let text = read(file)?;
    // Only the top of the file, each line for itself: the rest may not even be TOML.
    let top = text.lines().take_while(|line| !line.trim_start().starts_with('['));
    let named = top.filter_map(|line| toml::from_str::<toml::Table>(line).ok()?.remove("data"));
    let named = named.last().and_then(|value| value.as_str().map(PathBuf::from));
    let base = file.parent().unwrap_or_else(|| Path::new("."));
    Ok(base.join(named.unwrap_or_else(|| AsTyped::default().data)))
}

/// Checks the text of a file.
///
/// # Errors
/// As [`load`].
pub(crate) fn parse(file: &Path, text: &str) -> Result<Config, ConfigError> {
    let mut values: AsTyped = toml::from_str(text).map_err(|error| ConfigError::toml(file, text, &error))?;
    let base = file.parent().unwrap_or_else(|| Path::new("."));
    for path in [&mut values.data, &mut values.settings] {
        *path = base.join(&*path);
    }
    for path in [&mut values.tls.certificate, &mut values.tls.key].into_iter().flatten() {
        *path = base.join(&*path);
    }
    for path in values.signatures.rules.iter_mut().chain(&mut values.signatures.hashes) {
        *path = base.join(&*path);
    }
    for path in values.scanner.iter_mut().flat_map(|scanner| [&mut scanner.ca_file, &mut scanner.token_file]).flatten()
    {
        *path = base.join(&*path);
    }
    compile(values, Origin::File(file.to_owned())).map_err(|error| error.located(file, text))
}

/// The embedded defaults, for a start without a file.
///
/// # Errors
/// Only if the host has no usable name.
pub(crate) fn defaults() -> Result<Config, ConfigError> {
    compile(AsTyped::default(), Origin::Defaults)
}

fn compile(mut values: AsTyped, origin: Origin) -> Result<Config, ConfigError> {
    if values.hostname.is_empty() {
        values.hostname = host_name();
    }
    if mail::address::Domain::parse(&values.hostname).is_err() {
        return Err(ConfigError::value("hostname", "it is not a domain name", "for instance gw.example.com"));
    }
    let outbound_networks = values.outbound.compile()?;
    values.inbound.check()?;
    values.tls.check()?;
    values.limits.check()?;
    values.scan.check()?;
    values.ocr.check()?;
    scanners::check(&values.scanner)?;
    values.dns.check()?;
    values.log.check()?;
    listen::check_overlap(&values.inbound, &values.outbound, &values.http)?;
    Ok(Config { values, origin, outbound_networks })
}

fn host_name() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().to_ascii_lowercase();
    if mail::address::Domain::parse(&name).is_ok() { name } else { "localhost".to_owned() }
}

#[cfg(test)]
mod tests;

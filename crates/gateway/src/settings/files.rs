//! The files of the settings folder: which there must be, which are read, and which lie there unread.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use policy::builtin;

use crate::config::ConfigError;

/// Bytes of one settings file.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Policies of a site, and other entries of a folder that are looked at.
const ENTRIES_MAX: usize = 1_000;
/// The file of the domains.
const DOMAINS: &str = "domains.toml";
/// The folder of the policies.
const POLICY: &str = "policy";

/// What was read.
pub(super) struct Texts {
    /// Text of the domains; empty where there is no file.
    pub(super) domains: String,
    /// Name -> (file for messages, text). A file of the site stands before a built-in policy of its name.
    pub(super) policies: BTreeMap<String, (String, String)>,
    /// The files.
    pub(super) files: Vec<PathBuf>,
    /// What lies there and is not read.
    pub(super) unread: Vec<PathBuf>,
}

/// The domains file of a folder.
pub(super) fn domains_file(folder: &Path) -> PathBuf {
    folder.join(DOMAINS)
}

/// Reads all of a folder.
///
/// # Errors
/// If something is there and cannot be read.
pub(super) fn read_all(folder: &Path) -> Result<Texts, ConfigError> {
    let mut texts = Texts { domains: String::new(), policies: built_in(), files: Vec::new(), unread: Vec::new() };
    let file = domains_file(folder);
    if is_there(&file)? {
        texts.domains = read(&file)?;
        texts.files.push(file);
    }
    for entry in entries(folder)? {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if ![DOMAINS, POLICY].contains(&name.as_str()) && !is_by_the_way(&name) {
            texts.unread.push(entry);
        }
    }
    for file in entries(&folder.join(POLICY))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match name.strip_suffix(".toml") {
            Some(policy) if !name.starts_with('.') => {
                texts.policies.insert(policy.to_owned(), (file.display().to_string(), read(&file)?));
                texts.files.push(file);
            }
            _ if is_by_the_way(&name) => {}
            _ => texts.unread.push(file),
        }
    }
    Ok(texts)
}

/// Where a configuration names a folder, it and its domains must be there: a path with a typing mistake or a disk that is
/// not mounted must not pass for a gateway without domains.
///
/// # Errors
/// Which of the two is missing, and what to do.
pub(super) fn require(folder: &Path) -> Result<(), ConfigError> {
    let shown = folder.display();
    if !is_there(folder)? {
        let hint = format!(
            "`settings` names it; postern init writes one, or: mkdir -p {shown}/policy, and write {shown}/{DOMAINS}"
        );
        return Err(ConfigError::other(shown.to_string(), "there is no such settings folder").or_hint(&hint));
    }
    if is_there(&domains_file(folder))? {
        return Ok(());
    }
    let near = entries(folder)?.into_iter().find(|entry| {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        strsim::damerau_levenshtein(&name, DOMAINS) <= 3
    });
    let hint = match near {
        Some(near) => format!("{} is there: mv {} {shown}/{DOMAINS}", near.display(), near.display()),
        None => format!("postern init writes one; for a gateway that relays for no domain: touch {shown}/{DOMAINS}"),
    };
    let place = domains_file(folder).display().to_string();
    Err(ConfigError::other(place, "there is no such file: no domain would be relayed for").or_hint(&hint))
}

/// The built-in policies.
pub(super) fn built_in() -> BTreeMap<String, (String, String)> {
    let named = builtin::NAMES.iter().filter_map(|name| Some((*name, builtin::builtin(name)?)));
    named.map(|(name, text)| (name.to_owned(), (format!("builtin:{name}"), text.to_owned()))).collect()
}

/// What may not be looked at is a mistake, not an absence.
pub(super) fn is_there(path: &Path) -> Result<bool, ConfigError> {
    path.try_exists().map_err(|error| ConfigError::unreadable(path, &error))
}

// Version control, editors, a note for colleagues.
fn is_by_the_way(name: &str) -> bool {
    name.starts_with('.') || name.ends_with(".md")
}

// In order of their names; none of a folder that is not there.
fn entries(folder: &Path) -> Result<BTreeSet<PathBuf>, ConfigError> {
    if !is_there(folder)? {
        return Ok(BTreeSet::new());
    }
    let unreadable = |error: std::io::Error| ConfigError::unreadable(folder, &error);
    let read = std::fs::read_dir(folder).map_err(unreadable)?.take(ENTRIES_MAX);
    read.map(|entry| entry.map(|entry| entry.path()).map_err(unreadable)).collect()
}

fn read(file: &Path) -> Result<String, ConfigError> {
    let size = std::fs::metadata(file).map_err(|error| ConfigError::unreadable(file, &error))?.len();
    if size > FILE_BYTES_MAX {
        return Err(ConfigError::other(file.display().to_string(), format!("is larger than {FILE_BYTES_MAX} bytes")));
    }
    std::fs::read_to_string(file).map_err(|error| ConfigError::unreadable(file, &error))
}

//! A policy: the rules of one file, in order, with the lists that they name.
//!
//! A policy is its text: the same text gives the same decisions, so the store keeps texts by content hash. What a policy needs
//! from other settings (the site's own domains, lists kept elsewhere) is therefore written into the text as its last table
//! `[site]`, by [`with_site`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

use scan::decision::RuleId;
use scan::question::Question;

use crate::condition::Lists;
use crate::error::{Fault, PolicyError};
use crate::limits::RULES_MAX;
use crate::names::Name;
use crate::preset::{Preset, Thresholds};
use crate::rule::{self, Rule};
use crate::settings::{self, At, Keys, texts_of, unknown_word};

/// A policy, ready to decide.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name; ids of rules in the journal begin with it.
    pub name: String,
    /// How strict it is.
    pub preset: Preset,
    /// In order.
    pub rules: Vec<Rule>,
    /// Required checks without which mail may be delivered all the same: the operator has said so by name.
    pub deliver_without: Vec<String>,
}

impl Policy {
    /// Reads the TOML form; `file` is for messages.
    ///
    /// # Errors
    /// [`PolicyError`] with file, line, column and a hint.
    pub fn parse(file: &str, text: &str) -> Result<Self, PolicyError> {
        parse(text).map_err(|fault| fault.in_file(file, text))
    }

    /// What its rules ask of the content, each once, in a stable order.
    #[must_use]
    pub fn questions(&self) -> Vec<Question> {
        let mut questions = BTreeSet::new();
        for rule in &self.rules {
            rule.when.questions(&mut questions);
        }
        questions.into_iter().collect()
    }

    /// The texts that rules look for in the list of this name, each with the rule: what is in such a list is known elsewhere.
    #[must_use]
    pub fn looked_for_in(&self, list: Name) -> Vec<(RuleId, &str)> {
        let of_rule = |rule| move |text| (self.rule_id(rule), text);
        self.rules.iter().flat_map(|rule| rule.when.looked_for_in(list).into_iter().map(of_rule(rule))).collect()
    }

    /// Of its preset.
    #[must_use]
    pub const fn thresholds(&self) -> Thresholds {
        self.preset.thresholds()
    }

    /// Name of a rule as it stands in decisions.
    #[must_use]
    pub fn rule_id(&self, rule: &Rule) -> RuleId {
        RuleId(format!("{}/{}", self.name, rule.id))
    }
}

fn parse(text: &str) -> Result<Policy, Fault> {
    let document = settings::parse(text)?;
    let mut keys = Keys::of(document.get_ref(), 0..0);
    let name = keys.needed("name", "the first line of a policy: name = \"standard\"")?;
    check_name(&name)?;
    let preset = match keys.text("preset")? {
        None => Preset::default(),
        Some(word) => Preset::from_word(&word.value).ok_or_else(|| unknown_word(&word, "preset", &Preset::WORDS))?,
    };
    let lists = lists(&mut keys)?;
    let deliver_without = keys.texts("deliver_without")?.unwrap_or_default();
    let tables = keys.tables("rule")?;
    keys.finish()?;
    if let Some(first_beyond) = tables.get(RULES_MAX) {
        return Err(Fault::new(first_beyond.span.start, format!("more than {RULES_MAX} rules")));
    }
    let mut rules = Vec::with_capacity(tables.len());
    let mut seen: HashMap<String, usize> = HashMap::new();
    for table in tables {
        let rule = rule::parse(table, text, &lists)?;
        if let Some(first) = seen.insert(rule.id.clone(), rule.at) {
            let line = Fault::new(first, "").in_file("", text).line;
            return Err(Fault::new(rule.at, format!("a second rule `{}`", rule.id))
                .hint(format!("the first stands in line {line}; ids are names in the journal")));
        }
        rules.push(rule);
    }
    let deliver_without = deliver_without.into_iter().map(|check| check.value).collect();
    Ok(Policy { name: name.value, preset, rules, deliver_without })
}

fn check_name(name: &At<String>) -> Result<(), Fault> {
    let good = !name.value.is_empty() && name.value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if good {
        return Ok(());
    }
    Err(Fault::new(name.span.start, format!("`{}` is no name of a policy", name.value))
        .hint("letters, digits, - _ and ."))
}

// `[lists]`, then what `[site]` adds; where both name a list, its items add up.
fn lists(keys: &mut Keys<'_>) -> Result<Lists, Fault> {
    let mut lists = Lists::default();
    if let Some(table) = keys.table("lists")? {
        add_lists(&mut lists, table)?;
    }
    if let Some(mut site) = keys.table("site")? {
        let domains = site.texts("domains")?.unwrap_or_default();
        lists.site_domains = domains.into_iter().map(|domain| domain.value).collect();
        if let Some(table) = site.table("lists")? {
            add_lists(&mut lists, table)?;
        }
        site.finish()?;
    }
    Ok(lists)
}

fn add_lists(lists: &mut Lists, table: Keys<'_>) -> Result<(), Fault> {
    for (name, value) in table.free() {
        let good = !name.value.is_empty() && name.value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !good || name.value.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(Fault::new(name.span.start, format!("`{}` is no name of a list", name.value))
                .hint("letters, digits and _, for instance partners"));
        }
        let items = texts_of(value, name.value)?.into_iter().map(|item| item.value);
        lists.named.entry(name.value.to_owned()).or_default().extend(items);
    }
    Ok(())
}

/// What a policy's text does not say by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The domains that this site relays for.
    pub domains: Vec<String>,
    /// Lists kept outside of the policy.
    pub lists: BTreeMap<String, Vec<String>>,
}

/// The text with the site's own settings at its end, so that it decides alone; lines before keep their numbers. A text that
/// has a table `[site]` already is left as it is.
#[must_use]
pub fn with_site(text: &str, site: &Site) -> String {
    let has_site = settings::parse(text).is_ok_and(|document| document.get_ref().contains_key("site"));
    if has_site || *site == Site::default() {
        return text.to_owned();
    }
    let mut whole = text.to_owned();
    if !whole.ends_with('\n') {
        whole.push('\n');
    }
    // Writing to a String does not fail.
    let _ = writeln!(whole, "\n[site]\ndomains = {}", array(&site.domains));
    if !site.lists.is_empty() {
        let _ = writeln!(whole, "[site.lists]");
    }
    for (name, items) in &site.lists {
        let _ = writeln!(whole, "{} = {}", quoted(name), array(items));
    }
    whole
}

fn array(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", items.join(", "))
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests;

//! Weights: data with a version, read from a file, named in the journal by its content hash.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::class::Class;

/// Log-odds per class and evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Version of the file, for people; the journal keeps its hash.
    pub version: String,
    /// Fitted to data with calibrated probabilities.
    pub calibrated: bool,
    /// Log-odds of each bad class (and bulk) against clean without any evidence.
    pub prior: BTreeMap<Class, f64>,
    /// What one piece of evidence at full strength adds, by evidence and class.
    pub evidence: BTreeMap<String, BTreeMap<Class, f64>>,
}

/// Why a weights file was refused.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// Not TOML of this form.
    #[error("weights: {0}")]
    Form(#[from] toml::de::Error),
    /// A class that does not exist.
    #[error("weights: no class is called {0:?}; there are bulk, spam, phishing, malware, policy")]
    Class(String),
    /// A number that is none.
    #[error("weights: {0} is not a finite number")]
    Number(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AsTyped {
    version: String,
    calibrated: bool,
    prior: BTreeMap<String, f64>,
    evidence: BTreeMap<String, BTreeMap<String, f64>>,
}

impl Weights {
    /// Reads the TOML form.
    ///
    /// # Errors
    /// [`WeightsError`] names the place.
    pub fn parse(text: &str) -> Result<Self, WeightsError> {
        let typed: AsTyped = toml::from_str(text)?;
        let mut evidence = BTreeMap::new();
        for (name, row) in typed.evidence {
            let row = compile_row(&name, row)?;
            evidence.insert(name, row);
        }
        let prior = compile_row("prior", typed.prior)?;
        Ok(Self { version: typed.version, calibrated: typed.calibrated, prior, evidence })
    }
}

fn compile_row(name: &str, row: BTreeMap<String, f64>) -> Result<BTreeMap<Class, f64>, WeightsError> {
    let mut compiled = BTreeMap::new();
    for (word, value) in row {
        let class = match Class::from_word(&word) {
            Some(Class::Clean | Class::Unscannable) | None => return Err(WeightsError::Class(word)),
            Some(class) => class,
        };
        if !value.is_finite() {
            return Err(WeightsError::Number(format!("{name}.{word}")));
        }
        compiled.insert(class, value);
    }
    Ok(compiled)
}

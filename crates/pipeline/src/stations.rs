//! What the line works with: handed in whole, swapped whole, never changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use detect::Knowledge;
use lookup::Sources;
use net::clock::Clock;
use net::dns::Dns;
use scan::question::Question;
use signatures::HashList;
use worker::{Opener, Wanted};

use crate::aside::Aside;
use crate::pictures::Pictures;
use crate::record::Versions;
use crate::replay::InForce;
use crate::scan_files::FileChecks;

/// The stations of the line and what is in force at them.
#[derive(Clone)]
pub struct Stations {
    /// Opens hostile content.
    pub opener: Arc<dyn Opener>,
    /// Where large messages are worked on here.
    pub aside: Aside,
    /// Outside scanners of files.
    pub file_checks: Arc<FileChecks>,
    /// Reads the text of pictures; none: that is not done.
    pub pictures: Option<Arc<Pictures>>,
    /// Lists that hashes of files are held against.
    pub known_files: Arc<Vec<HashList>>,
    /// The resolver; none: DNS is not asked (a scan that must not use the network).
    pub dns: Option<Arc<Dns>>,
    /// Sources of facts.
    pub sources: Arc<Sources>,
    /// Time, for caches.
    pub clock: Arc<dyn Clock>,
    /// Lists of the detectors.
    pub knowledge: Arc<Knowledge>,
    /// Weights and policies.
    pub in_force: InForce,
    /// What the policies ask of the content, each under its key, in the order of keys.
    pub questions: Vec<(String, Question)>,
    /// Content hashes of all this, for the journal.
    pub versions: Arc<Versions>,
}

impl Stations {
    /// Whether somebody wants the bytes of what is found beside its content.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        if self.pictures.is_some() { Wanted::ContentAndFiles } else { self.file_checks.wanted() }
    }

    /// The questions of all policies, each once, by their keys.
    #[must_use]
    pub fn questions_of(in_force: &InForce) -> Vec<(String, Question)> {
        let all = in_force.policies.by_name.values().flat_map(|policy| policy.questions());
        let unique: BTreeMap<String, Question> = all.map(|question| (question.key(), question)).collect();
        unique.into_iter().collect()
    }
}

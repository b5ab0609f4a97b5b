//! What outside scanners say, as detectors tell it: one hit for each scanner, its first file.

use scan::Scan;
use scan::evidence::{Arg, Place};
use scan::facts::{Said, ScannedFile, ScannerFact, ScannerKind};

use crate::detector::{content, meta, name};

/// Place of the message as it came.
const MESSAGE: &str = "message";

/// A file that a scanner said something of.
pub(crate) struct Hit<'s> {
    fact: &'s ScannerFact,
    file: &'s ScannedFile,
}

/// One for each scanner of this kind that said so.
pub(crate) fn hits(scan: &Scan, is_asked: impl Fn(ScannerKind) -> bool, said: Said) -> impl Iterator<Item = Hit<'_>> {
    let facts = scan.facts.scanners.iter().filter(move |fact| is_asked(fact.kind));
    facts.filter_map(move |fact| Some(Hit { fact, file: fact.files.iter().find(|file| file.said == said)? }))
}

impl Hit<'_> {
    pub(crate) fn place(&self) -> Place {
        if self.file.place == MESSAGE { Place::Message } else { Place::Part(self.file.place.clone()) }
    }

    /// The file's name, what it is called, the scanner.
    pub(crate) fn args(&self, scan: &Scan) -> Vec<Arg> {
        let item = scan.content.items.iter().find(|item| item.place == self.file.place);
        let named = item.map_or_else(|| meta(&self.file.place), |item| content(name(item)));
        vec![named, meta(self.file.words.join(", ")), meta(&self.fact.scanner)]
    }
}

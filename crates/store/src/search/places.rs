//! Where messages stand, in memory, for those that were heard of lately: an event names only the mail, and the file of its
//! day is not to be asked for each.

use std::collections::HashMap;

use super::work::{Id, Place};

/// Messages of one generation; two are kept, about 6 MiB.
const GENERATION_MESSAGES_MAX: usize = 32_768;

/// A cache in two generations: what was not asked for while one filled up is forgotten.
#[derive(Debug, Default)]
pub(super) struct Places {
    young: HashMap<Id, Place>,
    old: HashMap<Id, Place>,
}

impl Places {
    /// Where a message stands, if that is remembered.
    pub(super) fn find(&mut self, id: &Id) -> Option<Place> {
        if let Some(place) = self.young.get(id) {
            return Some(*place);
        }
        let place = self.old.remove(id)?;
        self.put(*id, place);
        Some(place)
    }

    /// Remembers.
    pub(super) fn put(&mut self, id: Id, place: Place) {
        if self.young.len() >= GENERATION_MESSAGES_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id, place);
    }

    /// Forgets all: a file was set aside or removed.
    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

//! Formulas of a sheet that stand once and are shared by further cells, which name them by a key of the format's.

use std::collections::HashMap;
use std::hash::Hash;

use crate::formats::office::Found;
use crate::formats::office::formula::{Shared, read_shared};

/// Formulas that are kept; of those beyond only it is known that there are more.
const SHARED_MAX: usize = 10_000;
/// Cells in front of the formula that they share.
const EARLY_MAX: usize = 10_000;

/// Those of one sheet.
#[derive(Debug)]
pub(crate) struct Sharing<K> {
    known: HashMap<K, Shared>,
    early: Vec<(K, (u32, u32))>,
}

impl<K> Default for Sharing<K> {
    fn default() -> Self {
        Self { known: HashMap::new(), early: Vec::new() }
    }
}

impl<K: Eq + Hash> Sharing<K> {
    /// Further cells may share this formula.
    pub(crate) fn keep(&mut self, key: K, formula: Shared, found: &mut Found) {
        if self.known.len() < SHARED_MAX {
            self.known.insert(key, formula);
        } else if formula.leads() {
            found.mark("link_computed");
        }
    }

    /// The cell that is read now has that formula; where it is not known, the cell is not, either.
    pub(crate) fn read(&self, key: &K, found: &mut Found) -> bool {
        let formula = self.known.get(key);
        match formula {
            Some(formula) => read_shared(found, formula),
            None => found.cells.keep_unknown(found.cells.here.row, found.cells.here.column),
        }
        formula.is_some()
    }

    /// The same, where the formula may still come.
    pub(crate) fn read_or_wait(&mut self, key: K, found: &mut Found) {
        let here = (found.cells.here.row, found.cells.here.column);
        if self.read(&key, found) {
            return;
        }
        if self.early.len() < EARLY_MAX {
            self.early.push((key, here));
        } else {
            found.mark("link_computed");
        }
    }

    /// At the end of the sheet: the cells that waited.
    pub(crate) fn finish(&mut self, found: &mut Found) {
        for (key, (row, column)) in std::mem::take(&mut self.early) {
            if let Some(formula) = self.known.get(&key) {
                found.cells.go(row, column);
                read_shared(found, formula);
            }
        }
    }
}

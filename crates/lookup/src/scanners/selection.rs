//! What a scanner is asked about.

use super::Nature;

/// What of a message a scanner is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Which files.
    pub files: FilesWanted,
    /// The message as it came, beside its files.
    pub message: bool,
}

/// Which files of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FilesWanted {
    /// Every part, and everything found inside one.
    #[default]
    All,
    /// What may do something when somebody opens it.
    Active,
    /// What is of one of these true types.
    Types(Vec<String>),
}

impl Selection {
    /// It is asked about what is this of a message, and of this true type.
    #[must_use]
    pub fn wants(&self, nature: Nature, kind: &str) -> bool {
        match (nature, &self.files) {
            (Nature::Message, _) => self.message,
            (Nature::Part | Nature::Active, FilesWanted::All) | (Nature::Active, FilesWanted::Active) => true,
            (Nature::Part, FilesWanted::Active) => false,
            (Nature::Part | Nature::Active, FilesWanted::Types(types)) => types.iter().any(|known| known == kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use scan::content::Item;

    use super::*;

    #[test]
    fn each_selection_takes_what_it_names() {
        let item = |kind: &str, marks: &[&str]| Item {
            kind: kind.to_owned(),
            marks: marks.iter().map(|mark| (*mark).to_owned()).collect(),
            ..Item::default()
        };
        let items = [item("text", &[]), item("pdf", &["javascript"]), item("exe", &[])];
        let taken = |files: FilesWanted, message| {
            let selection = Selection { files, message };
            let of_items = items.iter().map(|item| selection.wants(Nature::of(item), &item.kind));
            let all = of_items.chain([selection.wants(Nature::Message, "eml")]);
            all.map(|wants| if wants { 'x' } else { '-' }).collect::<String>()
        };
        assert_eq!(taken(FilesWanted::All, false), "xxx-");
        assert_eq!(taken(FilesWanted::All, true), "xxxx");
        assert_eq!(taken(FilesWanted::Active, false), "-xx-");
        assert_eq!(taken(FilesWanted::Types(vec!["pdf".to_owned()]), true), "-x-x");
    }
}

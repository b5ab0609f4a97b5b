//! Objects of PDF (ISO 32000-2, 7.3): what a document is made of, read and never changed.

/// Entries of a dictionary that are looked through one by one; of more there is an order.
const FEW_ENTRIES: usize = 16;

/// Number and generation of an indirect object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id {
    pub(super) number: u32,
    pub(super) generation: u16,
}

/// One object.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    Null,
    Bool(bool),
    /// Whole or not.
    Number(f64),
    /// Without its slash, `#xx` undone.
    Name(Vec<u8>),
    /// A literal or hexadecimal string, escapes undone.
    Text(Vec<u8>),
    Array(Vec<Self>),
    Dict(Dict),
    Reference(Id),
}

/// Names to objects, in the order written; a name can stand twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dict {
    entries: Vec<(Vec<u8>, Object)>,
    /// Places of the entries by name, where there are many.
    order: Vec<usize>,
}

/// An indirect object.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value {
    pub(super) id: Id,
    pub(super) object: Object,
    pub(super) stream: Option<Data>,
    /// It stands in an object stream: its strings are not encrypted one by one.
    pub(super) is_packed: bool,
}

/// The bytes of a stream in the file, still in their filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Data {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Object {
    pub(super) fn name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        self.name() == Some(name.as_bytes())
    }

    pub(super) fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(array) => Some(array),
            _ => None,
        }
    }

    pub(super) fn dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// A whole number that is not negative.
    pub(super) fn size(&self) -> Option<usize> {
        self.number().and_then(whole)
    }
}

impl Dict {
    pub(super) fn of(entries: Vec<(Vec<u8>, Object)>) -> Self {
        let mut order = Vec::new();
        if entries.len() > FEW_ENTRIES {
            order = (0..entries.len()).collect();
            order.sort_by_key(|at| entries.get(*at).map(|(name, _)| name));
        }
        Self { entries, order }
    }

    pub(super) fn entries(&self) -> &[(Vec<u8>, Object)] {
        &self.entries
    }

    /// The objects, to be changed in place.
    pub(super) fn objects_mut(&mut self) -> impl Iterator<Item = &mut Object> {
        self.entries.iter_mut().map(|(_, object)| object)
    }

    /// The last of a name, as most readers take it.
    pub(super) fn get(&self, name: &str) -> Option<&Object> {
        self.named(name.as_bytes())
    }

    /// As [`Self::get`], for a name of the document.
    pub(super) fn named(&self, name: &[u8]) -> Option<&Object> {
        if self.order.is_empty() {
            return self.entries.iter().rev().find(|(own, _)| own == name).map(|(_, object)| object);
        }
        let own = |at: &usize| self.entries.get(*at);
        let end = self.order.partition_point(|at| own(at).is_some_and(|(own, _)| own.as_slice() <= name));
        let last = end.checked_sub(1).and_then(|end| self.order.get(end)).and_then(own);
        last.filter(|(own, _)| own == name).map(|(_, object)| object)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Its `Type`, `Subtype` or the like is this name, written in place.
    pub(super) fn says(&self, key: &str, name: &str) -> bool {
        self.get(key).is_some_and(|object| object.is_name(name))
    }
}

impl Value {
    /// The dictionary itself, or that of the stream.
    pub(super) fn dict(&self) -> Option<&Dict> {
        self.object.dict()
    }
}

/// A number that counts or measures, without its fraction; none if it is negative or beyond what a file can hold.
pub(super) fn whole(number: f64) -> Option<usize> {
    #[expect(clippy::as_conversions, reason = "checked: within 0 and 2^32")]
    (0.0..=4_294_967_295.0).contains(&number).then_some(number as usize)
}

/// For instance a coordinate as a number of pixels: cut to what fits.
pub(super) fn rounded(number: f64) -> i32 {
    #[expect(clippy::as_conversions, reason = "a conversion from f64 saturates, and makes a NaN 0")]
    {
        number.round() as i32
    }
}

/// Sizes as numbers to reckon with; they stay far below 2^53.
pub(super) fn real(size: usize) -> f64 {
    u32::try_from(size).map_or(f64::from(u32::MAX), f64::from)
}

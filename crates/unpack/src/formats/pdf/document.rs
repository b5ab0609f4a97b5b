//! The objects of a document, found by looking for them in the whole file: every revision, whatever the cross-reference says,
//! and of damaged files too. Object streams are opened.
//!
//! Limits: [`OBJECTS_MAX`], [`NODES_MAX`], [`FUEL_FACTOR`]; beyond them the document is called too much, not clean. What a filter
//! or a limit cuts off of a stream is kept in mind by whoever unpacks it, and said by [`Document::say`].

mod starts;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use memchr::memmem;
use scan::content::WhyUnopened;

use self::starts::{ids_before, stream_start};
use super::crypt::{self, Crypt};
use super::filter::{self, Decoded, Stage, WORK_BYTES_MAX};
use super::lexer::{Lexer, Token, is_space};
use super::object::{Dict, Id, Object, Value};
use crate::bounded::End;
use crate::passwords::Passwords;
use crate::unpack::Walk;

/// Indirect objects of one document, all revisions.
const OBJECTS_MAX: usize = 300_000;
/// Objects within objects of one document.
const NODES_MAX: usize = 2_000_000;
/// The bytes of a file are read at most so many times over: objects may be written within each other.
const FUEL_FACTOR: usize = 3;
/// And so many more.
const FUEL_BYTES: usize = 1024 * 1024;
/// Bytes of all object streams of one document.
const PACKED_BYTES_MAX: usize = 64 * 1024 * 1024;
/// References followed one after the other.
const HOPS_MAX: usize = 16;
/// Filters of an encrypted document that are looked at.
const CRYPT_FILTERS_MAX: usize = 16;
/// Streams are taken up as many times the bytes of the file: they may lie over each other.
const TAKEN_FACTOR: usize = 16;
/// And so many bytes more.
const TAKEN_BYTES: usize = 16 * 1024 * 1024;
/// Streams that lie over each other, so many times the bytes of the file and more, are taken up no more than that: an embedded
/// document that is not packed lies twice, and no honest file has one in one in one.
const LAPPED_FACTOR: usize = 4;
/// And so many bytes more.
const LAPPED_BYTES: usize = 64 * 1024;
/// All filters of a document do at most so many times the work that those of one stream may.
const WORK_FACTOR: u64 = 2;

/// A document.
#[derive(Debug, Default)]
pub(super) struct Document<'a> {
    bytes: &'a [u8],
    /// In the order of the file; those of object streams where their stream stands.
    pub(super) values: Vec<Value>,
    /// Of each number the last.
    current: HashMap<u32, usize>,
    pub(super) trailers: Vec<Dict>,
    pub(super) crypt: Access,
    /// A limit was reached.
    pub(super) is_too_much: bool,
    nodes_left: usize,
    /// Bytes of streams that may still be taken up.
    taken_left: Cell<usize>,
    /// Bytes that may still come out of filters.
    work_left: Cell<u64>,
    /// How streams ended that were not whole, each once.
    ends: RefCell<Vec<End>>,
}

/// May its text be read?
#[derive(Debug, Default)]
pub(super) enum Access {
    /// It is not encrypted.
    #[default]
    Open,
    /// It is, and opens; with a word of the message or with the empty password.
    Unlocked(Box<Crypt>),
    /// It is, and does not open.
    Locked,
}

impl<'a> Document<'a> {
    /// Reads all objects.
    pub(super) fn read(bytes: &'a [u8], walk: &mut Walk<'_>) -> Self {
        let taken_left = Cell::new(bytes.len().saturating_mul(TAKEN_FACTOR).saturating_add(TAKEN_BYTES));
        let work_left = Cell::new(WORK_BYTES_MAX.saturating_mul(WORK_FACTOR));
        let mut document = Self { bytes, nodes_left: NODES_MAX, taken_left, work_left, ..Self::default() };
        let starts = document.starts();
        document.read_objects(&starts);
        document.find_streams();
        document.read_trailers();
        document.index();
        document.unlock(&walk.passwords);
        if !matches!(document.crypt, Access::Locked) {
            document.open_object_streams(walk);
            document.index();
        }
        document
    }

    /// Where objects begin: behind `obj`, with number and generation before it.
    fn starts(&mut self) -> Vec<(Id, usize)> {
        let mut starts = Vec::new();
        for at in memmem::find_iter(self.bytes, b"obj") {
            if starts.len() >= OBJECTS_MAX {
                self.is_too_much = true;
                break;
            }
            starts.extend(ids_before(self.bytes, at).map(|id| (id, at.saturating_add(3))));
        }
        starts
    }

    fn read_objects(&mut self, starts: &[(Id, usize)]) {
        let mut fuel = self.fuel();
        for (id, start) in starts {
            let mut lexer = Lexer::new(self.bytes, *start, self.nodes_left);
            let object = lexer.object().unwrap_or(Object::Null);
            self.nodes_left = lexer.nodes_left;
            let stream = matches!(object, Object::Dict(_)).then(|| stream_start(&mut lexer, self.bytes)).flatten();
            self.values.push(Value { id: *id, object, stream, is_packed: false });
            fuel = fuel.saturating_sub(lexer.at.saturating_sub(*start));
            if fuel == 0 || self.nodes_left == 0 {
                self.is_too_much = true;
                return;
            }
        }
    }

    /// Bytes that may be read to find objects, and once more to find trailers.
    fn fuel(&self) -> usize {
        self.bytes.len().saturating_mul(FUEL_FACTOR).saturating_add(FUEL_BYTES)
    }

    /// Where streams end: where their length says if `endstream` stands there, else at the next `endstream`.
    fn find_streams(&mut self) {
        self.index();
        let marks: Vec<usize> = memmem::find_iter(self.bytes, b"endstream").collect();
        let ends: Vec<Option<usize>> = self.values.iter().map(|value| self.stream_end(value, &marks)).collect();
        for (value, end) in self.values.iter_mut().zip(ends) {
            if let (Some(data), Some(end)) = (&mut value.stream, end) {
                data.end = end;
            }
        }
        self.limit_lapped();
    }

    /// A file whose streams have no ends is one stream within the other: what is in it is read a few times, and then it is said.
    fn limit_lapped(&self) {
        let lengths =
            self.values.iter().filter_map(|value| value.stream).map(|data| data.end.saturating_sub(data.start));
        let all = lengths.fold(0_usize, usize::saturating_add);
        let most = self.bytes.len().saturating_mul(LAPPED_FACTOR).saturating_add(LAPPED_BYTES);
        if all > most {
            self.taken_left.set(most.min(self.taken_left.get()));
        }
    }

    fn stream_end(&self, value: &Value, marks: &[usize]) -> Option<usize> {
        let start = value.stream?.start;
        let length = value.dict().and_then(|dict| self.get(dict, "Length")).and_then(Object::size);
        if let Some(end) = length.map(|length| start.saturating_add(length)) {
            let behind = self.bytes.get(end..).unwrap_or_default();
            let behind = behind.get(..32).unwrap_or(behind);
            let blank = behind.iter().take_while(|byte| is_space(**byte)).count();
            if behind.get(blank..).unwrap_or_default().starts_with(b"endstream") {
                return Some(end);
            }
        }
        let next = marks.partition_point(|mark| *mark < start);
        Some(marks.get(next).copied().unwrap_or(self.bytes.len()))
    }

    fn read_trailers(&mut self) {
        let mut fuel = self.fuel();
        for at in memmem::find_iter(self.bytes, b"trailer") {
            if self.trailers.len() >= OBJECTS_MAX || self.nodes_left == 0 || fuel == 0 {
                self.is_too_much = true;
                break;
            }
            let start = at.saturating_add(7);
            let mut lexer = Lexer::new(self.bytes, start, self.nodes_left);
            if let Some(Object::Dict(dict)) = lexer.object() {
                self.trailers.push(dict);
            }
            self.nodes_left = lexer.nodes_left;
            fuel = fuel.saturating_sub(lexer.at.saturating_sub(start));
        }
        let streams = self.values.iter().filter_map(Value::dict).filter(|dict| dict.says("Type", "XRef"));
        let streams: Vec<Dict> = streams.cloned().collect();
        self.trailers.extend(streams);
    }

    fn index(&mut self) {
        self.current = self.values.iter().enumerate().map(|(at, value)| (value.id.number, at)).collect();
    }

    fn unlock(&mut self, passwords: &Passwords<'_>) {
        let Some(trailer) = self.trailers.iter().rev().find(|trailer| trailer.has("Encrypt")) else { return };
        let Some(encrypt) = self.get(trailer, "Encrypt").and_then(Object::dict) else {
            // It points nowhere: readers differ, so it is taken as it stands.
            return;
        };
        let ids = self.trailers.iter().rev().find_map(|trailer| self.get(trailer, "ID"));
        let id = ids.and_then(|ids| self.resolve(ids).array()).and_then(<[Object]>::first);
        let id = id.and_then(|id| self.resolve(id).text()).unwrap_or_default().to_vec();
        let whole = self.whole_dict(encrypt);
        self.crypt = match crypt::unlock(&whole, &id, passwords) {
            Some(crypt) => {
                self.decrypt_texts(&crypt, &whole);
                Access::Unlocked(Box::new(crypt))
            }
            None => Access::Locked,
        };
    }

    /// What counts of the dictionary, with references followed: crypt filters may be objects of their own.
    fn whole_dict(&self, dict: &Dict) -> Dict {
        let follow = |dict: &Dict, names: &[&str]| {
            let found = names.iter().filter_map(|name| Some(((*name).as_bytes().to_vec(), self.get(dict, name)?)));
            let is_small = |object: &Object| !matches!(object, Object::Array(_) | Object::Dict(_));
            found
                .filter(|(_, object)| is_small(object))
                .map(|(name, object)| (name, object.clone()))
                .collect::<Vec<_>>()
        };
        let mut entries = follow(dict, &crypt::ENTRIES);
        if let Some(filters) = self.dict(dict, "CF") {
            let filters = filters.entries().iter().take(CRYPT_FILTERS_MAX);
            let filters = filters.filter_map(|(name, object)| Some((name.clone(), self.resolve(object).dict()?)));
            let filters = filters.map(|(name, filter)| (name, Object::Dict(Dict::of(follow(filter, &["CFM"])))));
            entries.push((b"CF".to_vec(), Object::Dict(Dict::of(filters.collect()))));
        }
        Dict::of(entries)
    }

    fn decrypt_texts(&mut self, crypt: &Crypt, encrypt: &Dict) {
        for value in &mut self.values {
            let is_own =
                value.dict().is_some_and(|dict| dict.says("Type", "XRef") || dict.get("U") == encrypt.get("U"));
            if !is_own {
                crypt.decrypt_texts(value.id, &mut value.object);
            }
        }
    }

    // 7.5.7. Any stream that has the entries of one is opened; readers do not ask for its type.
    fn open_object_streams(&mut self, walk: &mut Walk<'_>) {
        let values = std::mem::take(&mut self.values);
        let is_packed = |value: &Value| {
            value.stream.is_some() && value.dict().is_some_and(|dict| dict.has("N") && dict.has("First"))
        };
        let mut all = Vec::with_capacity(values.len());
        // Streams are decoded against the old list, which has every object they may refer to.
        self.values = values;
        let count = self.values.len();
        let mut room = OBJECTS_MAX.saturating_sub(count);
        let mut bytes_left = PACKED_BYTES_MAX;
        for at in 0..count {
            let Some(value) = self.values.get(at).filter(|value| is_packed(value)) else {
                all.push(None);
                continue;
            };
            let most = walk.budget.unpacked_bytes_left().min(u64::try_from(bytes_left).unwrap_or(u64::MAX));
            let decoded = self.decode_within(value, most);
            walk.budget.spend_unpacked(decoded.bytes.len());
            bytes_left = bytes_left.saturating_sub(decoded.bytes.len());
            self.is_too_much |= matches!(decoded.end, End::OverBudget | End::Unsupported);
            self.note(value, decoded.end);
            let dict = value.dict().cloned().unwrap_or_default();
            let packed = self.packed(&dict, &decoded.bytes, room);
            room = room.saturating_sub(packed.len());
            self.is_too_much |= room == 0;
            all.push(Some(packed));
            if walk.budget.is_late() {
                self.ends.borrow_mut().push(End::OverTime);
                break;
            }
        }
        let values = std::mem::take(&mut self.values);
        let mut packed = all.into_iter();
        for value in values {
            self.values.push(value);
            self.values.extend(packed.next().flatten().unwrap_or_default());
        }
    }

    fn packed(&mut self, dict: &Dict, bytes: &[u8], most: usize) -> Vec<Value> {
        let count = self.get(dict, "N").and_then(Object::size).unwrap_or_default().min(most);
        let first = self.get(dict, "First").and_then(Object::size).unwrap_or_default();
        let mut head = Lexer::new(bytes, 0, 0);
        let mut values = Vec::new();
        let mut fuel = bytes.len().saturating_add(bytes.len());
        for _ in 0..count {
            let (Some(Token::Number(number)), Some(Token::Number(offset))) = (head.token(), head.token()) else {
                break;
            };
            let (Some(number), Some(offset)) = (super::object::whole(number), super::object::whole(offset)) else {
                break;
            };
            let start = first.saturating_add(offset);
            let mut lexer = Lexer::new(bytes, start, self.nodes_left);
            let object = lexer.object().unwrap_or(Object::Null);
            self.nodes_left = lexer.nodes_left;
            fuel = fuel.saturating_sub(lexer.at.saturating_sub(start));
            let number = u32::try_from(number).unwrap_or_default();
            values.push(Value { id: Id { number, generation: 0 }, object, stream: None, is_packed: true });
            if fuel == 0 || self.nodes_left == 0 {
                self.is_too_much = true;
                break;
            }
        }
        values
    }

    /// The object itself, references followed; a missing one is null (7.3.10).
    pub(super) fn resolve<'o>(&'o self, object: &'o Object) -> &'o Object {
        let mut object = object;
        for _ in 0..HOPS_MAX {
            let Object::Reference(id) = object else { return object };
            let Some(value) = self.value(*id) else { return &Object::Null };
            object = &value.object;
        }
        &Object::Null
    }

    /// What a reference means in the last revision.
    pub(super) fn value(&self, id: Id) -> Option<&Value> {
        self.values.get(*self.current.get(&id.number)?)
    }

    /// Is it what its number means in the last revision?
    pub(super) fn is_current(&self, at: usize) -> bool {
        self.values.get(at).is_some_and(|value| self.current.get(&value.id.number) == Some(&at))
    }

    /// The value that a reference leads to, for streams.
    pub(super) fn follow<'o>(&'o self, object: &'o Object) -> Option<&'o Value> {
        let mut object = object;
        for _ in 0..HOPS_MAX {
            let Object::Reference(id) = object else { return None };
            let value = self.value(*id)?;
            if !matches!(value.object, Object::Reference(_)) {
                return Some(value);
            }
            object = &value.object;
        }
        None
    }

    /// An entry, its reference followed.
    pub(super) fn get<'o>(&'o self, dict: &'o Dict, name: &str) -> Option<&'o Object> {
        dict.get(name).map(|object| self.resolve(object))
    }

    pub(super) fn dict<'o>(&'o self, dict: &'o Dict, name: &str) -> Option<&'o Dict> {
        self.get(dict, name).and_then(Object::dict)
    }

    /// Bytes of the file.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Was more to be taken up of its streams than was allowed?
    pub(super) fn is_exhausted(&self) -> bool {
        self.taken_left.get() < self.bytes.len()
    }

    /// The bytes of a stream, filters and encryption undone, taken from the budget. What is missing of them is said by
    /// [`Self::say`].
    pub(super) fn decode(&self, value: &Value, walk: &mut Walk<'_>) -> Decoded {
        let decoded = self.decode_file(value, walk);
        self.note(value, decoded.end);
        decoded
    }

    /// As [`Self::decode`], for who says himself what is missing.
    pub(super) fn decode_file(&self, value: &Value, walk: &mut Walk<'_>) -> Decoded {
        let decoded = self.decode_within(value, walk.budget.unpacked_bytes_left());
        walk.budget.spend_unpacked(decoded.bytes.len());
        decoded
    }

    fn note(&self, value: &Value, end: End) {
        let is_empty = value.stream.is_none_or(|data| data.start == data.end);
        let mut ends = self.ends.borrow_mut();
        if end != End::Whole && !is_empty && !ends.contains(&end) {
            ends.push(end);
        }
    }

    /// Says what was not to be had of the streams that were unpacked so far.
    pub(super) fn say(&self, walk: &mut Walk<'_>, at: usize) {
        for end in self.ends.take() {
            match end {
                End::Whole => {}
                End::Broken => walk.mark(at, "malformed"),
                End::Unsupported => walk.not_opened(at, WhyUnopened::Unsupported),
                End::OverBudget => walk.not_opened(at, WhyUnopened::OverBudget),
                End::OverTime => walk.not_opened(at, WhyUnopened::OverTime),
            }
        }
    }

    /// As [`Self::decode`], with a limit of its own and not taken from the budget.
    pub(super) fn decode_within(&self, value: &Value, most: u64) -> Decoded {
        let none = Dict::default();
        let dict = value.dict().unwrap_or(&none);
        let raw = value.stream.and_then(|data| self.bytes.get(data.start..data.end)).unwrap_or_default();
        let stages = self.stages(dict);
        if raw.len() > self.taken_left.get() {
            self.note(value, End::OverBudget);
            return Decoded::over_budget();
        }
        self.taken_left.set(self.taken_left.get().saturating_sub(raw.len()));
        match &self.crypt {
            Access::Unlocked(crypt) if !value.is_packed => {
                let raw = crypt.decrypt_stream(value.id, dict, raw);
                self.undo(&raw, &stages, most)
            }
            _ => self.undo(raw, &stages, most),
        }
    }

    /// Undoes filters, within what all filters of the document may do.
    pub(super) fn undo(&self, raw: &[u8], stages: &[Stage<'_>], most: u64) -> Decoded {
        let left = self.work_left.get();
        if left == 0 && !stages.is_empty() {
            let mut ends = self.ends.borrow_mut();
            if !ends.contains(&End::OverBudget) {
                ends.push(End::OverBudget);
            }
            return Decoded::over_budget();
        }
        let decoded = filter::undo(raw, stages, most);
        self.work_left.set(left.saturating_sub(decoded.work));
        decoded
    }

    /// The filters of a stream or an inline picture.
    pub(super) fn stages<'o>(&'o self, dict: &'o Dict) -> Vec<Stage<'o>> {
        let filter = self.get(dict, "Filter").or_else(|| self.get(dict, "F"));
        let params = self.get(dict, "DecodeParms").or_else(|| self.get(dict, "DP"));
        match filter {
            Some(Object::Name(name)) => {
                let params = match params {
                    Some(Object::Array(array)) => array.first().map(|object| self.resolve(object)),
                    params => params,
                };
                vec![(name, params.and_then(Object::dict))]
            }
            Some(Object::Array(names)) => {
                let params = |at: usize| match params {
                    Some(Object::Array(array)) => array.get(at).and_then(|object| self.resolve(object).dict()),
                    Some(Object::Dict(dict)) if names.len() == 1 => Some(dict),
                    _ => None,
                };
                let names = names.iter().enumerate();
                names.filter_map(|(at, name)| Some((self.resolve(name).name()?, params(at)))).collect()
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;

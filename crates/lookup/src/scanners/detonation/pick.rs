//! Values out of a JSON document that may be large, in one pass and without keeping the rest: a report of a sandbox has tens of
//! megabytes, of which we want a number and a few names.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Values that are kept of one pointer.
const VALUES_MAX: usize = 64;
/// Bytes of a text value that are kept.
const TEXT_BYTES_MAX: usize = 1_000;
/// Steps of a pointer.
const STEPS_MAX: usize = 16;

/// Where a value stands: a JSON pointer (RFC 6901) in which `*` stands for every element of a list, `/data/task_ids/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer(Vec<String>);

/// The text is no pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a JSON pointer begins with / and has at most {STEPS_MAX} steps, for instance /data/id")]
pub struct BadPointer;

impl Pointer {
    /// Reads a pointer.
    ///
    /// # Errors
    /// [`BadPointer`].
    pub fn parse(text: &str) -> Result<Self, BadPointer> {
        let rest = text.strip_prefix('/').ok_or(BadPointer)?;
        // RFC 6901 4: first ~1, then ~0.
        let steps: Vec<String> = rest.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
        if steps.len() > STEPS_MAX { Err(BadPointer) } else { Ok(Self(steps)) }
    }

    /// A pointer by its steps.
    pub(super) fn from_steps(steps: &[&str]) -> Self {
        Self(steps.iter().map(|step| (*step).to_owned()).collect())
    }
}

/// A value that is neither list nor object.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Text(String),
    Whole(u64),
    Number(f64),
    Flag(bool),
}

impl Scalar {
    /// As a number, also where it is written as text.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            // Exact below 2^53, and a score is far below.
            Self::Whole(number) => u32::try_from(*number).ok().map(f64::from),
            Self::Number(number) => Some(*number),
            Self::Flag(_) => None,
        }
    }

    /// As text, as it would stand in a path or be compared with a word.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Whole(number) => Cow::Owned(number.to_string()),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        }
    }
}

/// The values at each pointer, in the order of the document. None if the document is no JSON, or not one document.
pub(super) fn pick(document: &[u8], pointers: &[Option<&Pointer>]) -> Option<Vec<Vec<Scalar>>> {
    let mut found = vec![Vec::new(); pointers.len()];
    let wanted = pointers.iter().enumerate();
    let wanted = wanted.filter_map(|(at, pointer)| pointer.map(|pointer| (at, pointer.0.as_slice()))).collect();
    // Nesting is limited by the library.
    let mut reader = serde_json::Deserializer::from_slice(document);
    Walk { wanted, found: &mut found }.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(found)
}

/// What is looked for at one place of the document: which pointer, and the steps that are left.
struct Walk<'p, 'f> {
    wanted: Vec<(usize, &'p [String])>,
    found: &'f mut Vec<Vec<Scalar>>,
}

impl<'p> Walk<'p, '_> {
    /// What is looked for one step further.
    fn below(&self, is_step: impl Fn(&str) -> bool) -> Vec<(usize, &'p [String])> {
        let below = self.wanted.iter().filter_map(|(at, steps)| {
            let (first, rest) = steps.split_first()?;
            is_step(first).then_some((*at, rest))
        });
        below.collect()
    }

    fn keep(self, value: &Scalar) {
        for (at, _) in self.wanted.iter().filter(|(_, steps)| steps.is_empty()) {
            if let Some(values) = self.found.get_mut(*at).filter(|values| values.len() < VALUES_MAX) {
                values.push(value.clone());
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.wanted.is_empty() {
            return serde::Deserialize::deserialize(deserializer).map(|IgnoredAny| ());
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.keep(&Scalar::Flag(value));
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.keep(&Scalar::Whole(value));
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        // Only negative ones come here.
        self.keep(&Scalar::Text(value.to_string()));
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.keep(&Scalar::Number(value));
        Ok(())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        let end = value.floor_char_boundary(TEXT_BYTES_MAX);
        self.keep(&Scalar::Text(value.get(..end).unwrap_or_default().to_owned()));
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut number = 0_usize;
        loop {
            let text = number.to_string();
            let wanted = self.below(|step| step == "*" || step == text);
            if list.next_element_seed(Walk { wanted, found: &mut *self.found })?.is_none() {
                return Ok(());
            }
            number = number.saturating_add(1);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let wanted = self.below(|step| step == key);
            map.next_value_seed(Walk { wanted, found: &mut *self.found })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(document: &str, pointer: &str) -> String {
        let pointer = Pointer::parse(pointer).unwrap();
        match pick(document.as_bytes(), &[Some(&pointer), None]) {
            None => "no JSON".to_owned(),
            Some(found) => found[0].iter().map(Scalar::text).collect::<Vec<_>>().join(","),
        }
    }

    #[test]
    fn pointers_lead_to_values() {
        let document =
            r#"{"id":7,"data":{"ids":[1,-2,3.5],"a/b":"x","m~n":true,"deep":[{"f":"A"},{"g":0},{"f":"B"}]},"n":null}"#;
        for (pointer, wanted) in [
            ("/id", "7"),
            ("/data/ids/*", "1,-2,3.5"),
            ("/data/ids/1", "-2"),
            ("/data/ids/9", ""),
            ("/data/a~1b", "x"),
            ("/data/m~0n", "true"),
            ("/data/deep/*/f", "A,B"),
            ("/data", ""),
            ("/n", ""),
            ("/missing/id", ""),
        ] {
            assert_eq!(values(document, pointer), wanted, "{pointer}");
        }
        assert_eq!(Pointer::parse("data"), Err(BadPointer));
        assert_eq!(Pointer::parse(&"/a".repeat(17)), Err(BadPointer));
    }

    #[test]
    fn what_is_no_json_is_none_however_it_begins() {
        for document in ["", "{", r#"{"id":1"#, r#"{"id":1}x"#, "<html>", r#"{"id":1,"x":}"#, "[1,2", "\u{feff}{}"] {
            assert_eq!(values(document, "/id"), "no JSON", "{document}");
        }
    }

    #[test]
    fn deep_documents_need_no_deep_stack() {
        let lists = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(values(&lists, "/id"), "");
        let objects = format!("{}1{}", r#"{"a":"#.repeat(1_000_000), "}".repeat(1_000_000));
        assert_eq!(values(&objects, "/a/a"), "");
    }

    #[test]
    fn a_long_document_is_passed_over_and_little_is_kept() {
        let rows = vec![r#"{"api":"NtOpenFile","arguments":["a","b"]}"#; 100_000].join(",");
        let names = vec![format!("\"{}\"", "n".repeat(5_000)); 200].join(",");
        let document = format!(r#"{{"calls":[{rows}],"names":[{names}],"score":9.5}}"#);
        let kept = values(&document, "/names/*");
        assert_eq!(kept.len(), 64 * 1_001 - 1);
        assert_eq!(values(&document, "/score"), "9.5");
    }
}

//! What the header of a part says of its body: type, encoding, disposition, file names.

use crate::decode::words;
use crate::defect::{AmbiguityKind, DefectKind};
use crate::header::{FieldRef, Header};
use crate::limits;
use crate::media_type::{Encoding, MediaType};
use crate::parameters;
use crate::reading::{Choice, Choices, Notes};

/// Bytes kept of the end of a file name that is cut in the middle: the extension is what decides.
const NAME_TAIL_BYTES: usize = 64;

/// The declaration of one part.
pub(crate) struct Declared {
    pub(crate) media_type: MediaType,
    pub(crate) encoding: Encoding,
    /// Offset of the field that gives the encoding.
    pub(crate) encoding_at: usize,
    pub(crate) disposition: String,
    pub(crate) names: Vec<String>,
    /// Some field of MIME stands in the header.
    pub(crate) is_mime: bool,
}

pub(crate) struct Reader<'a> {
    pub(crate) raw: &'a [u8],
    pub(crate) choices: Choices,
    pub(crate) notes: &'a mut Notes,
}

impl Reader<'_> {
    pub(crate) fn read(&mut self, header: &Header, default_type: &MediaType) -> Declared {
        let mut types = Vec::new();
        let mut encodings = Vec::new();
        let mut declared = Declared {
            media_type: default_type.clone(),
            encoding: Encoding::Identity,
            encoding_at: header.end,
            disposition: String::new(),
            names: Vec::new(),
            is_mime: false,
        };
        for field in header.fields(self.raw) {
            if field.is("content-type") {
                types.push((self.media_type(field, &mut declared.names, default_type), field.offset()));
            } else if field.is("content-transfer-encoding") {
                encodings.push((self.encoding(field), field.offset()));
            } else if field.is("content-disposition") {
                self.disposition(field, &mut declared);
            }
        }
        declared.is_mime = !types.is_empty() || !encodings.is_empty();
        if let Some((media_type, _)) = self.pick(types, Choice::LastType, AmbiguityKind::DuplicateContentType) {
            declared.media_type = media_type;
        }
        if let Some(encoding) = self.pick(encodings, Choice::LastEncoding, AmbiguityKind::DuplicateEncoding) {
            (declared.encoding, declared.encoding_at) = encoding;
        }
        declared
    }

    // The first one, or the last one; readers do both, hardly any takes one between.
    fn pick<T: PartialEq>(
        &mut self,
        mut values: Vec<(T, usize)>,
        choice: Choice,
        kind: AmbiguityKind,
    ) -> Option<(T, usize)> {
        let (first, _) = values.first()?;
        let other = values.iter().find(|(value, _)| value != first).map(|(_, offset)| *offset);
        if let Some(offset) = other {
            self.notes.ambiguity(kind, offset);
            self.notes.open.add(choice);
        }
        if self.choices.has(choice) { values.pop() } else { values.into_iter().next() }
    }

    fn media_type(&mut self, field: FieldRef<'_>, names: &mut Vec<String>, default_type: &MediaType) -> MediaType {
        let value = parameters::read(field.raw_value());
        if value.is_cut {
            self.notes.limit(field.offset());
        }
        self.names(&value.parameters, field.offset(), names);
        MediaType::from_structured(value).unwrap_or_else(|_| {
            self.notes.defect(DefectKind::BadContentType, field.offset());
            default_type.clone()
        })
    }

    fn encoding(&mut self, field: FieldRef<'_>) -> Encoding {
        let (encoding, is_standard) = Encoding::parse(field.raw_value());
        if !is_standard {
            self.notes.defect(DefectKind::UnknownEncoding, field.offset());
        }
        encoding
    }

    fn disposition(&mut self, field: FieldRef<'_>, declared: &mut Declared) {
        let value = parameters::read(field.raw_value());
        if value.is_cut {
            self.notes.limit(field.offset());
        }
        self.names(&value.parameters, field.offset(), &mut declared.names);
        if declared.disposition.is_empty() {
            declared.disposition = value.head;
        }
    }

    fn names(&mut self, parameters: &[(String, String)], offset: usize, names: &mut Vec<String>) {
        for (_, value) in parameters.iter().filter(|(name, _)| name == "filename" || name == "name") {
            let name = words::decode(value.as_bytes()).text;
            if name.len() > limits::NAME_BYTES_MAX {
                self.notes.defect(DefectKind::LongName, offset);
            }
            let name = shortened(name);
            if !name.is_empty() && !names.contains(&name) && names.len() < limits::PARAMETERS_MAX {
                names.push(name);
            }
        }
    }

    /// The boundary of a multipart (RFC 2046 5.1.1: it does not end with white space).
    pub(crate) fn boundary(&mut self, media_type: &MediaType, offset: usize) -> Option<Vec<u8>> {
        let trimmed = |value: &str| value.trim_end_matches([' ', '\t']).to_owned();
        let mut values = media_type.all("boundary").map(trimmed).filter(|value| !value.is_empty());
        let first = values.next()?;
        let last = values.filter(|value| *value != first).last();
        if last.is_some() {
            self.notes.ambiguity(AmbiguityKind::DuplicateBoundary, offset);
            self.notes.open.add(Choice::LastBoundary);
        }
        let chosen = last.filter(|_| self.choices.has(Choice::LastBoundary)).unwrap_or(first);
        Some(chosen.into_bytes())
    }
}

fn shortened(name: String) -> String {
    if name.len() <= limits::NAME_BYTES_MAX {
        return name;
    }
    let head = name.floor_char_boundary(limits::NAME_BYTES_MAX.saturating_sub(NAME_TAIL_BYTES));
    let tail = name.ceil_char_boundary(name.len().saturating_sub(NAME_TAIL_BYTES));
    [name.get(..head).unwrap_or_default(), name.get(tail..).unwrap_or_default()].concat()
}

//! What the header of a part says of its body: type, encoding, disposition, boundaries, file names.

use std::borrow::Cow;

use memchr::memchr;

use crate::boundary::{self, Candidate};
use crate::defect::{AmbiguityKind, DefectKind};
use crate::elsewhere::Elsewhere;
use crate::encoding::{Encoding, Named};
use crate::header::{FieldRef, Header};
use crate::limits;
use crate::media_type::{self, Form, MediaType};
use crate::names;
use crate::parameters::{self, Structured};
use crate::reading::{Choice, Notes, Reading};

/// The declaration of one part.
pub(crate) struct Declared {
    pub(crate) media_type: MediaType,
    pub(crate) encoding: Encoding,
    /// The encoding is not written as the standard asks.
    pub(crate) is_oddly_encoded: bool,
    pub(crate) disposition: String,
    pub(crate) names: Vec<String>,
    pub(crate) elsewhere: Elsewhere,
    pub(crate) places: Places,
}

/// What the tree has to know besides.
pub(crate) struct Places {
    /// Of a multipart, the usual one first.
    pub(crate) boundaries: Vec<Candidate>,
    /// Offset of the field that gives the type.
    pub(crate) type_at: usize,
    /// Offset of the field that gives the encoding.
    pub(crate) encoding_at: usize,
    /// Some field of MIME stands in the header.
    pub(crate) is_mime: bool,
    /// No multipart by its type, and one for those that look at the boundary alone.
    pub(crate) is_supposed: bool,
}

/// What one Content-Type field says.
#[derive(PartialEq)]
struct Typed {
    media_type: MediaType,
    boundaries: Vec<Candidate>,
    is_supposed: bool,
}

pub(crate) struct Reader<'a> {
    pub(crate) reading: &'a Reading<'a>,
    pub(crate) notes: &'a mut Notes,
}

impl Reader<'_> {
    pub(crate) fn read(&mut self, header: &Header, default_type: &MediaType) -> Declared {
        let (mut types, mut encodings, mut dispositions) = (Vec::new(), Vec::new(), Vec::new());
        let mut names = Vec::new();
        let mut elsewhere = Elsewhere::default();
        let mut named_at = header.end;
        for field in header.fields(self.reading.raw) {
            if [types.len(), encodings.len(), dispositions.len()].iter().any(|count| *count >= limits::MIME_FIELDS_MAX)
            {
                self.notes.limit(field.offset());
                break;
            }
            if field.is("content-type") {
                types.push((self.media_type(field, &mut names, default_type), field.offset()));
            } else if field.is("content-transfer-encoding") {
                encodings.push((self.encoding(field), field.offset()));
            } else if field.is("content-disposition") {
                dispositions.push((self.disposition(field, &mut names), field.offset()));
            } else {
                elsewhere.note(field);
                continue;
            }
            if !names.is_empty() {
                named_at = field.offset();
            }
        }
        if names.is_empty() {
            names = elsewhere.take_names();
        }
        if names::NamesConflict::of(&names) == Some(names::NamesConflict::Ending) {
            self.notes.ambiguity(AmbiguityKind::NameConflict, named_at);
        }
        let is_mime = !types.is_empty() || !encodings.is_empty();
        let ways = [Choice::MiddleType, Choice::LastType];
        let (typed, type_at) = self.pick(types, ways, AmbiguityKind::DuplicateContentType).unwrap_or_else(|| {
            (Typed { media_type: default_type.clone(), boundaries: Vec::new(), is_supposed: false }, header.end)
        });
        let ways = [Choice::MiddleEncoding, Choice::LastEncoding];
        let ((encoding, is_standard), encoding_at) = self
            .pick(encodings, ways, AmbiguityKind::DuplicateEncoding)
            .unwrap_or(((Encoding::Identity, true), header.end));
        let ways = [Choice::LastDisposition; 2];
        self.note_dispositions(&dispositions, &names);
        let disposition = self.pick(dispositions, ways, AmbiguityKind::DuplicateDisposition);
        Declared {
            media_type: typed.media_type,
            encoding,
            is_oddly_encoded: !is_standard,
            disposition: disposition.map(|(value, _)| value).unwrap_or_default(),
            names,
            elsewhere,
            places: Places {
                boundaries: typed.boundaries,
                type_at,
                encoding_at,
                is_mime,
                is_supposed: typed.is_supposed,
            },
        }
    }

    // What has a name is a file for everybody, shown or not; without one it is text for some.
    fn note_dispositions(&mut self, dispositions: &[(String, usize)], names: &[String]) {
        let first = dispositions.first().map(|(value, _)| value);
        let other = dispositions.iter().find(|(value, _)| Some(value) != first);
        if let Some((_, offset)) = other.filter(|_| names.is_empty()) {
            self.notes.ambiguity(AmbiguityKind::DuplicateDisposition, *offset);
        }
    }

    // The first one, the last one, or one between; what differs from none of them makes no other reading.
    fn pick<T: PartialEq>(
        &mut self,
        values: Vec<(T, usize)>,
        [middle, last]: [Choice; 2],
        kind: AmbiguityKind,
    ) -> Option<(T, usize)> {
        let (first, _) = values.first()?;
        let (end, _) = values.last()?;
        let between = values.iter().position(|(value, _)| value != first && value != end);
        if let Some((_, offset)) = values.iter().find(|(value, _)| value != first) {
            for choice in [last, middle].into_iter().take(if between.is_some() { 2 } else { 1 }) {
                self.notes.suspect(kind, choice, *offset);
            }
        }
        let at = match between {
            Some(between) if self.reading.has(middle) => between,
            _ if self.reading.has(last) => values.len().saturating_sub(1),
            _ => 0,
        };
        values.into_iter().nth(at)
    }

    // NUL is a character like others, is not there, or ends the value.
    fn value<'a>(&self, field: FieldRef<'a>) -> Cow<'a, [u8]> {
        let value = field.raw_value();
        let Some(nul) = memchr(0, value) else {
            return Cow::Borrowed(value);
        };
        if self.reading.has(Choice::CutAtNul) {
            return Cow::Borrowed(value.get(..nul).unwrap_or_default());
        }
        if self.reading.has(Choice::DropNul) {
            return Cow::Owned(value.iter().copied().filter(|byte| *byte != 0).collect());
        }
        Cow::Borrowed(value)
    }

    fn media_type(&mut self, field: FieldRef<'_>, names: &mut Vec<String>, default_type: &MediaType) -> Typed {
        let value = self.value(field);
        let structured = parameters::read(&value);
        self.names(&structured, field.offset(), names);
        let read = MediaType::from_structured(structured).ok();
        if read.is_none() {
            self.notes.defect(DefectKind::BadContentType, field.offset());
        }
        let is_supposed = is_leaf_with_boundary(read.as_ref()) && self.reading.has(Choice::OtherType);
        let mut media_type = self.type_or_other(&value, read, field.offset()).unwrap_or_else(|| default_type.clone());
        self.choose_charset(&mut media_type, field.offset());
        let boundaries = if media_type.is_multipart() { boundary::candidates(&value, &media_type) } else { Vec::new() };
        Typed { media_type, boundaries, is_supposed }
    }

    // A composite type that is not written as RFC 2045 5.1 asks is text for a strict reader; what is no type at all may be
    // composite for a lenient one, and so may be what has a boundary.
    fn type_or_other(&mut self, value: &[u8], read: Option<MediaType>, offset: usize) -> Option<MediaType> {
        let (kind, choice) = (AmbiguityKind::MalformedContentType, Choice::OtherType);
        let form = media_type::form(value);
        let other = match &read {
            Some(MediaType { parameters, .. }) if is_leaf_with_boundary(read.as_ref()) => {
                self.notes.suspect(kind, choice, offset);
                Some(MediaType { parameters: parameters.clone(), ..MediaType::new("multipart", "mixed") })
            }
            Some(media_type) if !is_composite(media_type) || form == Form::Strict => return read,
            // Most readers pass over what stands there, and for the others it is text that shows no part.
            Some(_) if form == Form::EmptyAtEnd => {
                self.notes.open.add(choice);
                None
            }
            Some(_) => {
                self.notes.fork(kind, choice, offset);
                None
            }
            None => {
                let lenient = media_type::lenient(value)?;
                // What is shown as a page instead of as a text hides nothing: both are one leaf.
                if !is_composite(&lenient) {
                    return Some(lenient);
                }
                self.notes.fork(kind, choice, offset);
                Some(lenient)
            }
        };
        if self.reading.has(choice) { other } else { read }
    }

    fn choose_charset(&mut self, media_type: &mut MediaType, offset: usize) {
        let mut charsets = media_type.all("charset");
        let Some(first) = charsets.next() else {
            return;
        };
        let Some(last) = charsets.filter(|other| !other.eq_ignore_ascii_case(first)).last().map(str::to_owned) else {
            return;
        };
        self.notes.suspect(AmbiguityKind::DuplicateCharset, Choice::LastCharset, offset);
        if self.reading.has(Choice::LastCharset) {
            media_type.parameters.retain(|(name, _)| name != "charset");
            media_type.parameters.push(("charset".to_owned(), last));
        }
    }

    fn encoding(&mut self, field: FieldRef<'_>) -> (Encoding, bool) {
        let named = Named::read(&self.value(field));
        if !named.is_standard {
            self.notes.defect(DefectKind::UnknownEncoding, field.offset());
        }
        let Some(other) = named.other else {
            return (named.usual, named.is_standard);
        };
        self.notes.fork(AmbiguityKind::ConflictingEncoding, Choice::OtherEncodingWord, field.offset());
        let chosen = if self.reading.has(Choice::OtherEncodingWord) { other } else { named.usual };
        (chosen, named.is_standard)
    }

    fn disposition(&mut self, field: FieldRef<'_>, names: &mut Vec<String>) -> String {
        let structured = parameters::read(&self.value(field));
        self.names(&structured, field.offset(), names);
        structured.head
    }

    fn names(&mut self, value: &Structured, offset: usize, names: &mut Vec<String>) {
        if value.is_cut {
            self.notes.limit(offset);
        }
        for name in names::candidates(value) {
            if name.len() > limits::NAME_BYTES_MAX {
                self.notes.defect(DefectKind::LongName, offset);
            }
            let name = names::shortened(name);
            if names.contains(&name) {
                continue;
            }
            if names.len() >= limits::PARAMETERS_MAX {
                self.notes.limit(offset);
                return;
            }
            names.push(name);
        }
    }
}

fn is_composite(media_type: &MediaType) -> bool {
    media_type.is_multipart() || media_type.is_message()
}

fn is_leaf_with_boundary(media_type: Option<&MediaType>) -> bool {
    media_type.is_some_and(|media_type| !is_composite(media_type) && media_type.parameter("boundary").is_some())
}

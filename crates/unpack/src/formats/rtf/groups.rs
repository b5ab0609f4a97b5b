//! What a group of RTF remembers: a group begins with what is around it, and what it changes ends with it.

use encoding_rs::Encoding;

/// What text in a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Nothing that anybody reads.
    Nothing,
    Text,
    /// The code of a field.
    Code,
    /// The name of something.
    Name,
    /// A tag of a page.
    Html,
    /// Title, author and the like.
    Properties,
    /// The value of a property of a shape.
    Value,
    /// A picture in digits.
    Picture,
    /// The colours of the document.
    Colours,
}

/// What the name is of that a group holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Template,
    /// The class of an object.
    Class,
    /// Where a click on a shape leads.
    Link,
    /// Where the letters of a mail merge have their data from.
    Source,
}

/// A group.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) holds: Holds,
    pub(super) page: &'static Encoding,
    /// Characters that stand for one Unicode character in programs that do not know it.
    pub(super) unicode_length: usize,
    pub(super) is_hidden: bool,
    /// Programs that do not know its first word pass it over.
    pub(super) is_ignorable: bool,
    /// Shown as RTF only, not part of the page.
    pub(super) is_not_html: bool,
    pub(super) is_result: bool,
    /// Groups around it within the data of an object.
    pub(super) depth_in_data: usize,
    pub(super) is_in_fonts: bool,
    pub(super) is_field: bool,
    pub(super) is_code: bool,
    pub(super) is_first_of_data: bool,
    pub(super) names: Option<Names>,
    pub(super) is_picture: bool,
    pub(super) is_shape: bool,
    /// Number of the colour behind its text, if it is not that of the page.
    pub(super) ground: Option<usize>,
}

impl Group {
    pub(super) fn new(page: &'static Encoding) -> Self {
        Self {
            holds: Holds::Text,
            page,
            unicode_length: 1,
            is_hidden: false,
            is_ignorable: false,
            is_not_html: false,
            is_result: false,
            depth_in_data: 0,
            is_in_fonts: false,
            is_field: false,
            is_code: false,
            is_first_of_data: false,
            names: None,
            is_picture: false,
            is_shape: false,
            ground: None,
        }
    }

    /// A group within it.
    pub(super) fn inner(&self) -> Self {
        Self {
            is_ignorable: false,
            is_field: false,
            is_code: false,
            is_first_of_data: false,
            names: None,
            is_picture: false,
            is_shape: false,
            depth_in_data: self.depth_in_data.saturating_add(1),
            ..self.clone()
        }
    }
}

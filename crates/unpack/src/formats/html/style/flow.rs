//! How text goes on around an element, in the line or on lines of its own (CSS Display 3; CSS 2.2, 9.5), and from which side it is read
//! (CSS Writing Modes 4, 2).

use crate::formats::html::style::is_display;

/// Where the text of an element stands that begins a line by its tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats::html) enum Line {
    /// On lines of its own.
    Own,
    /// In the line around.
    Within,
    /// In a box beside the one before.
    Beside,
}

/// What a style says of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::formats::html) struct Flow {
    display: Option<Line>,
    is_floating: Option<bool>,
    /// It runs from right to left, or from left to right.
    pub(in crate::formats::html) is_rtl: Option<bool>,
    /// All letters do as that says, whatever their script does.
    pub(in crate::formats::html) is_turned: Option<bool>,
}

impl Flow {
    /// Takes a declaration, in lower case.
    pub(super) fn declare(&mut self, name: &str, value: &str) {
        match name {
            "display" if is_display(value) => {
                self.display = Some(match value {
                    "inline" | "contents" => Line::Within,
                    _ if value.contains("inline-") => Line::Beside,
                    _ => Line::Own,
                });
            }
            "float" => self.is_floating = Some(matches!(value, "left" | "right" | "inline-start" | "inline-end")),
            "direction" => self.is_rtl = direction(value).or(self.is_rtl),
            "unicode-bidi" => self.is_turned = Some(value.ends_with("override")),
            _ => {}
        }
    }

    /// Takes the attribute `dir`, which counts where no style says otherwise.
    pub(in crate::formats::html) fn face(&mut self, value: &str) {
        self.is_rtl = self.is_rtl.or_else(|| direction(value.trim()));
    }

    /// This, where a nearer style does not say otherwise.
    pub(super) fn under(self, nearer: Self) -> Self {
        Self {
            display: nearer.display.or(self.display),
            is_floating: nearer.is_floating.or(self.is_floating),
            is_rtl: nearer.is_rtl.or(self.is_rtl),
            is_turned: nearer.is_turned.or(self.is_turned),
        }
    }

    pub(in crate::formats::html) fn line(self) -> Line {
        if self.is_floating == Some(true) { Line::Beside } else { self.display.unwrap_or(Line::Own) }
    }
}

fn direction(value: &str) -> Option<bool> {
    let is = |word: &str| value.eq_ignore_ascii_case(word);
    if is("rtl") { Some(true) } else { is("ltr").then_some(false) }
}

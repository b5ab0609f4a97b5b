//! What a start tag means: does it hide, link, colour, or do something?

use lol_html::html_content::Element;
use scan::content::LinkKind;

use crate::formats::html::attributes::{self, Attributes, leads_away, starts_script};
use crate::formats::html::data;
use crate::formats::html::drawn::Says;
use crate::formats::html::page::{Child, Raw, Reader};
use crate::formats::html::sheet::Doubt;
use crate::formats::html::style::Line;

/// Elements whose text is not on the page.
const UNSEEN: [&str; 3] = ["title", "datalist", "template"];
/// Elements that show what their `src` names.
const PICTURES: [&str; 9] = ["img", "input", "image", "source", "video", "picture", "v:fill", "v:imagedata", "v:image"];

/// Does it begin a new line?
fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "br"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "option"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "title"
            | "tbody"
            | "textarea"
            | "tr"
            | "ul"
            | "xmp"
            | "body"
    )
}

/// Takes note of an element; a number if its end matters.
pub(super) fn open(reader: &mut Reader, element: &Element<'_, '_>) -> Option<u32> {
    let name = element.tag_name();
    // XHTML may give HTML's elements a prefix of its own; those of VML keep theirs.
    let tag =
        name.split_once(':').map_or(name.as_str(), |(prefix, local)| if prefix == "v" { name.as_str() } else { local });
    let mut attributes = attributes::read(tag, element);
    if attributes.is_hollow {
        attributes.style.background = None;
    }
    if tag == "bdo" {
        attributes.style.flow.is_turned = attributes.style.flow.is_turned.or(Some(true));
    }
    close_implied(reader, tag);
    let (mut drawn, mut doubt) = (attributes.style, Doubt::default());
    if let Some(said) = reader.sheet.style(tag, &attributes.id, &attributes.class) {
        drawn = said.of_drawing.under(said.drawn.under(attributes.style));
        attributes.style = said.sure.under(attributes.style);
        doubt = said.doubt;
    }
    begin_line(reader, tag, attributes.style.flow.line());
    let pictures = reader.sheet.drawing(&drawn);
    let says = Says { style: &drawn, is_hidden: attributes.has_hidden, doubt, pictures };
    let is_undrawn = reader.seen().is_undrawn();
    let to = if is_undrawn { &mut reader.drawn_removed } else { &mut reader.drawn };
    let is_drawn = to.element(tag, element, says);
    mark_active(reader, tag, &mut attributes);
    begin_raw(reader, tag);
    let number = begin_seen(reader, (tag, is_drawn), &attributes);
    if let Some(number) = number.filter(|_| is_drawn) {
        let to = if is_undrawn { &mut reader.drawn_removed } else { &mut reader.drawn };
        to.opened(number);
    }
    push_words(reader, tag, &attributes);
    push_shown(reader, element);
    add_links(reader, tag, attributes, number);
    number
}

/// Begins a line, or a cell, where the element does.
fn begin_line(reader: &mut Reader, tag: &str, line: Line) {
    if matches!(tag, "td" | "th") {
        return reader.push_space();
    }
    if !is_block(tag) {
        return;
    }
    match line {
        // These do so whatever a style says.
        _ if matches!(tag, "br" | "hr" | "option" | "title") => reader.break_line(),
        Line::Own => reader.break_line(),
        Line::Within => {}
        Line::Beside => reader.begin_beside(),
    }
    reader.drawn.break_line(tag);
    reader.drawn_removed.break_line(tag);
}

/// Makes what holds within the element; a number if that is other than around it, or if it is an anchor.
fn begin_seen(reader: &mut Reader, (tag, is_drawn): (&str, bool), attributes: &Attributes) -> Option<u32> {
    let around = reader.seen();
    let is_anchor = is_anchor(tag) && attributes.target.is_some();
    let base = if is_anchor { around.in_link() } else { around };
    let mut seen = base.within(&attributes.style);
    let is_unseen = (UNSEEN.contains(&tag) && !attributes.has_shadow) || (tag == "dialog" && !attributes.is_open);
    // What the page says of being displayed holds before the attribute (WHATWG HTML 15.3.1).
    let is_hidden = attributes.is_hidden && !attributes.style.names_display();
    if is_hidden || is_unseen {
        seen = seen.removed();
    }
    // Inside a drawing the reader of markup takes the text of a script or a sheet for text.
    let is_other_text = matches!(tag, "script" | "style");
    (seen != around || is_anchor || is_other_text || is_drawn).then(|| reader.push(tag, seen))
}

/// `a`, `area`, and the shapes of VML, which lead somewhere when they are clicked.
fn is_anchor(tag: &str) -> bool {
    matches!(tag, "a" | "area") || (tag.starts_with("v:") && !PICTURES.contains(&tag))
}

fn close_implied(reader: &mut Reader, tag: &str) {
    match tag {
        "li" | "option" => reader.close_implied(&[tag]),
        "td" | "th" => reader.close_implied(&["td", "th"]),
        "tr" => {
            reader.close_implied(&["td", "th"]);
            reader.close_implied(&["tr"]);
        }
        "a" => reader.close_implied(&["a"]),
        "br" => {}
        block if is_block(block) => reader.close_implied(&["p"]),
        _ => {}
    }
}

fn begin_raw(reader: &mut Reader, tag: &str) {
    reader.begin_raw(match tag {
        "style" => Raw::Style,
        "noscript" | "noembed" | "noframes" | "iframe" => Raw::Fallback,
        "xmp" | "plaintext" => Raw::Shown,
        _ => Raw::None,
    });
}

fn mark_active(reader: &mut Reader, tag: &str, attributes: &mut Attributes) {
    for handler in std::mem::take(&mut attributes.handlers) {
        reader.mark("event_handler");
        reader.add_script(&handler);
        reader.add_script("\n");
    }
    for expression in std::mem::take(&mut attributes.bound) {
        reader.add_script(&expression);
        reader.add_script("\n");
    }
    match tag {
        "script" => {
            reader.mark("script");
            // Two scripts are no one line.
            reader.add_script("\n");
        }
        "form" => reader.mark("form"),
        "iframe" | "frame" => reader.mark("iframe"),
        "object" | "embed" | "applet" => reader.mark("object"),
        "input" if attributes.kind.trim().eq_ignore_ascii_case("password") => reader.mark("password_field"),
        "meta" if attributes.http_equiv.trim().eq_ignore_ascii_case("refresh") => reader.mark("refresh"),
        "base" => {
            if let Some(target) = &attributes.target {
                reader.add_base(target);
            }
        }
        _ => {}
    }
    for coded in std::mem::take(&mut attributes.coded) {
        reader.add_coded(coded);
    }
    if attributes.is_saved && attributes.target.as_deref().is_some_and(data::is_data) {
        reader.mark("smuggling");
    }
    for page in std::mem::take(&mut attributes.srcdoc) {
        reader.mark("srcdoc");
        let bytes = page.into_bytes();
        reader.add_child(Child {
            step: "srcdoc",
            declared: "text/html".to_owned(),
            charset: "utf-8".to_owned(),
            bytes,
        });
    }
}

/// Words that a reader sees though they stand in attributes: of a picture that is not loaded, of a field, of a choice, of a shape
/// of VML.
fn push_words(reader: &mut Reader, tag: &str, attributes: &Attributes) {
    match tag {
        "img" | "area" if !attributes.alt.is_empty() => reader.push_text(&attributes.alt),
        "input" => push_field(reader, attributes),
        "option" | "optgroup" if !attributes.label.is_empty() => push_apart(reader, &attributes.label),
        "v:textpath" if !attributes.written.is_empty() => push_apart(reader, &attributes.written),
        _ => {}
    }
}

/// What stands in a field, or on a button: its value; where it has none that is seen, what is asked for.
fn push_field(reader: &mut Reader, attributes: &Attributes) {
    let kind = attributes.kind.trim().to_ascii_lowercase();
    let is_button = matches!(kind.as_str(), "submit" | "button" | "reset");
    let is_unseen =
        matches!(kind.as_str(), "hidden" | "password" | "checkbox" | "radio" | "file" | "color" | "range" | "image");
    if is_button || !(is_unseen || attributes.value.is_empty()) {
        push_apart(reader, &attributes.value);
    } else if kind == "image" && !attributes.alt.is_empty() {
        reader.push_text(&attributes.alt);
    } else if !attributes.placeholder.is_empty() {
        reader.push_space();
        reader.push_text(&attributes.placeholder);
    }
}

fn push_apart(reader: &mut Reader, words: &str) {
    reader.push_space();
    reader.push_text(words);
    reader.push_space();
}

/// Values of attributes that a sheet shows beside the element.
fn push_shown(reader: &mut Reader, element: &Element<'_, '_>) {
    let values: Vec<String> = reader.sheet.shown.iter().filter_map(|name| element.get_attribute(name)).collect();
    for value in values {
        reader.push_shown(&attributes::decoded(&value));
    }
}

fn add_links(reader: &mut Reader, tag: &str, attributes: Attributes, number: Option<u32>) {
    let Attributes { target, source, action, others, http_equiv, content, .. } = attributes;
    for target in target.iter().chain(&source).chain(&action).chain(others.iter().map(|(target, _)| target)) {
        mark_target(reader, tag, target);
    }
    if let Some(target) = target.filter(|target| !target.is_empty()) {
        let kind = match tag {
            "image" | "feimage" => LinkKind::Image,
            "script" => LinkKind::Script,
            _ => LinkKind::Other,
        };
        match number {
            Some(number) if is_anchor(tag) => reader.begin_anchor(number, target),
            _ if tag == "base" => {}
            _ => _ = reader.add_link(target, kind),
        }
    }
    if let Some(source) = source.filter(|source| !source.is_empty()) {
        let kind = match tag {
            "script" => LinkKind::Script,
            _ if PICTURES.contains(&tag) => LinkKind::Image,
            _ => LinkKind::Other,
        };
        reader.add_link(source, kind);
    }
    if let Some(action) = action.filter(|action| !action.is_empty()) {
        reader.add_link(action, LinkKind::Form);
    }
    for (target, kind) in others {
        reader.add_link(target, kind);
    }
    if tag == "meta" {
        add_meta(reader, &http_equiv, content);
    }
}

fn add_meta(reader: &mut Reader, http_equiv: &str, content: String) {
    if http_equiv.trim().eq_ignore_ascii_case("refresh") {
        if let Some(target) = refresh_target(&content) {
            mark_target(reader, "meta", &target);
            reader.add_link(target, LinkKind::Redirect);
        }
    } else if leads_away(&content) {
        reader.add_link(content, LinkKind::Other);
    }
}

/// `5; url='https://…'`, `0 url=https://…` (WHATWG HTML 4.2.5.3).
fn refresh_target(content: &str) -> Option<String> {
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let behind = content.trim_start().trim_start_matches(is_digit);
    let rest = match behind.trim_start().strip_prefix([';', ',']) {
        Some(rest) => rest,
        None if behind.starts_with(char::is_whitespace) && !behind.trim_start().starts_with(is_digit) => behind,
        // Browsers stay where they are; others may not.
        None => content.split_once([';', ','])?.1,
    };
    let rest = rest.trim_start();
    let rest = match rest.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("url") => rest.get(3..)?.trim_start().strip_prefix('=')?.trim_start(),
        _ => rest,
    };
    let target = rest.trim_matches(['"', '\'', ' ']);
    (!target.is_empty()).then(|| target.to_owned())
}

/// Schemes that run or carry something.
fn mark_target(reader: &mut Reader, tag: &str, target: &str) {
    if starts_script(target) {
        reader.mark("script");
        reader.add_script(&mail::links::percent_decoded(target.split_once(':').map_or("", |(_, script)| script)));
        reader.add_script("\n");
    } else if data::is_data(target) {
        let start: String =
            target.chars().filter(|c| !c.is_control() && *c != ' ').take(24).collect::<String>().to_ascii_lowercase();
        let is_plain = (start.starts_with("data:image/") && !start.starts_with("data:image/svg"))
            || start.starts_with("data:font/")
            || start.starts_with("data:application/font")
            || start.starts_with("data:application/x-font");
        let shows = PICTURES.contains(&tag)
            || matches!(tag, "table" | "td" | "th" | "tr" | "body" | "div" | "span" | "link" | "a" | "p");
        if !(is_plain && shows && tag != "a") {
            reader.mark("data_url");
        }
    }
}

#[cfg(test)]
mod tests;

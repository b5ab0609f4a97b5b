//! What a start tag means: does it hide, link, colour, or do something?

use lol_html::html_content::Element;
use scan::content::LinkKind;

use crate::formats::html::page::Reader;
use crate::formats::html::style::{self, Style};

/// Elements that begin a new line.
const BLOCKS: [&str; 36] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "table",
    "title",
    "tbody",
    "tr",
    "ul",
    "body",
];
/// Elements whose text is not on the page.
const UNSEEN: [&str; 4] = ["title", "template", "datalist", "textarea"];

/// The attributes that matter, decoded.
#[derive(Default)]
struct Attributes {
    target: Option<String>,
    source: Option<String>,
    action: Option<String>,
    other_targets: Vec<String>,
    style: Style,
    background: Option<u32>,
    colour: Option<u32>,
    is_hidden: bool,
    has_handler: bool,
    http_equiv: String,
    content: String,
    kind: String,
}

/// Takes note of an element; a number if its end matters.
pub(super) fn open(reader: &mut Reader, element: &Element<'_, '_>) -> Option<u32> {
    let tag = element.tag_name();
    let attributes = read_attributes(element);
    close_implied(reader, &tag);
    if BLOCKS.contains(&tag.as_str()) {
        reader.break_line();
    } else if matches!(tag.as_str(), "td" | "th") {
        reader.push_space();
    }
    if attributes.has_handler {
        reader.mark("event_handler");
    }
    mark_active(reader, &tag, &attributes);
    let hides = hides(reader, &tag, &attributes);
    let background = attributes.style.background.or(attributes.background);
    let is_anchor = matches!(tag.as_str(), "a" | "area") && attributes.target.is_some();
    let number = (hides || background.is_some() || is_anchor).then(|| reader.push(&tag, hides, background));
    add_links(reader, &tag, attributes, number);
    number
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
        block if BLOCKS.contains(&block) => reader.close_implied(&["p"]),
        _ => {}
    }
}

fn hides(reader: &Reader, tag: &str, attributes: &Attributes) -> bool {
    let colour = attributes.style.colour.or(attributes.colour);
    let background = attributes.style.background.or(attributes.background).or_else(|| reader.background());
    let same_colour = colour.is_some() && colour == background;
    attributes.is_hidden || attributes.style.hides || same_colour || UNSEEN.contains(&tag)
}

fn mark_active(reader: &mut Reader, tag: &str, attributes: &Attributes) {
    match tag {
        "script" => reader.mark("script"),
        "form" => reader.mark("form"),
        "iframe" | "frame" => reader.mark("iframe"),
        "object" | "embed" | "applet" => reader.mark("object"),
        "input" if attributes.kind.eq_ignore_ascii_case("password") => reader.mark("password_field"),
        "meta" if attributes.http_equiv.trim().eq_ignore_ascii_case("refresh") => reader.mark("refresh"),
        "base" => {
            if let Some(target) = &attributes.target {
                reader.set_base(target);
            }
        }
        _ => {}
    }
}

fn add_links(reader: &mut Reader, tag: &str, attributes: Attributes, number: Option<u32>) {
    let Attributes { target, source, action, other_targets, http_equiv, content, .. } = attributes;
    for target in target.iter().chain(&source).chain(&action).chain(&other_targets) {
        mark_target(reader, tag, target);
    }
    if let Some(target) = target {
        match (tag, number) {
            ("a" | "area", Some(number)) => reader.begin_anchor(number, target),
            ("base", _) => {}
            _ => _ = reader.add_link(target, LinkKind::Other),
        }
    }
    if let Some(source) = source {
        let is_picture = matches!(tag, "img" | "input" | "image" | "source" | "video" | "picture");
        reader.add_link(source, if is_picture { LinkKind::Image } else { LinkKind::Other });
    }
    if let Some(action) = action {
        reader.add_link(action, LinkKind::Form);
    }
    for target in other_targets {
        reader.add_link(target, LinkKind::Other);
    }
    if tag == "meta"
        && http_equiv.trim().eq_ignore_ascii_case("refresh")
        && let Some(target) = refresh_target(&content)
    {
        mark_target(reader, tag, &target);
        reader.add_link(target, LinkKind::Other);
    }
}

/// `5; url='https://…'` (WHATWG HTML 4.2.5.3).
fn refresh_target(content: &str) -> Option<String> {
    let (_, rest) = content.split_once([';', ','])?;
    let rest = rest.trim_start();
    let rest = match rest.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("url") => rest.get(3..)?.trim_start().strip_prefix('=')?.trim_start(),
        _ => rest,
    };
    let target = rest.trim_matches(['"', '\'', ' ']);
    (!target.is_empty()).then(|| target.to_owned())
}

/// Schemes that run or carry something. Browsers drop controls and white space in them, so they are dropped here.
fn mark_target(reader: &mut Reader, tag: &str, target: &str) {
    let start: String = target.chars().filter(|c| !c.is_control() && *c != ' ').take(24).collect();
    let start = start.to_ascii_lowercase();
    if start.starts_with("javascript:") || start.starts_with("vbscript:") {
        reader.mark("script");
    } else if start.starts_with("data:") {
        let is_plain_picture = start.starts_with("data:image/") && !start.starts_with("data:image/svg");
        if !(is_plain_picture && matches!(tag, "img" | "image" | "source" | "table" | "td" | "body" | "link")) {
            reader.mark("data_url");
        }
    }
}

fn read_attributes(element: &Element<'_, '_>) -> Attributes {
    let mut read = Attributes::default();
    for attribute in element.attributes() {
        let name = attribute.name();
        let value = || htmlize::unescape_attribute(attribute.value()).into_owned();
        match name.as_str() {
            "href" | "xlink:href" => read.target = Some(read.target.take().unwrap_or_else(value)),
            "src" => read.source = Some(value()),
            "action" | "formaction" => read.action = Some(value()),
            "background" | "data" | "poster" | "codebase" | "srcdoc" | "longdesc" | "cite" => {
                read.other_targets.push(value());
            }
            "srcset" => read.other_targets.extend(srcset(&value())),
            "style" => read.style = style::read(&value()),
            "bgcolor" => read.background = style::colour(&value()),
            "color" => read.colour = style::colour(&value()),
            "hidden" => read.is_hidden = true,
            "http-equiv" => read.http_equiv = value(),
            "content" => read.content = value(),
            "type" => read.kind = value(),
            // A handler is an event's name in letters: `on-sale` is none.
            _ if name
                .strip_prefix("on")
                .is_some_and(|event| event.len() > 2 && event.bytes().all(|b| b.is_ascii_alphabetic())) =>
            {
                read.has_handler = true;
            }
            _ => {}
        }
    }
    read
}

fn srcset(value: &str) -> Vec<String> {
    let candidates = value.split(", ").filter_map(|candidate| candidate.split_ascii_whitespace().next());
    candidates.map(str::to_owned).collect()
}

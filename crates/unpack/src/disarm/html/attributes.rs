//! Attributes that run something or lead where nobody should go.

use std::borrow::Cow;

use lol_html::html_content::Element;

use crate::disarm::Removed;
use crate::disarm::html::sheet;

/// Attributes that hold addresses.
const ADDRESSES: [&str; 24] = [
    "href",
    "src",
    "background",
    "data",
    "poster",
    "codebase",
    "longdesc",
    "cite",
    "manifest",
    "lowsrc",
    "dynsrc",
    "archive",
    "classid",
    "icon",
    "usemap",
    "action",
    "to",
    "from",
    "values",
    "by",
    "profile",
    "data-href",
    "data-url",
    "filename",
];
/// Attributes that go wherever they stand.
const GONE: [&str; 8] =
    ["srcdoc", "formaction", "action", "formmethod", "ping", "shadowrootmode", "shadowroot", "autofocus"];
/// Attributes of one element: to take one away means to look through all, and no honest element has so many.
const ATTRIBUTES_MAX: usize = 200;
/// Schemes that a person follows on purpose.
const SCHEMES: [&str; 21] = [
    "http", "https", "mailto", "tel", "sms", "smsto", "callto", "cid", "mid", "ftp", "ftps", "news", "nntp", "xmpp",
    "sip", "sips", "geo", "webcal", "urn", "magnet", "feed",
];
/// Starts of values that run wherever they stand.
const RUNNING: [&str; 6] = ["javascript:", "vbscript:", "livescript:", "mocha:", "mhtml:", "jar:"];

/// Takes them away.
pub(super) fn disarm_attributes(element: &mut Element<'_, '_>, removed: &mut Removed) {
    if element.attributes().len() > ATTRIBUTES_MAX {
        removed.note("elements of hundreds of attributes");
        // With its content: what is text within a `<textarea>` would be tags without it.
        return element.remove();
    }
    let attributes: Vec<(String, String)> =
        element.attributes().iter().map(|attribute| (attribute.name(), attribute.value())).collect();
    for (name, value) in attributes {
        let value = if value.contains('&') {
            htmlize::unescape_attribute(value.as_str())
        } else {
            Cow::Borrowed(value.as_str())
        };
        if let Some(what) = unwanted(&name, &value) {
            removed.note(what);
            // Of two with one name both go.
            while element.has_attribute(&name) {
                element.remove_attribute(&name);
            }
        }
    }
}

fn unwanted(name: &str, value: &str) -> Option<&'static str> {
    let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
    if local.starts_with("on") {
        return Some("scripts");
    }
    if GONE.contains(&local) {
        return Some("forms");
    }
    let packed = packed(value);
    let lower = packed.get(..packed.floor_char_boundary(64)).unwrap_or_default().to_ascii_lowercase();
    if RUNNING.iter().any(|start| lower.starts_with(start)) {
        return Some("scripts");
    }
    match local {
        "style" => sheet::disarm(value).map(|_| "imports and scripts of styles"),
        "srcset" | "imagesrcset" => {
            // Pictures inside the address itself hold commas.
            let is_harmless =
                lower.starts_with("data:image/") || value.split(',').all(|one| is_harmless_source(one.trim()));
            (!is_harmless).then_some("links that run or give something away")
        }
        "src" | "background" | "poster" | "href" if lower.starts_with("data:image/") => {
            lower.contains("svg").then_some("pages inside addresses")
        }
        local if ADDRESSES.contains(&local) && !is_harmless_target(value) => Some(if lower.starts_with("data:") {
            "pages inside addresses"
        } else {
            "links that run or give something away"
        }),
        _ => None,
    }
}

fn is_harmless_source(source: &str) -> bool {
    let address = source.split_ascii_whitespace().next().unwrap_or_default();
    is_harmless_target(address)
}

/// Readers drop white space and controls at the start and line ends within (URL standard, 4.4).
fn packed(value: &str) -> String {
    value.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

/// Does a person who follows it go where a page or a mail is? No scheme is harmless that is not known to be; a file share
/// gives the name and the password of who looks at it away.
pub(crate) fn is_harmless_target(target: &str) -> bool {
    let packed = packed(target);
    if packed.starts_with("\\") || packed.starts_with("/\\") {
        return false;
    }
    let Some((scheme, _)) = packed.split_once(':') else { return true };
    let is_scheme = !scheme.is_empty()
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    !is_scheme || SCHEMES.contains(&scheme.to_ascii_lowercase().as_str())
}

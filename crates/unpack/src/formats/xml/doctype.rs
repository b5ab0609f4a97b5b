//! The document type declaration at the head of an XML text: none, one of the well-known that stand for a vocabulary, or one
//! that could define entities.

/// Public identifiers, and where their definitions lie, of vocabularies whose files carry them by habit.
const KNOWN: [(&str, &[&str]); 15] = [
    ("-//W3C//", &["http://www.w3.org/", "https://www.w3.org/"]),
    ("-//Apple//DTD PLIST", &["http://www.apple.com/DTDs/", "https://www.apple.com/DTDs/"]),
    ("-//Apple Computer//DTD PLIST", &["http://www.apple.com/DTDs/"]),
    ("-//NISO//DTD ncx", &["http://www.daisy.org/"]),
    ("-//OpenOffice.org//DTD", &["Manifest.dtd", "office.dtd"]),
    ("-//Netscape Communications//DTD RSS", &["http://my.netscape.com/"]),
    (
        "-//OASIS//DTD",
        &["http://www.oasis-open.org/", "https://www.oasis-open.org/", "http://docbook.org/", "docbookx.dtd"],
    ),
    ("-//Recordare//DTD", &["http://www.musicxml.org/", "https://www.musicxml.org/"]),
    ("-//NLM//DTD", &["http://jats.nlm.nih.gov/", "https://jats.nlm.nih.gov/", "http://dtd.nlm.nih.gov/", "JATS-"]),
    ("-//freedesktop//DTD", &["http://www.freedesktop.org/", "http://standards.freedesktop.org/"]),
    ("-//GNOME//DTD", &["http://www.gnome.org/"]),
    ("-//LISA OSCAR", &["http://www.lisa.org/", "tmx14.dtd"]),
    ("-//Sun Microsystems, Inc.//DTD", &["http://java.sun.com/"]),
    ("-//Apache Software Foundation//DTD", &["http://struts.apache.org/", "http://logging.apache.org/"]),
    ("-//Hibernate/Hibernate", &["http://www.hibernate.org/", "http://hibernate.sourceforge.net/"]),
];

/// Definitions that are named by their place alone.
const KNOWN_PLACES: [&str; 7] = [
    "http://xml.cxml.org/schemas/",
    "https://xml.cxml.org/schemas/",
    "http://java.sun.com/dtd/",
    "http://java.sun.com/j2ee/dtds/",
    "urn:fontconfig:fonts.dtd",
    "fonts.dtd",
    "tmx14.dtd",
];

/// Vocabularies whose names programs for drawings define as entities: nobody else has these hosts.
const ENTITY_VALUES: [&str; 9] = [
    "http://www.w3.org/",
    "http://ns.adobe.com/",
    "http://schemas.microsoft.com/",
    "http://schemas.openxmlformats.org/",
    "http://purl.org/dc/",
    "http://www.inkscape.org/namespaces/",
    "http://sodipodi.sourceforge.net/DTD/",
    "http://creativecommons.org/ns",
    "http://xmlns.com/foaf/",
];
/// Entities that a file may define for itself.
const ENTITIES_MAX: usize = 64;
/// Bytes of one of them.
const ENTITY_BYTES_MAX: usize = 512;
/// Bytes of a name of one.
const NAME_BYTES_MAX: usize = 128;
/// Places where they may stand.
const REFERENCES_MAX: usize = 10_000;

/// What the head says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Doctype {
    /// There is none.
    #[default]
    None,
    /// A name alone, or a well-known public definition; in the file itself at most a few entities that are names of vocabularies.
    Known,
    /// It defines something itself, or leads to a definition elsewhere.
    Own,
}

/// Looks for it at the head, where alone it may stand.
pub(super) fn find(xml: &str) -> Doctype {
    let Some(rest) = declaration(xml) else { return Doctype::None };
    let doctype = judge(rest);
    let references = memchr::memchr_iter(b'&', xml.as_bytes()).take(REFERENCES_MAX.saturating_add(1)).count();
    let is_much = references > REFERENCES_MAX && xml.contains("<!ENTITY");
    if is_much { Doctype::Own } else { doctype }
}

/// What stands behind the word by which a declaration begins.
fn declaration(xml: &str) -> Option<&str> {
    let mut rest = xml.trim_start_matches('\u{feff}').trim_start();
    loop {
        if let Some(after) = rest.strip_prefix("<?") {
            rest = after.split_once("?>").map_or("", |(_, after)| after).trim_start();
        } else if let Some(after) = rest.strip_prefix("<!--") {
            rest = after.split_once("-->").map_or("", |(_, after)| after).trim_start();
        } else {
            break;
        }
    }
    let is_one = rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"));
    rest.get(9..).filter(|_| is_one)
}

/// The definitions of a declaration: behind its bracket, which stands before its end.
fn definitions(declaration: &str) -> Option<&str> {
    let mut quote = None;
    for (at, character) in declaration.char_indices() {
        match (quote, character) {
            (Some(open), _) => quote = Some(open).filter(|open| *open != character),
            (None, '"' | '\'') => quote = Some(character),
            (None, '>') => return None,
            (None, '[') => return declaration.get(at.saturating_add(1)..),
            _ => {}
        }
    }
    None
}

/// The text without the declaration and with the entities replaced that it defines itself, if it has any and they are plain words:
/// so that nothing of it is lost, whether it is refused or not.
pub(crate) fn expanded(xml: &str) -> Option<String> {
    let after = definitions(declaration(xml)?)?;
    if memchr::memchr_iter(b'&', xml.as_bytes()).nth(REFERENCES_MAX).is_some() {
        return None;
    }
    let (entities, mut rest) = plain_entities(after)?;
    if entities.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let head = after.get(..after.floor_char_boundary(NAME_BYTES_MAX)).unwrap_or(after);
        let known = head
            .find(';')
            .and_then(|end| Some((after.get(..end)?, after.get(end.saturating_add(1)..)?)))
            .and_then(|(name, rest)| entities.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value, rest)));
        match known {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    // What is left of the declaration ends with a bracket.
    Some(out.trim_start().strip_prefix('>').map(str::to_owned).unwrap_or(out))
}

/// Definitions of plain words alone, up to the bracket that ends them; and what follows it.
fn plain_entities(subset: &str) -> Option<(Vec<(&str, &str)>, &str)> {
    let mut entities = Vec::new();
    let mut rest = subset.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix(']') {
            return Some((entities, after));
        }
        let (name, after) = rest.strip_prefix("<!ENTITY")?.trim_start().split_once(char::is_whitespace)?;
        let quote = after.trim_start().chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after.trim_start().get(1..)?.split_once(quote)?;
        let is_plain = !value.contains(['&', '%', '<', ']', '[']) && value.len() <= ENTITY_BYTES_MAX;
        if !is_plain
            || name.len() >= NAME_BYTES_MAX
            || name.contains(['%', '"', '\''])
            || entities.len() >= ENTITIES_MAX
        {
            return None;
        }
        entities.push((name, value));
        rest = after.trim_start().strip_prefix('>')?.trim_start();
    }
}

/// Are all of them names of vocabularies, and is nothing but the end behind them? Whatever else an entity stands for, it is there to
/// be put into the text: refused.
fn is_harmless(entities: &[(&str, &str)], after: &str) -> bool {
    let is_name = |value: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/:.-_#".contains(c);
        value.chars().all(is_plain) && ENTITY_VALUES.iter().any(|start| value.starts_with(start))
    };
    entities.iter().all(|(_, value)| is_name(value)) && after.trim_start().starts_with('>')
}

/// What follows the word: a name, identifiers in quotes, definitions in brackets.
fn judge(rest: &str) -> Doctype {
    let mut quoted = Vec::new();
    let mut characters = rest.char_indices();
    let own = |at: usize| rest.get(at.saturating_add(1)..).and_then(plain_entities);
    while let Some((at, character)) = characters.next() {
        match character {
            '>' => break,
            '[' if own(at).is_some_and(|(entities, after)| is_harmless(&entities, after)) => break,
            '[' => return Doctype::Own,
            '"' | '\'' => {
                let from = at.saturating_add(1);
                let tail = rest.get(from..).unwrap_or_default();
                let Some(length) = tail.find(character) else { return Doctype::Own };
                quoted.push(tail.get(..length).unwrap_or_default());
                while characters.next().is_some_and(|(_, next)| next != character) {}
            }
            _ => {}
        }
    }
    match quoted.as_slice() {
        [] | ["about:legacy-compat"] => Doctype::Known,
        [system] if KNOWN_PLACES.iter().any(|place| system.starts_with(place)) => Doctype::Known,
        [public] if is_known(public, None) => Doctype::Known,
        [public, system] if is_known(public, Some(system)) => Doctype::Known,
        _ => Doctype::Own,
    }
}

fn is_known(public: &str, system: Option<&str>) -> bool {
    KNOWN.iter().any(|(start, places)| {
        let leads_there = |system: &str| places.iter().any(|place| system.starts_with(place));
        public.starts_with(start) && system.is_none_or(leads_there)
    })
}

//! The document type declaration at the head of an XML text: none, one of the well-known that stand for a vocabulary, or one
//! that could define entities.

/// Public identifiers, and where their definitions lie, of vocabularies whose files carry them by habit.
const KNOWN: [(&str, &[&str]); 6] = [
    ("-//W3C//", &["http://www.w3.org/", "https://www.w3.org/"]),
    ("-//Apple//DTD PLIST", &["http://www.apple.com/DTDs/", "https://www.apple.com/DTDs/"]),
    ("-//Apple Computer//DTD PLIST", &["http://www.apple.com/DTDs/"]),
    ("-//NISO//DTD ncx", &["http://www.daisy.org/"]),
    ("-//OpenOffice.org//DTD", &["Manifest.dtd", "office.dtd"]),
    ("-//Netscape Communications//DTD RSS", &["http://my.netscape.com/"]),
];

/// What the head says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Doctype {
    /// There is none.
    #[default]
    None,
    /// A name alone, or a well-known public definition, and nothing defined in the file itself.
    Known,
    /// It defines something itself, or leads to a definition elsewhere.
    Own,
}

/// Looks for it at the head, where alone it may stand.
pub(super) fn find(xml: &str) -> Doctype {
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
    if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
        return judge(rest.get(9..).unwrap_or_default());
    }
    Doctype::None
}

/// What follows the word: a name, identifiers in quotes, definitions in brackets.
fn judge(rest: &str) -> Doctype {
    let mut quoted = Vec::new();
    let mut characters = rest.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '>' => break,
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

//! The form of a transcript: `#` comments, `!` settings, one side's lines to be fed, and all else that the machine says.
//!
//! A fed line ends with CRLF unless its last character is a backslash. `\r \n \0 \\ \xNN` are bytes, `{{a*600}}` is
//! a text 600 times.

/// How the input is cut into writes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    Whole,
    Bytes,
    Random(u64),
}

#[derive(Debug)]
pub(crate) enum Item {
    /// Comment, setting or empty line: kept as it stands.
    Verbatim(String),
    /// Lines to be fed at once, as they stand in the file.
    Feed(Vec<String>),
}

#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) items: Vec<Item>,
    feed: String,
}

impl Script {
    pub(crate) fn parse(text: &str, feed: &str) -> Self {
        let mut items = Vec::new();
        let mut is_apart = true;
        for line in text.lines() {
            if line.starts_with(feed) {
                match items.last_mut() {
                    Some(Item::Feed(lines)) if !is_apart => lines.push(line.to_owned()),
                    _ => items.push(Item::Feed(vec![line.to_owned()])),
                }
                is_apart = false;
                continue;
            }
            is_apart = true;
            if line.is_empty() || line.starts_with(['#', '!']) {
                items.push(Item::Verbatim(line.to_owned()));
            }
        }
        Self { items, feed: feed.to_owned() }
    }

    /// Arguments of every `! name ...`.
    pub(crate) fn settings<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.items.iter().filter_map(move |item| match item {
            Item::Verbatim(line) => {
                let (word, rest) = line.strip_prefix("! ")?.split_once(' ').unwrap_or((line.strip_prefix("! ")?, ""));
                (word == name).then_some(rest)
            }
            Item::Feed(_) => None,
        })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.settings(name).next().is_some()
    }

    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.settings(name).next().map(|text| text.parse().unwrap())
    }

    pub(crate) fn bytes(&self, lines: &[String]) -> Vec<u8> {
        let mut out = Vec::new();
        for line in lines {
            let text = line.strip_prefix(&self.feed).unwrap();
            let text = text.strip_prefix(' ').unwrap_or(text);
            match text.strip_suffix('\\') {
                Some(text) => out.extend(unescape(text)),
                None => out.extend([unescape(text), b"\r\n".to_vec()].concat()),
            }
        }
        out
    }
}

impl Cut {
    pub(crate) fn apply(self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let Self::Random(mut seed) = self else {
            let size = if matches!(self, Self::Whole) { bytes.len().max(1) } else { 1 };
            return bytes.chunks(size).map(<[u8]>::to_vec).collect();
        };
        let (mut pieces, mut rest) = (Vec::new(), bytes);
        while !rest.is_empty() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let size = usize::try_from(seed >> 33).unwrap() % 40 + 1;
            let (piece, others) = rest.split_at(size.min(rest.len()));
            pieces.push(piece.to_vec());
            rest = others;
        }
        pieces
    }
}

/// Bytes as they are written in a transcript.
pub(crate) fn escape(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string().replace("\\\"", "\"").replace("\\'", "'")
}

/// More than three equal lines of the machine in a row are written as one.
pub(crate) fn fold(text: &str, prefix: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    for equal in lines.chunk_by(|a, b| a == b) {
        if equal.len() > 3 && equal[0].starts_with(prefix) {
            out.push_str(&format!("{} ({} times)\n", equal[0], equal.len()));
        } else {
            equal.iter().for_each(|line| out.push_str(&format!("{line}\n")));
        }
    }
    out
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(repeat) = rest.strip_prefix("{{") {
            let (inner, after) = repeat.split_once("}}").unwrap();
            let (what, times) = inner.rsplit_once('*').unwrap();
            out.extend(unescape(what).repeat(times.parse().unwrap()));
            rest = after;
        } else if let Some(hex) = rest.strip_prefix("\\x") {
            out.push(u8::from_str_radix(&hex[..2], 16).unwrap());
            rest = &hex[2..];
        } else if c == '\\' {
            out.push(match rest.as_bytes()[1] {
                b'r' => b'\r',
                b'n' => b'\n',
                b't' => b'\t',
                b'0' => 0,
                other => other,
            });
            rest = &rest[2..];
        } else {
            out.extend(c.to_string().bytes());
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

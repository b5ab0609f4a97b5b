//! A message written anew so that every client reads it in one way: one header, one type, one encoding, one boundary and one
//! name for each part. What it shows is what was looked at: the parts of all readings, each content once.
//!
//! Kept: the tree of the usual reading, the order of parts, every field that is not of MIME, byte for byte but for line ends,
//! NUL, lone CR and lines of blanks. Lost: preambles, epilogues, lines of a header that are no fields, signatures over parts
//! whose encoding changes. An encoded multipart or message (RFC 2045 6.4 forbids both: some readers undo the encoding, Python's shows
//! it), a fragment of a message and a message of an unknown type become opaque parts.

mod fields;
mod name;

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use sha2::{Digest, Sha256};

use crate::limits;
use crate::media_type::MediaType;
use crate::message::Message;
use crate::part::Part;

/// Characters of a line of base64 (RFC 2045 6.8).
const BASE64_LINE_CHARS: usize = 76;
/// Bytes of the hash that make a boundary.
const BOUNDARY_HASH_BYTES: usize = 12;
/// Name of a message that became an opaque part and had none.
const CLOSED_MESSAGE: &str = "message.eml";
/// Levels left between the tree and the limit of the reader: one for the parts of other readings, one for the leaf.
const SPARE_LEVELS: usize = 2;

/// Writes the message in canonical form. Reading it again shows no ambiguity, its leaves hold exactly what the leaves of all
/// readings held ([`Part::contents`]), and writing that again changes nothing; unless the message was beyond a limit
/// ([`Message::is_cut`]), or has more parts in all readings together than [`limits::PARTS_MAX`].
///
/// Of several names the one with the most dangerous ending stays, so that nothing looks more harmless than it opens; it is
/// made safe: no controls, no signs of direction, no path.
#[must_use]
pub fn canonical(message: &Message) -> Vec<u8> {
    let raw = message.raw();
    let mut seen = HashSet::new();
    let mut root = node(&message.root, raw);
    let mut extras = Vec::new();
    note_contents(&root, &mut seen);
    for part in leaves(message) {
        // The usual content of the usual reading stands in the tree.
        for content in part.contents(raw) {
            if seen.insert(hash(&content)) {
                extras.push(Node { body: Body::Leaf(content.into_owned()), ..leaf(part) });
            }
        }
    }
    if depth(&root) > limits::PART_DEPTH_MAX.saturating_sub(SPARE_LEVELS) {
        root = flat(root);
    }
    let root = if extras.is_empty() { root } else { with_extras(root, extras) };
    let mut out = fields::kept(&message.root.header, raw);
    out.extend_from_slice(b"MIME-Version: 1.0\r\n");
    write(&root, &mut out);
    out
}

/// A part to be written, without the fields that are kept.
struct Node {
    // Fields that are not of MIME, each with its line end; of the root they stand on top.
    fields: Vec<u8>,
    media_type: MediaType,
    disposition: String,
    name: Option<String>,
    body: Body,
}

enum Body {
    Leaf(Vec<u8>),
    Parts(Vec<Node>),
    Message(Box<Node>),
}

// The tree is as deep as the reader lets it be, so recursion has the same limit.
fn node(part: &Part, raw: &[u8]) -> Node {
    let mut node = leaf(part);
    node.body = match part.children.as_slice() {
        [] => Body::Leaf(part.content(raw).into_owned()),
        [child] if part.media_type.is_message() => {
            let mut inner = self::node(child, raw);
            inner.fields = fields::kept(&child.header, raw);
            Body::Message(Box::new(inner))
        }
        children => Body::Parts(children.iter().map(|child| with_fields(child, raw)).collect()),
    };
    if !part.is_leaf() {
        node.media_type = part.media_type.clone();
    }
    node
}

fn with_fields(part: &Part, raw: &[u8]) -> Node {
    Node { fields: fields::kept(&part.header, raw), ..node(part, raw) }
}

// A composite type that holds no parts is no more than its bytes.
fn leaf(part: &Part) -> Node {
    let media_type = match (part.is_multipart(), part.media_type.may_be_message()) {
        (false, false) => part.media_type.clone(),
        (true, _) if part.encoding_is_transparent() => MediaType::default(),
        _ => MediaType::new("application", "octet-stream"),
    };
    // So that whoever opens it opens a message.
    let is_closed = part.is_leaf() && part.media_type.is_message();
    let name = name::of(&part.names).or_else(|| is_closed.then(|| CLOSED_MESSAGE.to_owned()));
    Node { fields: Vec::new(), media_type, disposition: part.disposition.clone(), name, body: Body::Leaf(Vec::new()) }
}

fn leaves(message: &Message) -> impl Iterator<Item = &Part> {
    message.parts().map(|(_, part)| part).filter(|part| part.is_leaf())
}

fn hash(content: &[u8]) -> [u8; 32] {
    Sha256::digest(content).into()
}

fn note_contents(node: &Node, seen: &mut HashSet<[u8; 32]>) {
    match &node.body {
        Body::Leaf(content) => {
            seen.insert(hash(content));
        }
        Body::Parts(parts) => parts.iter().for_each(|part| note_contents(part, seen)),
        Body::Message(inner) => note_contents(inner, seen),
    }
}

fn depth(node: &Node) -> usize {
    let below = match &node.body {
        Body::Leaf(_) => 0,
        Body::Parts(parts) => parts.iter().map(depth).max().unwrap_or(0),
        Body::Message(inner) => depth(inner),
    };
    below.saturating_add(1)
}

fn flat(node: Node) -> Node {
    let mut parts = Vec::new();
    gather(node, &mut parts);
    mixed(parts)
}

fn gather(node: Node, parts: &mut Vec<Node>) {
    match node.body {
        Body::Leaf(_) => parts.push(node),
        Body::Parts(inner) => inner.into_iter().for_each(|part| gather(part, parts)),
        Body::Message(inner) => gather(*inner, parts),
    }
}

fn mixed(parts: Vec<Node>) -> Node {
    Node {
        fields: Vec::new(),
        media_type: MediaType::new("multipart", "mixed"),
        disposition: String::new(),
        name: None,
        body: Body::Parts(parts),
    }
}

// What other readings show stands behind what the usual one does.
fn with_extras(root: Node, extras: Vec<Node>) -> Node {
    match root.body {
        Body::Parts(mut parts) if root.media_type.is("multipart", "mixed") => {
            parts.extend(extras);
            Node { body: Body::Parts(parts), ..root }
        }
        _ => mixed(std::iter::once(root).chain(extras).collect()),
    }
}

// The fields of MIME, the empty line, the body.
fn write(node: &Node, out: &mut Vec<u8>) {
    match &node.body {
        Body::Leaf(content) => {
            let is_clean = is_clean(content);
            let encoding = if is_clean { "7bit" } else { "base64" };
            fields::write(&fields::Described { media_type: &node.media_type, boundary: None, encoding }, out);
            fields::write_disposition(&node.disposition, node.name.as_deref(), out);
            out.extend_from_slice(b"\r\n");
            if is_clean { out.extend_from_slice(content) } else { write_base64(content, out) }
        }
        Body::Message(inner) => {
            fields::write(&fields::Described { media_type: &node.media_type, boundary: None, encoding: "" }, out);
            fields::write_disposition(&node.disposition, node.name.as_deref(), out);
            out.extend_from_slice(b"\r\n");
            out.extend_from_slice(&inner.fields);
            out.extend_from_slice(b"MIME-Version: 1.0\r\n");
            write(inner, out);
        }
        Body::Parts(parts) => write_parts(node, parts, out),
    }
}

fn write_parts(node: &Node, parts: &[Node], out: &mut Vec<u8>) {
    let written: Vec<Vec<u8>> = parts.iter().map(written).collect();
    let boundary = boundary(&written);
    fields::write(&fields::Described { media_type: &node.media_type, boundary: Some(&boundary), encoding: "" }, out);
    fields::write_disposition(&node.disposition, node.name.as_deref(), out);
    out.extend_from_slice(b"\r\n");
    for part in &written {
        out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        out.extend_from_slice(part);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
}

fn written(part: &Node) -> Vec<u8> {
    let mut out = part.fields.clone();
    write(part, &mut out);
    out
}

// From the hash of what it divides, and not in there.
fn boundary(parts: &[Vec<u8>]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    loop {
        let hash = digest.clone().finalize();
        let hex: String = hash.iter().take(BOUNDARY_HASH_BYTES).map(|byte| format!("{byte:02x}")).collect();
        let boundary = format!("=_{hex}");
        if parts.iter().all(|part| memmem::find(part, boundary.as_bytes()).is_none()) {
            return boundary;
        }
        digest.update(b"again");
    }
}

// 7bit as RFC 2045 2.7 has it: lines with CRLF of at most 998 characters that print.
fn is_clean(content: &[u8]) -> bool {
    let mut length = 0_usize;
    let mut rest = content.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'\r' if rest.next() == Some(b'\n') => length = 0,
            b'\t' | b' '..=b'~' if length < limits::LINE_BYTES_USUAL => length = length.saturating_add(1),
            _ => return false,
        }
    }
    true
}

fn write_base64(content: &[u8], out: &mut Vec<u8>) {
    for line in STANDARD.encode(content).as_bytes().chunks(BASE64_LINE_CHARS) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests;

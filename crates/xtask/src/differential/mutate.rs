//! Changes the structure of a message: boundaries, fields, encodings, nesting, line ends, charsets, names.
#![expect(clippy::ptr_arg, reason = "every change has one form, whether it adds lines or not")]

use testkit::random::Random;

/// Changes to one message, at most.
const CHANGES_MAX: usize = 4;

/// A change.
type Change = fn(&mut Vec<Vec<u8>>, &mut Random);

/// Line by line; what makes a line is its line feed.
const CHANGES: [Change; 16] = [
    double_a_field,
    fold_a_field,
    dress_a_value,
    rename_a_file,
    change_an_encoding,
    change_a_type,
    change_a_field_name,
    change_a_charset,
    change_a_delimiter,
    add_a_delimiter,
    change_a_boundary,
    change_a_line_end,
    put_a_line_in,
    spoil_a_body_line,
    move_a_line,
    flip_a_byte,
];

/// A message made of another.
pub(super) fn mutated(message: &[u8], others: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = message.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    for _ in 0..1 + random.below(CHANGES_MAX) {
        if let Some(change) = random.pick(&CHANGES) {
            change(&mut lines, random);
        }
    }
    let whole = lines.concat();
    match random.below(24) {
        0 => nested(&whole, random),
        1 => with_line_ends(&whole, random),
        2 => {
            // The beginning of one, the end of another.
            let other = random.pick(others).cloned().unwrap_or_default();
            let (end, from) = (random.below(whole.len() + 1), random.below(other.len() + 1));
            [whole.get(..end).unwrap_or_default(), other.get(from..).unwrap_or_default()].concat()
        }
        3 => whole.get(..random.below(whole.len() + 1)).unwrap_or_default().to_vec(),
        _ => whole,
    }
}

/// A line of those that fit.
fn line_of(lines: &[Vec<u8>], random: &mut Random, fits: impl Fn(&[u8]) -> bool) -> Option<usize> {
    let fitting: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| fits(line)).map(|(number, _)| number).collect();
    random.pick(&fitting).copied()
}

fn is_mime_field(line: &[u8]) -> bool {
    line.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-"))
}

fn has(line: &[u8], word: &[u8]) -> bool {
    line.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

fn is_delimiter(line: &[u8]) -> bool {
    line.starts_with(b"--") && line.len() > 4
}

fn one<'a>(random: &mut Random, of: &[&'a str]) -> &'a str {
    random.pick(of).copied().unwrap_or_default()
}

fn replaced(line: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let Some(at) = line.windows(from.len()).position(|window| window == from) else { return line.to_vec() };
    [&line[..at], to, &line[at + from.len()..]].concat()
}

fn double_a_field(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let Some(from) = line_of(lines, random, is_mime_field) else { return };
    let field = lines[from].clone();
    let other = line_of(lines, random, is_mime_field).unwrap_or(from);
    // Beside itself, or in the header of another part.
    let at = if random.below(3) == 0 { other } else { from + random.below(2) };
    lines.insert(at, field);
}

fn fold_a_field(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let Some(at) = line_of(lines, random, |line| is_mime_field(line) || line.starts_with(b" ")) else { return };
    let place = random.below(lines[at].len().saturating_sub(1));
    let fold = one(random, &["\r\n ", "\r\n\t", "\r\n \r\n ", "\n ", "\r ", "\r\n  \r\n", " ", "\r\n"]);
    lines[at].splice(place..place, fold.bytes());
}

fn dress_a_value(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let Some(at) =
        line_of(lines, random, |line| line.contains(&b'=') && (is_mime_field(line) || line.starts_with(b" ")))
    else {
        return;
    };
    let line = lines[at].clone();
    lines[at] = match random.below(12) {
        0 => replaced(&line, b"\"", b""),
        1 => line.iter().copied().filter(|byte| *byte != b'"').collect(),
        2 => replaced(&line, b"=", b"= "),
        3 => replaced(&line, b"=", b" ="),
        4 => replaced(&line, b";", b""),
        5 => replaced(&line, b";", b";;"),
        6 => replaced(&line, b"; ", b";(a comment) "),
        7 => replaced(&line, b"=", b"=\""),
        8 => replaced(&line, b"=", b"=\\"),
        9 => replaced(&line, b"=", b"*="),
        10 => replaced(&line, b"=", b"*=utf-8''"),
        _ => replaced(&line, b": ", one(random, &[":", ": ;", ":  ", ": \"", ": (a) ", ":\t"]).as_bytes()),
    };
}

fn rename_a_file(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let Some(at) = line_of(lines, random, |line| has(line, b"name")) else { return };
    let form = one(
        random,
        &[
            "; filename=x.exe",
            "; filename=\"x.exe",
            "; filename=x.txt.exe; filename=x.txt",
            "; filename*=utf-8''x%2Eexe",
            "; filename*0*=utf-8''x; filename*1=.exe",
            "; filename*1=.exe; filename*0=x",
            "; filename*0=x; filename*2=.exe",
            "; filename=\"=?utf-8?Q?x=2Eexe?=\"",
            "; filename==?utf-8?B?eC5leGU=?=",
            "; name=\"x.exe\"",
            "; name*=x.exe",
            "; filename=x .exe",
            "; filename=\"x\\.exe\"",
            "; filename=\"x;.exe\"",
            "; FileName=X.EXE",
            ";filename=\"\"; filename=x.exe",
            "; filename*=iso-2022-jp''x.exe",
            "; filename='x.exe'",
            "\r\n\t; filename=x.exe",
            "; filename=\"a\"b.exe",
            "; filename=(x).exe",
            "; filename=\"../x.exe\"",
        ],
    );
    let end = lines[at].iter().position(|byte| *byte == b'\r' || *byte == b'\n').unwrap_or(lines[at].len());
    match random.below(2) {
        0 => drop(lines[at].splice(end..end, form.bytes())),
        _ => {
            let start = lines[at].iter().position(|byte| *byte == b';').unwrap_or(end).min(end);
            lines[at].splice(start..end, form.bytes());
        }
    }
}

fn change_an_encoding(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let field =
        one(random, &["Content-Transfer-Encoding: ", "Content-Transfer-Encoding:", "Content-Transfer-Encoding :"]);
    let value = one(
        random,
        &[
            "base64",
            "BASE64",
            "base64 ",
            "\"base64\"",
            "base64;",
            "base64 (a)",
            "(a) base64",
            "b ase64",
            "x-base64",
            "base-64",
            "quoted-printable",
            "quoted-printable;x",
            "quotedprintable",
            "7bit",
            "8bit",
            "binary",
            "x-uuencode",
            "uuencode",
            "",
            "=?utf-8?Q?base64?=",
            "base64, 7bit",
            "7bit; base64",
            "base64\r\n\t",
            "none",
        ],
    );
    let line = format!("{field}{value}\r\n").into_bytes();
    if let Some(at) = line_of(lines, random, |line| has(line, b"transfer-encoding")) {
        lines[at] = line;
    } else if let Some(at) = line_of(lines, random, is_mime_field) {
        lines.insert(at, line);
    }
}

fn change_a_type(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let Some(at) = line_of(lines, random, |line| has(line, b"content-type")) else { return };
    let line = lines[at].clone();
    let start = line.iter().position(|byte| *byte == b':').map_or(line.len(), |colon| colon + 1);
    let end = line.iter().position(|byte| b";\r\n".contains(byte)).unwrap_or(line.len()).max(start);
    let kind = one(
        random,
        &[
            "multipart/mixed",
            "multipart/alternative",
            "multipart/digest",
            "multipart/x-unknown",
            "multipart/",
            "multipart",
            "MULTIPART/MIXED",
            "multipart /mixed",
            "message/rfc822",
            "message/global",
            "message/partial",
            "message/x-odd",
            "message/delivery-status",
            "message/external-body",
            "message/news",
            "text/plain",
            "text/html",
            "text/rfc822-headers",
            "text",
            "",
            "application/octet-stream",
            "application/x-unknown",
            "a/b/c",
            "=?utf-8?Q?multipart/mixed?=",
            "multipart/mixed (a)",
            "(a) multipart/mixed",
            "\"multipart/mixed\"",
            "multipart/mixed,",
            "image/png",
            "*/*",
            "/",
        ],
    );
    lines[at] = [&line[..start], b" ", kind.as_bytes(), &line[end..]].concat();
}

fn change_a_field_name(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let Some(at) = line_of(lines, random, is_mime_field) else { return };
    let line = lines[at].clone();
    lines[at] = match random.below(9) {
        0 => replaced(&line, b":", b" :"),
        1 => replaced(&line, b":", b"\t:"),
        2 => [b" ".as_slice(), &line].concat(),
        3 => line.to_ascii_uppercase(),
        4 => replaced(&line, b":", b""),
        5 => replaced(&line, b"-", b"\0-"),
        6 => [b"X: y\r".as_slice(), &line].concat(),
        7 => [b"\xff".as_slice(), &line].concat(),
        _ => replaced(&line, b":", b"::"),
    };
}

fn change_a_charset(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let Some(at) = line_of(lines, random, |line| has(line, b"content-type")) else { return };
    let charset = one(
        random,
        &[
            "utf-16",
            "utf-7",
            "utf-32",
            "x-unknown",
            "iso-2022-jp",
            "\"utf-8",
            "ibm037",
            "",
            "us-ascii; charset=utf-7",
            "utf-8''",
        ],
    );
    let end = lines[at].iter().position(|byte| b"\r\n".contains(byte)).unwrap_or(lines[at].len());
    lines[at].splice(end..end, format!("; charset={charset}").bytes());
}

fn change_a_delimiter(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let Some(at) = line_of(lines, random, is_delimiter) else { return };
    let line = lines[at].clone();
    let end = line.iter().position(|byte| b"\r\n".contains(byte)).unwrap_or(line.len());
    let (text, tail) = line.split_at(end);
    lines[at] = match random.below(14) {
        0 => [text, b" ", tail].concat(),
        1 => [text, b"\t ", tail].concat(),
        2 => [text, b"x", tail].concat(),
        3 => [text, b"--", tail].concat(),
        4 => [b" ".as_slice(), text, tail].concat(),
        5 => [b"-".as_slice(), text, tail].concat(),
        6 => [text.to_ascii_uppercase().as_slice(), tail].concat(),
        7 => [text, b"\0", tail].concat(),
        8 => [text, b"\r", tail].concat(),
        9 => [b"\r".as_slice(), text, tail].concat(),
        10 => [text.get(..text.len() - 1).unwrap_or_default(), tail].concat(),
        11 => text.to_vec(),
        12 => [text.strip_suffix(b"--").unwrap_or(text), tail].concat(),
        _ => [text, b"-- x", tail].concat(),
    };
}

fn add_a_delimiter(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let Some(from) = line_of(lines, random, is_delimiter) else { return };
    let line = lines[from].clone();
    let to = random.below(lines.len() + 1);
    match random.below(3) {
        0 => drop(lines.remove(from)),
        1 => lines.insert(to, line),
        _ => {
            let part = [line.as_slice(), b"Content-Type: application/x-new; name=new.exe\r\n\r\nTVqQ new\r\n"].concat();
            lines.insert(to, part);
        }
    }
}

fn change_a_boundary(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let Some(at) = line_of(lines, random, |line| has(line, b"boundary")) else { return };
    let line = lines[at].clone();
    let end = line.iter().position(|byte| b"\r\n".contains(byte)).unwrap_or(line.len());
    let (text, tail) = line.split_at(end);
    lines[at] = match random.below(12) {
        0 => [text, b"; boundary=other", tail].concat(),
        1 => replaced(&line, b"boundary", b"boundary=other; boundary"),
        2 => replaced(&line, b"boundary=", b"boundary*=utf-8''"),
        3 => replaced(&line, b"boundary=", b"boundary*0="),
        4 => replaced(&line, b"boundary=", b"boundary=\"\"; boundary="),
        5 => replaced(&line, b"boundary=", b"Boundary = "),
        6 => replaced(&line, b"boundary=", b"boundary=(x)"),
        7 => replaced(&line, b"boundary", b"x-boundary"),
        8 => replaced(&line, b"boundary=", b"boundary==?utf-8?Q?"),
        9 => [text, b" ", tail].concat(),
        10 => [text, b"\"", tail].concat(),
        _ => [text.get(..text.len().saturating_sub(1)).unwrap_or_default(), tail].concat(),
    };
}

fn change_a_line_end(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let Some(at) = line_of(lines, random, |line| line.ends_with(b"\r\n")) else { return };
    let near =
        line_of(lines, random, |line| is_delimiter(line) || is_mime_field(line)).filter(|_| random.below(2) == 0);
    let at = near.unwrap_or(at);
    let line = lines[at].clone();
    let text = line.strip_suffix(b"\r\n").unwrap_or(&line);
    let end =
        one(random, &["\n", "\r", "\r\r\n", "\n\r", "\r\n\r\n", "", "\u{b}\r\n", "\u{c}\r\n", "\0\r\n", "\u{85}"]);
    lines[at] = [text, end.as_bytes()].concat();
}

fn put_a_line_in(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let near = line_of(lines, random, |line| is_delimiter(line) || is_mime_field(line) || line == b"\r\n");
    let at = near.unwrap_or(0) + random.below(2);
    let line = one(
        random,
        &[
            "\r\n",
            " \r\n",
            "\t\r\n",
            "junk\r\n",
            ": x\r\n",
            "From x\r\n",
            ">From x\r\n",
            " continued\r\n",
            "\0\r\n",
            ".\r\n",
            "X-Other: y\r\n",
            "Content-Type: text/plain\r\n",
            "begin 644 x.exe\r\n#0V%T\r\n`\r\nend\r\n",
            "--\r\n",
            "----\r\n",
            "MIME-Version: 2.0\r\n",
            "Content-Disposition: attachment\r\n",
            "Content-Disposition: inline; filename=x.exe\r\n",
            "\u{feff}\r\n",
            "\r\n\r\n\r\n",
        ],
    );
    lines.insert(at.min(lines.len()), line.as_bytes().to_vec());
}

fn spoil_a_body_line(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let is_base64 = |line: &[u8]| {
        line.len() > 8 && line.trim_ascii().iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
    };
    let Some(at) = line_of(lines, random, |line| is_base64(line) || line.contains(&b'=') && !is_mime_field(line))
    else {
        return;
    };
    let place = random.below(lines[at].len());
    let junk = one(
        random,
        &[
            "=", "==", "====", "!", "-", "_", " ", "\t", "\0", "\r\n", "\r\n\r\n", "\u{e9}", "=0", "=3", "=zz",
            "=\r\n", "QQ==", ".",
        ],
    );
    lines[at].splice(place..place, junk.bytes());
}

fn move_a_line(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    if lines.is_empty() {
        return;
    }
    let line = lines.remove(random.below(lines.len()));
    match random.below(3) {
        0 => {}
        1 => lines.insert(random.below(lines.len() + 1), line),
        _ => {
            let at = random.below(lines.len() + 1);
            lines.splice(at..at, [line.clone(), line]);
        }
    }
}

fn flip_a_byte(lines: &mut Vec<Vec<u8>>, random: &mut Random) {
    let Some(at) = line_of(lines, random, |line| !line.is_empty()) else { return };
    let near = line_of(lines, random, |line| is_delimiter(line) || is_mime_field(line)).filter(|_| random.below(4) > 0);
    let line = &mut lines[near.unwrap_or(at)];
    let place = random.below(line.len());
    let bytes = b"\0\t\n\r \"%'()*+,-./:;<=>?@[\\]_`{}~\x7f\x80\xa0\xff";
    let byte = random.pick(bytes).copied().unwrap_or(0);
    match random.below(3) {
        0 => line[place] = byte,
        1 => line.insert(place, byte),
        _ => drop(line.remove(place)),
    }
}

/// As a part of another message.
fn nested(message: &[u8], random: &mut Random) -> Vec<u8> {
    let head = one(
        random,
        &[
            "Content-Type: message/rfc822",
            "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64",
            "Content-Type: message/rfc822; name=a.eml\r\nContent-Disposition: attachment",
            "Content-Type: message/global",
            "Content-Type: multipart/mixed; boundary=outer",
            "Content-Type: message/x-unknown",
            "Content-Type: text/rfc822-headers",
        ],
    );
    let start = format!(
        "From: o@p.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=wrap\r\n\r\n--wrap\r\n{head}\r\n\r\n"
    );
    let body =
        if head.contains("base64") { data_encoding::BASE64.encode(message).into_bytes() } else { message.to_vec() };
    [start.as_bytes(), &body, b"\r\n--wrap--\r\n"].concat()
}

/// Every line end in another form.
fn with_line_ends(message: &[u8], random: &mut Random) -> Vec<u8> {
    let end: &[u8] = one(random, &["\n", "\r", "\n\r", "\r\r\n"]).as_bytes();
    let mut out = Vec::with_capacity(message.len());
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(text) => out.extend([text, end].concat()),
            None => out.extend_from_slice(line),
        }
    }
    out
}

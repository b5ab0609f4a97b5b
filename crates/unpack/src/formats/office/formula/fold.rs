//! Texts that a formula puts together out of constants: `"http://evil"&"-host.example/"`, `CHAR(104)&"ttp"`. What depends on
//! cells is not known here.
//!
//! Limits: [`DEPTH_MAX`], [`TEXT_BYTES_MAX`]; beyond them a text counts as not known.

/// Functions within functions.
const DEPTH_MAX: u32 = 32;
/// A text that is put together, bytes.
const TEXT_BYTES_MAX: usize = 8 * 1024;

/// The arguments of a function, each as far as it is known, from behind its bracket on.
pub(super) fn arguments(rest: &str, most: usize) -> Vec<Option<String>> {
    let mut reader = Reader { rest, is_over: false };
    let mut arguments = Vec::new();
    while arguments.len() < most {
        arguments.push(reader.expression(0));
        if !reader.separator() {
            break;
        }
    }
    arguments
}

struct Reader<'f> {
    rest: &'f str,
    /// A limit was reached: nothing more is known.
    is_over: bool,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn step(&mut self, character: char) -> bool {
        let is_there = self.peek() == Some(character);
        if is_there {
            self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
        }
        is_there
    }

    fn separator(&mut self) -> bool {
        self.step(',') || self.step(';')
    }

    /// Pieces joined by `&`; none where a piece is not known. What is no such expression is passed over up to its end.
    fn expression(&mut self, depth: u32) -> Option<String> {
        let mut text = self.piece(depth);
        while self.step('&') {
            let piece = self.piece(depth);
            text = text.zip(piece).map(|(text, piece)| text + &piece).filter(|text| text.len() <= TEXT_BYTES_MAX);
        }
        if !matches!(self.peek(), None | Some(',' | ';' | ')')) {
            self.pass_over();
            return None;
        }
        text.filter(|_| !self.is_over)
    }

    fn piece(&mut self, depth: u32) -> Option<String> {
        if depth >= DEPTH_MAX {
            self.is_over = true;
            return None;
        }
        match self.peek()? {
            '"' => Some(self.string()),
            '(' => {
                self.step('(');
                let inner = self.expression(depth.saturating_add(1));
                self.step(')');
                inner
            }
            '0'..='9' => Some(self.word(|c| c.is_ascii_digit() || c == '.').to_owned()),
            'a'..='z' | 'A'..='Z' | '_' | '$' => {
                let name = self.word(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$' | '!' | ':'));
                let name = name.to_ascii_uppercase();
                if !self.step('(') {
                    return None;
                }
                let mut arguments = Vec::new();
                while !self.is_over {
                    arguments.push(self.expression(depth.saturating_add(1)));
                    if !self.separator() {
                        break;
                    }
                }
                self.step(')');
                call(&name, arguments)
            }
            _ => None,
        }
    }

    fn word(&mut self, is_of_it: impl Fn(char) -> bool) -> &str {
        let end = self.rest.find(|c| !is_of_it(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        word
    }

    /// A doubled quote stands for one.
    fn string(&mut self) -> String {
        let mut text = String::new();
        self.step('"');
        loop {
            let end = self.rest.find('"').unwrap_or(self.rest.len());
            text.push_str(self.rest.get(..end).unwrap_or_default());
            self.rest = self.rest.get(end.saturating_add(1)..).unwrap_or_default();
            match self.rest.strip_prefix('"') {
                Some(rest) => {
                    text.push('"');
                    self.rest = rest;
                }
                None => return text,
            }
        }
    }

    /// To the end of the argument: brackets and strings within it are its own.
    fn pass_over(&mut self) {
        let mut open = 0_u32;
        while let Some(character) = self.peek() {
            match character {
                '"' => {
                    self.string();
                    continue;
                }
                '(' => open = open.saturating_add(1),
                ')' if open == 0 => return,
                ')' => open = open.saturating_sub(1),
                ',' | ';' if open == 0 => return,
                _ => {}
            }
            self.step(character);
        }
    }
}

/// What a function makes of texts that are known.
fn call(name: &str, arguments: Vec<Option<String>>) -> Option<String> {
    let name = name.strip_prefix("_XLFN.").unwrap_or(name);
    let known: Option<Vec<String>> = arguments.into_iter().collect();
    let known = known?;
    let first = || known.first().cloned();
    match name {
        "CHAR" | "UNICHAR" => first()?.parse().ok().and_then(char::from_u32).map(String::from),
        "CONCAT" | "CONCATENATE" => Some(known.concat()),
        "LOWER" => Some(first()?.to_lowercase()),
        "UPPER" => Some(first()?.to_uppercase()),
        "T" | "TRIM" | "CLEAN" | "VALUE" | "TEXT" => first(),
        "REPT" => {
            let count: usize = known.get(1)?.parse().ok()?;
            let text = first()?;
            (text.len().saturating_mul(count) <= TEXT_BYTES_MAX).then(|| text.repeat(count))
        }
        "SUBSTITUTE" => {
            let (from, to) = (known.get(1)?, known.get(2)?);
            Some(if from.is_empty() { first()? } else { first()?.replace(from.as_str(), to) })
                .filter(|text| text.len() <= TEXT_BYTES_MAX)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_put_together_out_of_constants() {
        for (formula, expected) in [
            ("\"http://evil\"&\"-host.example/x\", \"go\")", vec![Some("http://evil-host.example/x"), Some("go")]),
            ("CHAR(104)&\"ttp://a\"; \"b\"\"c\")", vec![Some("http://a"), Some("b\"c")]),
            ("CONCATENATE(\"a\",\"b\",LOWER(\"C\"))&(\"d\"&1))", vec![Some("abcd1")]),
            ("SUBSTITUTE(\"hxxp://a\",\"xx\",\"tt\"))", vec![Some("http://a")]),
            ("A1&\"x\", \"shown\")", vec![None, Some("shown")]),
            ("IF(1>2,\"a)\",\"b\"), \"shown\")", vec![None, Some("shown")]),
            ("REPT(\"a\",99999999))", vec![None]),
            ("", vec![None]),
        ] {
            let found = arguments(formula, 2);
            let found: Vec<Option<&str>> = found.iter().map(Option::as_deref).collect();
            assert_eq!(found, expected, "{formula}");
        }
        assert_eq!(arguments(&"(".repeat(100_000), 2), [None]);
        assert_eq!(arguments(&"T(".repeat(100_000), 2), [None]);
    }
}

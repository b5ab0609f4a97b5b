//! Which names a program of Power Query defines itself, and where they count: members of a section everywhere, names of a `let` up
//! to the end of what stands behind its `in`. Fields of records and parameters of functions are none of them. Source: the M
//! language's specification, let expressions and sections.

use std::collections::HashMap;

use crate::formats::office::ooxml::mashup::words::Token;

/// For each name the places of tokens from and up to which it counts: apart from each other, and in order.
pub(super) struct Scopes<'t>(HashMap<&'t str, Vec<(usize, usize)>>);

/// What is open at a token.
enum Open<'t> {
    /// Of a call, a list, a function's parameters.
    Bracket,
    /// A record, a choice of fields, a type: the name of a field comes next, or what it stands for. Such a name may have words in it
    /// that mean something elsewhere.
    Record { is_naming: bool },
    /// The names that it defines, and whether what they are defined for has begun.
    Let { from: usize, names: Vec<&'t str>, is_body: bool },
}

impl<'t> Scopes<'t> {
    pub(super) fn of(tokens: &'t [Token<'_>]) -> Self {
        let mut reader = Reader { open: Vec::new(), scopes: HashMap::new() };
        let mut before = None;
        for (at, token) in tokens.iter().enumerate() {
            match token {
                Token::Sign(sign) => reader.sign(*sign, at),
                Token::Keyword(word) if !reader.is_naming() => reader.keyword(word, at),
                Token::Name(name) if is_definition(tokens, at) => reader.define(name, before),
                _ => {}
            }
            before = Some(token);
        }
        reader.close_all(tokens.len());
        let mut scopes = reader.scopes;
        scopes.values_mut().for_each(merge);
        Self(scopes)
    }

    /// Is this name, at this token, one that the program defines?
    pub(super) fn defines(&self, name: &str, at: usize) -> bool {
        let Some(scopes) = self.0.get(name) else { return false };
        let next = scopes.partition_point(|(from, _)| *from <= at);
        next.checked_sub(1).and_then(|last| scopes.get(last)).is_some_and(|(_, to)| at < *to)
    }
}

/// A name, and a sign of equality, which is no arrow: a definition, a field, or a comparison.
pub(super) fn is_definition(tokens: &[Token<'_>], at: usize) -> bool {
    let is_sign = |by: usize, sign: char| tokens.get(at.saturating_add(by)) == Some(&Token::Sign(sign));
    is_sign(1, '=') && !is_sign(2, '>')
}

/// Scopes within others become one with them.
fn merge(scopes: &mut Vec<(usize, usize)>) {
    scopes.sort_unstable();
    scopes.dedup_by(|(from, to), (_, last)| {
        let is_within = *from <= *last;
        if is_within {
            *last = (*last).max(*to);
        }
        is_within
    });
}

struct Reader<'t> {
    open: Vec<Open<'t>>,
    scopes: HashMap<&'t str, Vec<(usize, usize)>>,
}

impl<'t> Reader<'t> {
    fn is_naming(&self) -> bool {
        matches!(self.open.last(), Some(Open::Record { is_naming: true }))
    }

    fn sign(&mut self, sign: char, at: usize) {
        match sign {
            '(' | '{' => self.open.push(Open::Bracket),
            '[' => self.open.push(Open::Record { is_naming: true }),
            ')' | '}' | ']' => {
                self.close_while(at, |open| matches!(open, Open::Let { .. }));
                self.open.pop();
            }
            ',' => {
                self.close_bodies(at);
                self.set_naming(true);
            }
            '=' => self.set_naming(false),
            ';' => self.close_all(at),
            _ => {}
        }
    }

    fn keyword(&mut self, word: &str, at: usize) {
        match word {
            "let" => self.open.push(Open::Let { from: at, names: Vec::new(), is_body: false }),
            "shared" => {}
            // `then`, `else` and `otherwise` end what stands in front of them, as the `in` of a `let` around does.
            _ => self.close_bodies(at),
        }
        if let ("in", Some(Open::Let { is_body, .. })) = (word, self.open.last_mut()) {
            *is_body = true;
        }
    }

    fn define(&mut self, name: &'t str, before: Option<&Token<'_>>) {
        match (self.open.last_mut(), before) {
            (Some(Open::Let { names, is_body: false, .. }), Some(Token::Keyword("let") | Token::Sign(','))) => {
                names.push(name);
            }
            // A member of the section, behind the one before, or behind what is said of it.
            (None, None | Some(Token::Sign(';' | ']') | Token::Keyword("shared"))) => self.add(name, (0, usize::MAX)),
            _ => {}
        }
    }

    fn add(&mut self, name: &'t str, scope: (usize, usize)) {
        self.scopes.entry(name).or_default().push(scope);
    }

    fn set_naming(&mut self, is_next: bool) {
        if let Some(Open::Record { is_naming }) = self.open.last_mut() {
            *is_naming = is_next;
        }
    }

    fn close_bodies(&mut self, at: usize) {
        self.close_while(at, |open| matches!(open, Open::Let { is_body: true, .. }));
    }

    fn close_all(&mut self, at: usize) {
        self.close_while(at, |_| true);
    }

    fn close_while(&mut self, at: usize, is_over: impl Fn(&Open<'_>) -> bool) {
        while let Some(open) = self.open.pop_if(|open| is_over(open)) {
            let Open::Let { from, names, .. } = open else { continue };
            names.into_iter().for_each(|name| self.add(name, (from, at)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::office::ooxml::mashup::words::tokens;

    /// Which uses of `A.B` (not its definitions) are the program's own, in order.
    fn check(program: &str, expected: &[bool]) {
        let (tokens, _) = tokens(program, 1_000);
        let scopes = Scopes::of(&tokens);
        let is_use = |at: &usize| tokens[*at] == Token::Name("A.B".into()) && !is_definition(&tokens, *at);
        let found: Vec<bool> = (0..tokens.len()).filter(is_use).map(|at| scopes.defines("A.B", at)).collect();
        assert_eq!(found, expected, "{program}");
    }

    #[test]
    fn names_count_where_they_are_defined() {
        for (program, expected) in [
            ("let x = A.B, A.B = 1 in A.B", &[true, true][..]),
            ("section S; shared x = A.B; A.B = 1; [D=1] shared y = A.B;", &[true, true]),
            ("let x = let A.B = 1 in A.B, y = A.B in x", &[true, false]),
            ("let x = (let A.B = 1 in A.B) & A.B in A.B", &[true, false, false]),
            ("shared x = let A.B = 1 in A.B; shared y = A.B;", &[true, false]),
            ("if let A.B = 1 in A.B then A.B else A.B", &[true, false, false]),
            ("let x = let y = let A.B = 1 in A.B in A.B in A.B", &[true, false, false]),
            ("let A.B = let y = 1 in A.B, z = A.B in A.B", &[true, true, true]),
            ("(let A.B = 1 in {A.B}, A.B)", &[true, false]),
            // Fields, comparisons and parameters define nothing, whatever they are called.
            ("let x = [A.B = 1] in A.B", &[false]),
            ("let x = [y = 1, A.B = 1] in A.B", &[false]),
            ("let x = [let A.B = 1, y = 2] in A.B", &[false]),
            ("let x = [y let A.B = 1, A.B = 2] in A.B", &[false]),
            ("let x = [let = 1, A.B = 2] in A.B", &[false]),
            ("let x = [y = #\"let\", A.B = 2] in A.B", &[false]),
            ("let x = y and A.B = 1 in A.B", &[false]),
            ("let x = f(y, A.B = 1) in A.B", &[false]),
            ("let x = 1 in (A.B) => A.B", &[false, false]),
            // A `let` within the value of a field is one.
            ("[x = let A.B = 1 in A.B, y = A.B]", &[true, false]),
            ("let A.B = 1", &[]),
        ] {
            check(program, expected);
        }
    }
}

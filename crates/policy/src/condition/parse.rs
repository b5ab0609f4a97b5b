//! Tokens to a syntax tree, by recursive descent with a depth limit. Knows nothing of names and types.

use std::ops::Range;

use super::lexer::{Token, tokens};
use crate::error::Fault;
use crate::limits::{CONDITION_BYTES_MAX, CONDITION_DEPTH_MAX};

/// A part of a condition as typed.
#[derive(Clone, Debug)]
pub(super) struct Syntax {
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
}

/// What it is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Syntax>),
    /// With its dots.
    Name(String),
    Not(Box<Syntax>),
    /// `&&`.
    Both(Vec<Syntax>),
    /// `||`.
    Either(Vec<Syntax>),
    /// A comparison or `in`.
    Relation(&'static str, Box<Syntax>, Box<Syntax>),
    /// A function, or a method of `receiver`.
    Call {
        receiver: Option<Box<Syntax>>,
        function: String,
        function_at: usize,
        arguments: Vec<Syntax>,
    },
}

pub(super) fn parse(text: &str) -> Result<Syntax, Fault> {
    if text.len() > CONDITION_BYTES_MAX {
        return Err(Fault::new(0, format!("the condition is longer than {CONDITION_BYTES_MAX} bytes")));
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
    let syntax = parser.either()?;
    match parser.peek() {
        Token::End => Ok(syntax),
        _ => Err(parser.unexpected("`&&`, `||` or the end")),
    }
}

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    next: usize,
    depth: usize,
}

const RELATIONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(token, _)| token)
    }

    fn span(&self) -> Range<usize> {
        // The last token is always `End`.
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0..0, |(_, span)| span.clone())
    }

    fn accept(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(next) if *next == sign);
        if found {
            self.next += 1;
        }
        found
    }

    fn expect(&mut self, sign: &str) -> Result<usize, Fault> {
        let end = self.span().end;
        if self.accept(sign) { Ok(end) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        let found = match self.peek() {
            Token::End => "the condition ends".to_owned(),
            Token::Word(word) => format!("`{word}` stands"),
            Token::Number(number) => format!("`{number}` stands"),
            Token::Text(_) => "a text stands".to_owned(),
            Token::Sign(sign) => format!("`{sign}` stands"),
        };
        let fault = Fault::new(self.span().start, format!("{found} where {wanted} is expected"));
        match self.peek() {
            Token::Word(word) if word == "and" => fault.hint("`and` is written `&&`"),
            Token::Word(word) if word == "or" => fault.hint("`or` is written `||`"),
            Token::Word(word) if word == "not" => fault.hint("`not` is written `!`"),
            Token::Sign(sign) if RELATIONS.contains(sign) => fault.hint("put parentheses around one comparison"),
            _ => fault,
        }
    }

    fn deeper(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth <= CONDITION_DEPTH_MAX {
            return Ok(());
        }
        Err(Fault::new(self.span().start, format!("nested deeper than {CONDITION_DEPTH_MAX} levels"))
            .hint("split the rule, or put the words into a list"))
    }

    fn either(&mut self) -> Result<Syntax, Fault> {
        let mut parts = vec![self.both()?];
        while self.accept("||") {
            parts.push(self.both()?);
        }
        Ok(joined(parts, Kind::Either))
    }

    fn both(&mut self) -> Result<Syntax, Fault> {
        let mut parts = vec![self.relation()?];
        while self.accept("&&") {
            parts.push(self.relation()?);
        }
        Ok(joined(parts, Kind::Both))
    }

    fn relation(&mut self) -> Result<Syntax, Fault> {
        let left = self.negation()?;
        let relation = match self.peek() {
            Token::Sign(sign) if RELATIONS.contains(sign) => *sign,
            Token::Word(word) if word == "in" => "in",
            _ => return Ok(left),
        };
        self.next += 1;
        let right = self.negation()?;
        let span = left.span.start..right.span.end;
        Ok(Syntax { span, kind: Kind::Relation(relation, Box::new(left), Box::new(right)) })
    }

    fn negation(&mut self) -> Result<Syntax, Fault> {
        let start = self.span().start;
        if !self.accept("!") {
            return self.postfix();
        }
        self.deeper()?;
        let inner = self.negation()?;
        self.depth -= 1;
        Ok(Syntax { span: start..inner.span.end, kind: Kind::Not(Box::new(inner)) })
    }

    fn postfix(&mut self) -> Result<Syntax, Fault> {
        let mut left = self.primary()?;
        let mut calls = 0;
        while self.accept(".") {
            let at = self.span();
            let Token::Word(word) = self.peek().clone() else { return Err(self.unexpected("a name")) };
            self.next += 1;
            let start = left.span.start;
            if self.accept("(") {
                // Each call wraps what stands before it, so a chain is as deep as it is long.
                self.deeper()?;
                calls += 1;
                let (arguments, end) = self.arguments(")")?;
                let receiver = Some(Box::new(left));
                let kind = Kind::Call { receiver, function: word, function_at: at.start, arguments };
                left = Syntax { span: start..end, kind };
                continue;
            }
            match &mut left.kind {
                Kind::Name(name) => {
                    name.push('.');
                    name.push_str(&word);
                    left.span.end = at.end;
                }
                _ => return Err(Fault::new(at.start, format!("`{word}` needs parentheses: only names have members"))),
            }
        }
        self.depth -= calls;
        Ok(left)
    }

    fn arguments(&mut self, close: &str) -> Result<(Vec<Syntax>, usize), Fault> {
        let mut arguments = Vec::new();
        self.deeper()?;
        loop {
            let end = self.span().end;
            if self.accept(close) {
                self.depth -= 1;
                return Ok((arguments, end));
            }
            arguments.push(self.either()?);
            if !self.accept(",") {
                let end = self.expect(close)?;
                self.depth -= 1;
                return Ok((arguments, end));
            }
        }
    }

    fn primary(&mut self) -> Result<Syntax, Fault> {
        let span = self.span();
        let kind = match self.peek().clone() {
            Token::Text(text) => Kind::Text(text),
            Token::Number(number) => Kind::Number(number),
            Token::Word(word) => return self.word(&word, span),
            Token::Sign("(") => {
                self.next += 1;
                self.deeper()?;
                let mut inner = self.either()?;
                self.depth -= 1;
                inner.span = span.start..self.expect(")")?;
                return Ok(inner);
            }
            Token::Sign("[") => {
                self.next += 1;
                let (items, end) = self.arguments("]")?;
                return Ok(Syntax { span: span.start..end, kind: Kind::List(items) });
            }
            Token::Sign("-") => {
                self.next += 1;
                let Token::Number(number) = *self.peek() else { return Err(self.unexpected("a number")) };
                let end = self.span().end;
                self.next += 1;
                return Ok(Syntax { span: span.start..end, kind: Kind::Number(-number) });
            }
            _ => return Err(self.unexpected("a name, a text, a number or `(`")),
        };
        self.next += 1;
        Ok(Syntax { span, kind })
    }

    fn word(&mut self, word: &str, span: Range<usize>) -> Result<Syntax, Fault> {
        let kind = match word {
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            "in" | "and" | "or" | "not" => return Err(self.unexpected("a name, a text, a number or `(`")),
            name => Kind::Name(name.to_owned()),
        };
        self.next += 1;
        if !self.accept("(") {
            return Ok(Syntax { span, kind });
        }
        let (arguments, end) = self.arguments(")")?;
        let kind = Kind::Call { receiver: None, function: word.to_owned(), function_at: span.start, arguments };
        Ok(Syntax { span: span.start..end, kind })
    }
}

fn joined(mut parts: Vec<Syntax>, kind: fn(Vec<Syntax>) -> Kind) -> Syntax {
    match (parts.len(), parts.first().map(|part| part.span.start), parts.last().map(|part| part.span.end)) {
        (2.., Some(start), Some(end)) => Syntax { span: start..end, kind: kind(parts) },
        // `either` and `both` hand over one part at least.
        _ => parts.pop().unwrap_or(Syntax { span: 0..0, kind: Kind::Bool(false) }),
    }
}

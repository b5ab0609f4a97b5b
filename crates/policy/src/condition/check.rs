//! Syntax to terms: names are looked up, types compared, words, addresses and patterns read. What passes here cannot go
//! wrong when it is asked.

use std::net::IpAddr;

use super::Lists;
use super::parse::{Kind, Syntax};
use super::term::{FixedList, Op, Order, Term};
use crate::error::{Fault, near};
use crate::names::{self, Type};

mod call;

/// What is in force where a term stands.
pub(super) struct Scope<'s> {
    lists: &'s Lists,
    variables: Vec<String>,
}

/// A term and its type.
type Typed = (Term, Type);

pub(super) fn condition(syntax: &Syntax, lists: &Lists) -> Result<Term, Fault> {
    truth(syntax, &mut Scope { lists, variables: Vec::new() })
}

// A term that must be true or false.
fn truth(syntax: &Syntax, scope: &mut Scope<'_>) -> Result<Term, Fault> {
    let (term, kind) = check(syntax, scope)?;
    if kind == Type::Bool {
        return Ok(term);
    }
    let fault = Fault::new(syntax.span.start, format!("this is {}, not true or false", kind.describe()));
    Err(match kind {
        Type::List => fault.hint("`.size() > 0` asks whether a list has items"),
        _ => fault.hint("compare it with `==`, `<`, `in` ..."),
    })
}

fn check(syntax: &Syntax, scope: &mut Scope<'_>) -> Result<Typed, Fault> {
    let (op, kind) = match &syntax.kind {
        Kind::Bool(value) => (Op::Bool(*value), Type::Bool),
        Kind::Number(value) => (Op::Number(*value), Type::Number),
        Kind::Text(value) => (Op::Text(value.clone()), Type::Text),
        Kind::List(items) => (Op::List(FixedList::new(literals(items)?)), Type::List),
        Kind::Name(name) => name_of(name, syntax.span.start, scope)?,
        Kind::Not(inner) => (Op::Not(Box::new(truth(inner, scope)?)), Type::Bool),
        Kind::Both(parts) => (Op::Both(truths(parts, scope)?), Type::Bool),
        Kind::Either(parts) => (Op::Either(truths(parts, scope)?), Type::Bool),
        Kind::Relation(sign, left, right) => (relation(sign, left, right, scope)?, Type::Bool),
        Kind::Call { receiver: Some(receiver), function, function_at, arguments } => {
            call::method(receiver, (function, *function_at), arguments, scope)?
        }
        Kind::Call { receiver: None, function, function_at, arguments } => {
            (call::function(function, *function_at, arguments)?, Type::Bool)
        }
    };
    Ok((Term { span: syntax.span.clone(), op }, kind))
}

fn truths(parts: &[Syntax], scope: &mut Scope<'_>) -> Result<Vec<Term>, Fault> {
    parts.iter().map(|part| truth(part, scope)).collect()
}

fn literals(items: &[Syntax]) -> Result<Vec<String>, Fault> {
    items.iter().map(|item| literal(item).map(str::to_owned)).collect()
}

fn literal(syntax: &Syntax) -> Result<&str, Fault> {
    match &syntax.kind {
        Kind::Text(text) => Ok(text),
        _ => Err(Fault::new(syntax.span.start, "only text in quotes can stand here")),
    }
}

fn name_of(name: &str, at: usize, scope: &Scope<'_>) -> Result<(Op, Type), Fault> {
    if let Some(depth) = scope.variables.iter().rposition(|variable| variable == name) {
        return Ok((Op::Variable(depth), Type::Text));
    }
    if let Some(list) = name.strip_prefix("lists.") {
        let items = scope.lists.named.get(list).ok_or_else(|| {
            let hint = near(list, scope.lists.named.keys().map(String::as_str));
            let hint = if hint.is_empty() { "write it below `[lists]` in this file".to_owned() } else { hint };
            Fault::new(at, format!("there is no list `{list}`")).hint(hint)
        })?;
        return Ok((Op::List(FixedList::new(items.clone())), Type::List));
    }
    match names::find(name) {
        Some(entry) if entry.name == names::Name::SiteDomains => {
            Ok((Op::List(FixedList::new(scope.lists.site_domains.clone())), Type::List))
        }
        Some(entry) => Ok((Op::Name(entry.name), entry.kind)),
        None => Err(unknown_name(name, at)),
    }
}

fn unknown_name(name: &str, at: usize) -> Fault {
    let fault = Fault::new(at, format!("there is no name `{name}`"));
    if names::FUNCTIONS.iter().any(|entry| entry.text == name) {
        return fault.hint(format!("`{name}` is a function: `{name}(\"...\")`"));
    }
    // A first half of names: show the second halves.
    let below = format!("{name}.");
    let members: Vec<&str> =
        names::NAMES.iter().map(|entry| entry.text).filter(|text| text.starts_with(&below)).collect();
    if !members.is_empty() {
        return fault.hint(format!("there are {}", members.join(", ")));
    }
    // `message.subject` for `subject`: right but for what stands before it.
    let last = name.rsplit('.').next().unwrap_or(name);
    if let Some(entry) = names::NAMES.iter().find(|entry| entry.text == last) {
        return fault.hint(format!("did you mean `{}`?", entry.text));
    }
    let known = names::NAMES.iter().map(|entry| entry.text);
    fault.hint(match near(name, known) {
        hint if hint.is_empty() => "text stands in quotes".to_owned(),
        hint => hint,
    })
}

fn relation(sign: &str, left: &Syntax, right: &Syntax, scope: &mut Scope<'_>) -> Result<Op, Fault> {
    match sign {
        "in" => membership(left, right, scope),
        "==" => equality(left, right, scope).map(|(a, b)| Op::Equal(a, b)),
        "!=" => equality(left, right, scope).map(|(a, b)| Op::Unequal(a, b)),
        "<" => order(Order::Less, left, right, scope),
        "<=" => order(Order::LessOrEqual, left, right, scope),
        ">" => order(Order::Greater, left, right, scope),
        _ => order(Order::GreaterOrEqual, left, right, scope),
    }
}

fn order(order: Order, left: &Syntax, right: &Syntax, scope: &mut Scope<'_>) -> Result<Op, Fault> {
    let mut numbers = Vec::with_capacity(2);
    for side in [left, right] {
        let (term, kind) = check(side, scope)?;
        if kind != Type::Number {
            let message = format!("this is {}; only numbers have an order", kind.describe());
            return Err(Fault::new(side.span.start, message));
        }
        numbers.push(term);
    }
    let [a, b] = <[Term; 2]>::try_from(numbers).map_err(|_| Fault::new(left.span.start, "two numbers are needed"))?;
    Ok(Op::Order(order, Box::new(a), Box::new(b)))
}

fn equality(left: &Syntax, right: &Syntax, scope: &mut Scope<'_>) -> Result<(Box<Term>, Box<Term>), Fault> {
    let (mut a, kind_a) = check(left, scope)?;
    let (mut b, kind_b) = check(right, scope)?;
    match (kind_a, kind_b) {
        (Type::Word(words), Type::Text) => known_word(&b, words)?,
        (Type::Text, Type::Word(words)) => known_word(&a, words)?,
        (Type::Ip, Type::Text) => b = normal_ip(b)?,
        (Type::Text, Type::Ip) => a = normal_ip(a)?,
        (Type::List, _) | (_, Type::List) => {
            return Err(Fault::new(left.span.start, "a list cannot be compared")
                .hint("`x in list`, `list.size() == 0` or `list.exists(x, ...)`"));
        }
        (one, other) if one == other => {}
        (one, other) => {
            let message = format!("left is {}, right is {}: they are never equal", one.describe(), other.describe());
            return Err(Fault::new(left.span.start, message));
        }
    }
    Ok((Box::new(a), Box::new(b)))
}

fn known_word(term: &Term, words: &[&str]) -> Result<(), Fault> {
    match &term.op {
        Op::Text(word) => known(word, term.span.start, words),
        _ => Err(Fault::new(term.span.start, "a word must be compared with text in quotes")),
    }
}

fn known(word: &str, at: usize, words: &[&str]) -> Result<(), Fault> {
    if words.contains(&word) {
        return Ok(());
    }
    Err(Fault::new(at, format!("it is never \"{word}\"")).hint(near(word, words.iter().copied())))
}

fn normal_ip(term: Term) -> Result<Term, Fault> {
    let Op::Text(text) = &term.op else {
        return Err(Fault::new(term.span.start, "an address must be compared with text in quotes"));
    };
    let ip: IpAddr = text.parse().map_err(|_| {
        Fault::new(term.span.start, format!("`{text}` is no IP address"))
            .hint("networks are asked by client.ip.inNetwork([\"192.0.2.0/24\"])")
    })?;
    Ok(Term { span: term.span, op: Op::Text(ip.to_canonical().to_string()) })
}

fn membership(left: &Syntax, right: &Syntax, scope: &mut Scope<'_>) -> Result<Op, Fault> {
    let (item, kind) = check(left, scope)?;
    let (list, list_kind) = check(right, scope)?;
    if list_kind != Type::List {
        let fault = Fault::new(right.span.start, format!("this is {}, not a list", list_kind.describe()));
        return Err(match list_kind {
            Type::Text => fault.hint("`text.contains(\"...\")` looks inside a text"),
            _ => fault,
        });
    }
    match kind {
        Type::Text => {}
        Type::Word(words) => {
            let Kind::List(items) = &right.kind else {
                return Err(Fault::new(
                    right.span.start,
                    "a word is looked for in a list written here: [\"a\", \"b\"]",
                ));
            };
            for item in items {
                known(literal(item)?, item.span.start, words)?;
            }
        }
        Type::Ip => {
            return Err(Fault::new(left.span.start, "an IP address is looked for by networks")
                .hint("client.ip.inNetwork([\"192.0.2.0/24\"])"));
        }
        other => return Err(Fault::new(left.span.start, format!("this is {}; lists hold text", other.describe()))),
    }
    Ok(Op::In(Box::new(item), Box::new(list)))
}

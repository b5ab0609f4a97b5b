//! Functions and methods of conditions.

use std::net::IpAddr;

use ipnet::IpNet;
use mail::address::Domain;
use regex::RegexBuilder;
use scan::class::Class;
use scan::question::Question;

use super::{Scope, check, literal, literals, truth};
use crate::condition::parse::{Kind, Syntax};
use crate::condition::term::{FixedList, Op, Quantifier, Term, TextTest};
use crate::error::{Fault, near};
use crate::limits::REGEX_BYTES_MAX;
use crate::names::{FUNCTIONS, FunctionEntry, METHODS, Type, class_words};

fn form_of(table: &[FunctionEntry], name: &str) -> String {
    table
        .iter()
        .find(|entry| entry.text == name)
        .map_or_else(String::new, |entry| format!("it is written {}", entry.form))
}

/// A function without a receiver: all are questions about content.
pub(super) fn function(name: &str, at: usize, arguments: &[Syntax]) -> Result<Op, Fault> {
    let questions = match name {
        "has_type" | "has_extension" | "has_mark" | "text_contains" | "links_to" => {
            arguments.iter().map(|argument| question(name, argument)).collect::<Result<Vec<_>, _>>()?
        }
        "header_contains" => match arguments {
            [field, text] => vec![header_question(field, text)?],
            _ => Vec::new(),
        },
        _ => {
            let fault = Fault::new(at, format!("there is no function `{name}`"));
            if METHODS.iter().any(|entry| entry.text == name) {
                return Err(fault.hint(form_of(METHODS, name)));
            }
            return Err(fault.hint(near(name, FUNCTIONS.iter().map(|entry| entry.text))));
        }
    };
    if questions.is_empty() {
        return Err(
            Fault::new(at, format!("`{name}` has the wrong number of arguments")).hint(form_of(FUNCTIONS, name))
        );
    }
    Ok(Op::Ask(questions.into_iter().map(|question| (question.clone(), question.key())).collect()))
}

fn question(name: &str, argument: &Syntax) -> Result<Question, Fault> {
    let at = argument.span.start;
    let text = literal(argument)?;
    if text.is_empty() {
        return Err(Fault::new(at, "an empty text is found everywhere"));
    }
    Ok(match name {
        "has_type" if scan::types::is_known(&text.to_ascii_lowercase()) => Question::HasType(text.to_ascii_lowercase()),
        "has_type" => {
            let known = scan::types::ALL.iter().map(|(word, _)| *word);
            let hint = match near(text, known) {
                hint if hint.is_empty() => "the types are listed in docs/reference/conditions.md".to_owned(),
                hint => hint,
            };
            return Err(Fault::new(at, format!("no true type is called `{text}`")).hint(hint));
        }
        "has_extension" if text.contains('.') => {
            return Err(
                Fault::new(at, "an extension is written without dot").hint("for instance has_extension(\"js\")")
            );
        }
        "has_extension" => Question::HasExtension(text.to_ascii_lowercase()),
        "has_mark" if scan::marks::is_known(text) => Question::HasMark(text.to_owned()),
        "has_mark" => {
            let known = scan::marks::ALL.iter().map(|(word, _)| *word);
            return Err(Fault::new(at, format!("nothing is marked `{text}`")).hint(near(text, known)));
        }
        "text_contains" => Question::TextContains(text.to_lowercase()),
        _ => {
            let domain = Domain::parse(text).map_err(|_| {
                Fault::new(at, format!("`{text}` is no domain")).hint("for instance links_to(\"example.com\")")
            })?;
            Question::LinksTo(domain.as_str().to_owned())
        }
    })
}

fn header_question(field: &Syntax, text: &Syntax) -> Result<Question, Fault> {
    let name = literal(field)?;
    // RFC 5322 2.2: printable ASCII but the colon.
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic() && b != b':') {
        return Err(Fault::new(field.span.start, format!("`{name}` is no name of a header field")));
    }
    Ok(Question::HeaderContains { field: name.to_ascii_lowercase(), text: literal(text)?.to_lowercase() })
}

/// A method, `function` with its place.
pub(super) fn method(
    receiver: &Syntax,
    function: (&str, usize),
    arguments: &[Syntax],
    scope: &mut Scope<'_>,
) -> Result<(Op, Type), Fault> {
    let (name, at) = function;
    if matches!(&receiver.kind, Kind::Name(owner) if owner == "verdict") {
        return probability_of(name, at, arguments).map(|op| (op, Type::Number));
    }
    if !METHODS.iter().any(|entry| entry.text == name) {
        let hint = near(name, METHODS.iter().map(|entry| entry.text));
        return Err(Fault::new(at, format!("there is no method `{name}`")).hint(hint));
    }
    let (left, kind) = check(receiver, scope)?;
    let wanted = match name {
        "exists" | "any" | "all" | "size" => Type::List,
        "inNetwork" => Type::Ip,
        _ => Type::Text,
    };
    if kind != wanted {
        let message = format!("`{name}` is for {}; this is {}", wanted.describe(), kind.describe());
        return Err(Fault::new(receiver.span.start, message).hint(form_of(METHODS, name)));
    }
    let left = Box::new(left);
    let op = match (name, arguments) {
        ("matches", [pattern]) => return pattern_test(left, pattern).map(|op| (op, Type::Bool)),
        ("contains", [text]) => Op::Test(TextTest::Contains, left, Box::new(text_argument(text, scope)?)),
        ("startsWith", [text]) => Op::Test(TextTest::Starts, left, Box::new(text_argument(text, scope)?)),
        ("endsWith", [text]) => Op::Test(TextTest::Ends, left, Box::new(text_argument(text, scope)?)),
        ("within", [list]) => Op::Within(left, Box::new(domains(list, scope)?)),
        ("inNetwork", [networks]) => Op::InNetwork(left, networks_of(networks, scope)?),
        ("exists" | "any", [variable, condition]) => {
            quantified(Quantifier::Exists, left, (variable, condition), scope)?
        }
        ("all", [variable, condition]) => quantified(Quantifier::All, left, (variable, condition), scope)?,
        ("size", []) => return Ok((Op::Size(left), Type::Number)),
        _ => {
            return Err(
                Fault::new(at, format!("`{name}` has the wrong number of arguments")).hint(form_of(METHODS, name))
            );
        }
    };
    Ok((op, Type::Bool))
}

fn probability_of(name: &str, at: usize, arguments: &[Syntax]) -> Result<Op, Fault> {
    let ("probability_of", [word]) = (name, arguments) else {
        return Err(Fault::new(at, format!("there is no `verdict.{name}` of this form"))
            .hint(form_of(FUNCTIONS, "verdict.probability_of")));
    };
    let text = literal(word)?;
    Class::from_word(text).map(Op::ProbabilityOf).ok_or_else(|| {
        Fault::new(word.span.start, format!("there is no class \"{text}\"")).hint(near(text, class_words()))
    })
}

fn text_argument(argument: &Syntax, scope: &mut Scope<'_>) -> Result<Term, Fault> {
    match check(argument, scope)? {
        (term, Type::Text) => Ok(term),
        (_, kind) => Err(Fault::new(argument.span.start, format!("this is {}, not text", kind.describe()))),
    }
}

fn pattern_test(left: Box<Term>, pattern: &Syntax) -> Result<Op, Fault> {
    let text = literal(pattern)?;
    let built = RegexBuilder::new(text).size_limit(REGEX_BYTES_MAX).dfa_size_limit(REGEX_BYTES_MAX).build();
    built.map(|regex| Op::Matches(left, regex)).map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            Fault::new(pattern.span.start, format!("this pattern takes more than {REGEX_BYTES_MAX} bytes"))
                .hint("smaller repetitions, or a list")
        }
        other => {
            // The last line of the report names the fault; the rest draws it.
            let text = other.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Fault::new(pattern.span.start, format!("this is no regular expression: {reason}"))
        }
    })
}

fn domains(list: &Syntax, scope: &mut Scope<'_>) -> Result<Term, Fault> {
    if let Kind::Text(text) = &list.kind {
        return Ok(Term { span: list.span.clone(), op: Op::List(FixedList::new(vec![text.clone()])) });
    }
    match check(list, scope)? {
        (term, Type::List) => Ok(term),
        (_, kind) => Err(Fault::new(list.span.start, format!("this is {}, not a list of domains", kind.describe()))),
    }
}

fn networks_of(argument: &Syntax, scope: &mut Scope<'_>) -> Result<Vec<IpNet>, Fault> {
    let at = argument.span.start;
    let texts: Vec<(usize, String)> = match &argument.kind {
        Kind::Text(text) => vec![(at, text.clone())],
        Kind::List(items) => {
            let places = items.iter().map(|item| item.span.start);
            places.zip(literals(items)?).collect()
        }
        _ => match check(argument, scope)? {
            (Term { op: Op::List(list), .. }, _) => list.items.into_iter().map(|item| (at, item)).collect(),
            _ => return Err(Fault::new(at, "networks are a list in quotes or `lists.NAME`")),
        },
    };
    texts.into_iter().map(|(at, text)| network(at, &text)).collect()
}

fn network(at: usize, text: &str) -> Result<IpNet, Fault> {
    let parsed = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    parsed.map(|net| net.trunc()).ok_or_else(|| {
        Fault::new(at, format!("`{text}` is no network")).hint("for instance \"192.0.2.0/24\" or \"2001:db8::/32\"")
    })
}

fn quantified(
    quantifier: Quantifier,
    list: Box<Term>,
    (variable, condition): (&Syntax, &Syntax),
    scope: &mut Scope<'_>,
) -> Result<Op, Fault> {
    let Kind::Name(name) = &variable.kind else {
        return Err(Fault::new(variable.span.start, "the first argument is a name for each item")
            .hint("for instance list.exists(x, x == \"a\")"));
    };
    if name.contains('.') || crate::names::find(name).is_some() || scope.variables.contains(name) {
        return Err(Fault::new(variable.span.start, format!("`{name}` has a meaning already; choose another name")));
    }
    scope.variables.push(name.clone());
    let condition = truth(condition, scope);
    scope.variables.pop();
    Ok(Op::Quantified(quantifier, list, Box::new(condition?)))
}

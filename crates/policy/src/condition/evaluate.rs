//! Asks a condition. Never fails: what is not known is [`Truth::Unknown`] with its causes.

use std::borrow::Cow;
use std::net::IpAddr;

use mail::address::DOMAIN_BYTES_MAX;
use scan::question::Answer;

use super::View;
use super::term::{FixedList, Op, Order, Quantifier, Term, TextTest};
use super::value::{Cause, CauseKind, FoundList, Truth, Value, fold, same};

mod known;

/// Cause of every question whose answer lies in something that could not be opened.
const CONTENT: &str = "content";

/// Values of the variables of quantifiers, outermost first.
pub(super) type Variables = Vec<String>;

pub(super) fn truth(term: &Term, view: &View<'_>, variables: &mut Variables) -> Truth {
    match &term.op {
        Op::Bool(value) => Truth::of(*value),
        Op::Not(inner) => truth(inner, view, variables).negated(),
        Op::Both(parts) => both(parts, view, variables),
        Op::Either(parts) => either(parts, view, variables),
        Op::Equal(a, b) => equal(value(a, view, variables), &value(b, view, variables)),
        Op::Unequal(a, b) => equal(value(a, view, variables), &value(b, view, variables)).negated(),
        Op::Order(order, a, b) => ordered(*order, &value(a, view, variables), &value(b, view, variables)),
        Op::In(item, list) => contained(value(item, view, variables), &value(list, view, variables)),
        Op::Test(test, a, b) => tested(*test, &value(a, view, variables), &value(b, view, variables)),
        Op::Matches(text, regex) => match value(text, view, variables) {
            Value::Text(text) => Truth::of(regex.is_match(&text)),
            other => not_a_value(other),
        },
        Op::Within(domain, list) => within(value(domain, view, variables), &value(list, view, variables)),
        Op::InNetwork(ip, networks) => match value(ip, view, variables) {
            Value::Ip(ip) => Truth::of(networks.iter().any(|network| network.contains(&ip))),
            other => not_a_value(other),
        },
        Op::Ask(questions) => {
            let answers = questions.iter().map(|(_, key)| answer(key, view));
            answers.fold(Truth::False, Truth::or)
        }
        Op::Quantified(quantifier, list, condition) => quantified(*quantifier, (list, condition), view, variables),
        _ => match value(term, view, variables) {
            Value::Truth(truth) => truth,
            other => not_a_value(other),
        },
    }
}

pub(super) fn value<'v>(term: &'v Term, view: &View<'v>, variables: &mut Variables) -> Value<'v> {
    match &term.op {
        Op::Number(number) => Value::Number(*number),
        Op::Text(text) => Value::Text(Cow::Borrowed(text)),
        Op::List(list) => Value::Fixed(list),
        Op::Name(name) => known::name(*name, view),
        Op::ProbabilityOf(class) => Value::Number(view.verdict.probability.of(*class)),
        Op::Variable(depth) => Value::Text(Cow::Owned(variables.get(*depth).cloned().unwrap_or_default())),
        Op::Size(list) => size(&value(list, view, variables)),
        _ => Value::Truth(truth(term, view, variables)),
    }
}

fn both(parts: &[Term], view: &View<'_>, variables: &mut Variables) -> Truth {
    let mut joined = Truth::True;
    for part in parts {
        joined = joined.and(truth(part, view, variables));
        if joined == Truth::False {
            break;
        }
    }
    joined
}

fn either(parts: &[Term], view: &View<'_>, variables: &mut Variables) -> Truth {
    let mut joined = Truth::False;
    for part in parts {
        joined = joined.or(truth(part, view, variables));
        if joined == Truth::True {
            break;
        }
    }
    joined
}

// Checked terms bring the right type; what is left is the unknown.
fn not_a_value(value: Value<'_>) -> Truth {
    match value {
        Value::Unknown(causes) => Truth::Unknown(causes),
        Value::Truth(truth) => truth,
        _ => Truth::False,
    }
}

fn either_unknown(a: Value<'_>, b: &Value<'_>) -> Truth {
    match (a, b) {
        (Value::Unknown(causes), Value::Unknown(more)) => {
            Truth::Unknown(causes.into_iter().chain(more.iter().cloned()).collect())
        }
        (Value::Unknown(causes), _) => Truth::Unknown(causes),
        (_, Value::Unknown(causes)) => Truth::Unknown(causes.clone()),
        _ => Truth::False,
    }
}

fn equal(a: Value<'_>, b: &Value<'_>) -> Truth {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Truth::of(a.total_cmp(b).is_eq()),
        (Value::Text(a), Value::Text(b)) => Truth::of(same(&a, b)),
        (Value::Word(word, doubt), Value::Text(text)) => word_is(doubt, word == text),
        (Value::Text(text), Value::Word(word, doubt)) => word_is(doubt.clone(), *word == text),
        (Value::Word(word, doubt), Value::Word(other, other_doubt)) => {
            word_is(doubt.or(other_doubt.clone()), word == *other)
        }
        (Value::Ip(ip), Value::Text(text)) => Truth::of(text.parse::<IpAddr>().is_ok_and(|other| other == ip)),
        (Value::Text(text), Value::Ip(ip)) => Truth::of(text.parse::<IpAddr>().is_ok_and(|other| other == *ip)),
        (Value::Ip(a), Value::Ip(b)) => Truth::of(a == *b),
        (Value::Truth(a), Value::Truth(b)) => {
            // Equal where both hold or neither does.
            let neither = a.clone().negated().and(b.clone().negated());
            a.and(b.clone()).or(neither)
        }
        (a, b) => either_unknown(a, b),
    }
}

// "temperror" is certainly temperror, and perhaps anything else.
fn word_is(doubt: Option<Cause>, same: bool) -> Truth {
    match doubt {
        Some(cause) if !same => Truth::unknown(cause),
        _ => Truth::of(same),
    }
}

fn ordered(order: Order, a: &Value<'_>, b: &Value<'_>) -> Truth {
    let (Value::Number(left), Value::Number(right)) = (a, b) else { return either_unknown(a.clone(), b) };
    Truth::of(match order {
        Order::Less => left < right,
        Order::LessOrEqual => left <= right,
        Order::Greater => left > right,
        Order::GreaterOrEqual => left >= right,
    })
}

fn contained(item: Value<'_>, list: &Value<'_>) -> Truth {
    match (item, list) {
        (Value::Text(text), Value::Fixed(list)) => Truth::of(list.contains(&text)),
        (Value::Word(word, doubt), Value::Fixed(list)) => word_is(doubt, list.contains(word)),
        (Value::Text(text), Value::Found(list)) => found(&text, list),
        (item, list) => either_unknown(item, list),
    }
}

fn found(text: &str, list: &FoundList<'_>) -> Truth {
    if list.items.iter().any(|item| same(item, text)) {
        return Truth::True;
    }
    if let Some((_, cause)) = list.doubtful.iter().find(|(item, _)| same(item, text)) {
        return Truth::unknown(cause.clone());
    }
    match list.open {
        Some(name) if !list.absent.iter().any(|item| same(item, text)) => {
            Truth::unknown(Cause::new(CauseKind::Advisory, format!("{name}[{text}]")))
        }
        _ => Truth::False,
    }
}

fn tested(test: TextTest, a: &Value<'_>, b: &Value<'_>) -> Truth {
    let (Value::Text(text), Value::Text(part)) = (a, b) else { return either_unknown(a.clone(), b) };
    let (text, part) = (fold(text), fold(part));
    Truth::of(match test {
        TextTest::Contains => text.contains(&part),
        TextTest::Starts => text.starts_with(&part),
        TextTest::Ends => text.ends_with(&part),
    })
}

fn within(domain: Value<'_>, list: &Value<'_>) -> Truth {
    let Value::Text(domain) = domain else { return either_unknown(domain, list) };
    // Longer is no domain, and its labels would cost time without end.
    if domain.len() > DOMAIN_BYTES_MAX {
        return Truth::False;
    }
    // The domain, then each one above it.
    let mut rest = Some(domain.as_ref());
    let mut joined = Truth::False;
    while let Some(name) = rest.filter(|name| !name.is_empty()) {
        joined = joined.or(contained(Value::Text(Cow::Borrowed(name)), list));
        rest = name.split_once('.').map(|(_, above)| above);
    }
    joined
}

fn size<'v>(list: &Value<'v>) -> Value<'v> {
    // A list is far below 2^52 items.
    let number = |items: usize| Value::Number(u32::try_from(items).map_or(f64::INFINITY, f64::from));
    match list {
        Value::Fixed(list) => number(list.items.len()),
        Value::Found(list) if list.doubtful.is_empty() => number(list.items.len()),
        Value::Found(list) => Value::Unknown(list.doubtful.iter().map(|(_, cause)| cause.clone()).collect()),
        other => other.clone(),
    }
}

fn answer(key: &str, view: &View<'_>) -> Truth {
    match view.gathered.findings.0.get(key) {
        Some(Answer::Yes) => Truth::True,
        Some(Answer::No) => Truth::False,
        Some(Answer::Unknown) => {
            // Worth another try only where the unpacking itself failed; what is encrypted stays encrypted.
            let failed = !view.gathered.failed_checks.is_empty();
            let kind = if failed { CauseKind::Required } else { CauseKind::Unopened };
            // One name for all questions: what is missing is the content, not each answer.
            Truth::unknown(Cause::new(kind, CONTENT))
        }
        None => Truth::unknown(Cause::new(CauseKind::Unasked, key)),
    }
}

fn quantified(
    quantifier: Quantifier,
    (list, condition): (&Term, &Term),
    view: &View<'_>,
    variables: &mut Variables,
) -> Truth {
    let list = value(list, view, variables);
    let mut joined = Truth::of(quantifier == Quantifier::All);
    let mut hold = |item: &str, doubt: Option<&Cause>| {
        variables.push(item.to_owned());
        let holds = truth(condition, view, variables);
        variables.pop();
        // An item that is perhaps not there can only leave things open.
        let holds = match (doubt, quantifier) {
            (None, _) => holds,
            (Some(cause), Quantifier::Exists) => holds.and(Truth::unknown(cause.clone())),
            (Some(cause), Quantifier::All) => holds.or(Truth::unknown(cause.clone())),
        };
        let so_far = std::mem::replace(&mut joined, Truth::False);
        joined = match quantifier {
            Quantifier::Exists => so_far.or(holds),
            Quantifier::All => so_far.and(holds),
        };
    };
    match &list {
        Value::Fixed(FixedList { items, .. }) => items.iter().for_each(|item| hold(item, None)),
        Value::Found(found) => {
            found.items.iter().for_each(|item| hold(item, None));
            found.doubtful.iter().for_each(|(item, cause)| hold(item, Some(cause)));
        }
        other => return not_a_value(other.clone()),
    }
    joined
}

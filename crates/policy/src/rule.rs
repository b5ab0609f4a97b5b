//! One rule of a policy: when, for which direction, what to do, and what to do where that is not known.

use mail::envelope::Direction;
use scan::action::{Action, Remove, Tag};
use toml::Spanned;
use toml::de::DeValue;

use crate::condition::{Condition, Lists};
use crate::error::{Fault, offset_in_token};
use crate::settings::{At, Keys, text_of, unknown_word, wrong_type};

/// A rule, ready to be asked.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name within the policy.
    pub id: String,
    /// When it matches.
    pub when: Condition,
    /// What it does then. The last one may be final; those before are tags and changes of content.
    pub actions: Vec<Action>,
    /// Only for recipients of this direction.
    pub direction: Option<Direction>,
    /// Where only advisory facts are unknown: wait instead of going on.
    pub hold_when_unknown: bool,
    /// What it is for.
    pub note: String,
    /// Byte offset of the rule in the file.
    pub at: usize,
}

/// What kind of thing a rule does, which decides what an unknown means for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Only lets mail through.
    Loosens,
    /// Only marks it.
    Marks,
    /// Keeps it, or something in it, from the inbox.
    Stops,
}

/// Words of actions, as written in settings.
pub const ACTION_WORDS: [&str; 11] =
    ["deliver", "tag", "disarm", "remove", "rebuild", "junk", "quarantine", "reject", "defer", "hold", "discard"];

impl Rule {
    /// What kind of thing it does.
    #[must_use]
    pub fn effect(&self) -> Effect {
        let takes = |action: &Action| matches!(action, Action::Disarm | Action::Remove(_));
        match self.last_word() {
            _ if self.actions.iter().any(takes) => Effect::Stops,
            None => Effect::Marks,
            Some(Action::Deliver) => Effect::Loosens,
            Some(_) => Effect::Stops,
        }
    }

    /// The final action, after which no later rule is asked.
    #[must_use]
    pub fn last_word(&self) -> Option<&Action> {
        self.actions.last().filter(|action| is_final(action))
    }

    /// It applies to recipients of this direction.
    #[must_use]
    pub fn is_for(&self, direction: Direction) -> bool {
        self.direction.is_none_or(|only| only == direction)
    }
}

/// No later rule is asked after this action. Tags and changes of content add up.
#[must_use]
pub const fn is_final(action: &Action) -> bool {
    !matches!(action, Action::Tag(_) | Action::Disarm | Action::Remove(_) | Action::Rebuild)
}

/// Reads one `[[rule]]`; `text` is the whole file.
pub(crate) fn parse(mut keys: Keys<'_>, text: &str, lists: &Lists) -> Result<Rule, Fault> {
    let at = keys.span.start;
    let id = keys.needed("id", "each rule has a name of its own: id = \"partners\"")?;
    check_id(&id)?;
    let when = keys.needed("when", "for instance when = 'verdict.class == \"spam\"', or when = \"true\"")?;
    let condition = Condition::parse(&when.value, lists)
        .map_err(|fault| Fault { at: offset_in_token(text, &when.span, fault.at), ..fault })?;
    let actions = actions(&mut keys)?;
    let direction = direction(&mut keys)?;
    let hold_when_unknown = match keys.text("when_unknown")? {
        None => false,
        Some(word) if word.value == "hold" => true,
        Some(word) => return Err(unknown_word(&word, "when_unknown", &["hold"])),
    };
    let note = keys.text("note")?.map_or_else(String::new, |note| note.value);
    keys.finish()?;
    Ok(Rule { id: id.value, when: condition, actions, direction, hold_when_unknown, note, at })
}

// Ids stand in the journal as `policy/rule`.
fn check_id(id: &At<String>) -> Result<(), Fault> {
    let good = !id.value.is_empty() && id.value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if good {
        return Ok(());
    }
    Err(Fault::new(id.span.start, format!("`{}` is no id", id.value)).hint("letters, digits, - and _"))
}

fn direction(keys: &mut Keys<'_>) -> Result<Option<Direction>, Fault> {
    let Some(word) = keys.text("direction")? else { return Ok(None) };
    match word.value.as_str() {
        "inbound" => Ok(Some(Direction::Inbound)),
        "outbound" => Ok(Some(Direction::Outbound)),
        _ => Err(unknown_word(&word, "direction", &["inbound", "outbound"])),
    }
}

fn actions(keys: &mut Keys<'_>) -> Result<Vec<Action>, Fault> {
    let hint = "for instance actions = [\"quarantine\"]";
    let at = keys.span.start;
    let value = keys.value("actions").ok_or_else(|| Fault::new(at, "`actions` is missing").hint(hint))?;
    let DeValue::Array(items) = value.get_ref() else {
        return Err(wrong_type(value.span().start, "actions", "a list", value.get_ref()).hint(hint));
    };
    let mut actions: Vec<Action> = Vec::new();
    for item in items.iter() {
        if actions.last().is_some_and(is_final) {
            let message = format!("nothing comes after `{}`", actions.last().map_or("", Action::word));
            return Err(Fault::new(item.span().start, message).hint("one final action, tags and changes before it"));
        }
        actions.push(action(item)?);
    }
    if actions.is_empty() {
        return Err(Fault::new(value.span().start, "`actions` is empty").hint(hint));
    }
    Ok(actions)
}

fn action(item: &Spanned<DeValue<'_>>) -> Result<Action, Fault> {
    if let DeValue::Table(_) = item.get_ref() {
        let mut keys = Keys::from_value(item, "actions")?;
        let (tag, remove) = (keys.table("tag")?, keys.table("remove")?);
        keys.finish()?;
        return match (tag, remove) {
            (Some(tag), None) => marks(tag).map(Action::Tag),
            (None, Some(remove)) => attachments(remove).map(Action::Remove),
            (None, None) => Err(Fault::new(item.span().start, "this action is empty")),
            (Some(_), Some(_)) => Err(Fault::new(item.span().start, "these are two actions in one")
                .hint("{ tag = { ... } }, { remove = { ... } }")),
        };
    }
    let word = text_of(item, "actions")?;
    Ok(match word.value.as_str() {
        "deliver" => Action::Deliver,
        "disarm" => Action::Disarm,
        "rebuild" => Action::Rebuild,
        "junk" => Action::Junk,
        "quarantine" => Action::Quarantine,
        "reject" => Action::Reject,
        "defer" => Action::Defer,
        "hold" => Action::Hold,
        "discard" => Action::Discard,
        "tag" => {
            return Err(Fault::new(word.span.start, "`tag` needs its marks")
                .hint("{ tag = { subject_prefix = \"[suspicious] \" } }"));
        }
        "remove" => {
            return Err(Fault::new(word.span.start, "`remove` needs to know what")
                .hint("{ remove = { extensions = [\"exe\", \"js\"] } }, or { remove = {} } for every attachment"));
        }
        _ => return Err(unknown_word(&word, "actions", &ACTION_WORDS)),
    })
}

fn attachments(mut keys: Keys<'_>) -> Result<Remove, Fault> {
    let types = keys.texts("types")?.unwrap_or_default();
    let extensions = keys.texts("extensions")?.unwrap_or_default();
    let marks = keys.texts("marks")?.unwrap_or_default();
    keys.finish()?;
    for (key, words) in [("types", &types), ("extensions", &extensions), ("marks", &marks)] {
        let empty = words.iter().find(|word| word.value.trim_matches('.').is_empty());
        if let Some(empty) = empty {
            return Err(Fault::new(empty.span.start, format!("an empty text in `{key}` fits nothing")));
        }
    }
    if let Some(unknown) = marks.iter().find(|mark| !scan::marks::is_known(&mark.value)) {
        let known: Vec<&str> = scan::marks::ALL.iter().map(|(word, _)| *word).collect();
        return Err(unknown_word(unknown, "marks", &known));
    }
    if let Some(unknown) = types.iter().find(|own| !scan::types::is_known(&own.value.to_ascii_lowercase())) {
        let known: Vec<&str> = scan::types::ALL.iter().map(|(word, _)| *word).collect();
        return Err(unknown_word(unknown, "types", &known));
    }
    let lower = |words: Vec<At<String>>| words.into_iter().map(|word| word.value.to_ascii_lowercase()).collect();
    let extensions: Vec<String> = lower(extensions);
    let extensions = extensions.iter().map(|extension| extension.trim_start_matches('.').to_owned()).collect();
    Ok(Remove { types: lower(types), extensions, marks: lower(marks) })
}

fn marks(mut keys: Keys<'_>) -> Result<Tag, Fault> {
    let at = keys.span.start;
    let subject_prefix = keys.text("subject_prefix")?;
    if let Some(prefix) = &subject_prefix {
        check_line(prefix, "subject_prefix")?;
    }
    let mut headers = Vec::new();
    for header in keys.texts("headers")?.unwrap_or_default() {
        check_line(&header, "headers")?;
        headers.push(header_field(&header)?);
    }
    keys.finish()?;
    let tag = Tag { subject_prefix: subject_prefix.map(|prefix| prefix.value), headers };
    if tag == Tag::default() {
        return Err(
            Fault::new(at, "this tag marks nothing").hint("subject_prefix = \"...\" or headers = [\"X-Name: value\"]")
        );
    }
    Ok(tag)
}

// A line end here would let a setting write whole header fields or a body.
fn check_line(text: &At<String>, key: &str) -> Result<(), Fault> {
    let printable = text.value.chars().all(|c| !c.is_control());
    if printable { Ok(()) } else { Err(Fault::new(text.span.start, format!("`{key}` must be one line of text"))) }
}

fn header_field(text: &At<String>) -> Result<(String, String), Fault> {
    let fault = || {
        Fault::new(text.span.start, format!("`{}` is no header field", text.value))
            .hint("name, colon, value in ASCII, for instance \"X-Class: bulk\"")
    };
    let (name, value) = text.value.split_once(':').ok_or_else(fault)?;
    let good = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic()) && value.is_ascii();
    if good { Ok((name.to_owned(), value.trim().to_owned())) } else { Err(fault()) }
}

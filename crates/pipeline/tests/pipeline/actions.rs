//! From a decision to first states and changed forms.

use bytes::Bytes;
use mail::message::Message;
use pipeline::actions::{plan, plan_unjudged};
use scan::action::{Action, Tag};
use scan::decision::{Decision, Ruling};
use store::record::mail::StateRecord;

use crate::world::{copy, envelope, start};

const RAW: &[u8] = b"From: a@b.example\r\nSubject: hello\r\n\r\nText\r\n";

fn tag(prefix: Option<&str>, headers: &[(&str, &str)]) -> Action {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Action::Tag(Tag { subject_prefix: prefix.map(str::to_owned), headers })
}

fn decision(actions: Vec<Vec<Action>>) -> Decision {
    let names: Vec<String> = (0..actions.len()).map(|at| format!("u{at}@corp.example")).collect();
    let recipients = envelope(&names.iter().map(String::as_str).collect::<Vec<_>>()).recipients;
    let ruling = |(recipient, actions)| Ruling { recipient, actions, because: Vec::new(), not_checked: Vec::new() };
    Decision { per_recipient: recipients.into_iter().zip(actions).map(ruling).collect() }
}

// State and form of each recipient, with this insertion on top of every copy.
fn planned(
    raw: &'static [u8],
    actions: Vec<Vec<Action>>,
    failed_checks: &[&str],
) -> (Vec<(String, Option<u16>)>, Vec<String>) {
    let raw = Bytes::from_static(raw);
    let message = Message::parse(raw.clone());
    let arrival = [mail::edit::Edit { range: 0..0, replacement: Bytes::from_static(b"Received: us\r\n") }];
    let failed: Vec<String> = failed_checks.iter().map(|check| (*check).to_owned()).collect();
    let plan = plan(&decision(actions), &message, &arrival, start(), &failed);
    let word = |state: &StateRecord| match state {
        StateRecord::Held { why, next_attempt, since } => format!("held {why} {}", next_attempt - since),
        StateRecord::Queued { attempts, next_attempt } => {
            format!("queued {attempts} {}", next_attempt - start().unix_millis())
        }
        other => other.word().to_owned(),
    };
    let recipients = plan.recipients.iter().map(|recipient| (word(&recipient.state), recipient.variant)).collect();
    (recipients, plan.variants.iter().map(|variant| copy(&raw, Some(variant))).collect())
}

#[test]
fn equal_marks_share_a_form() {
    let suspicious = || tag(Some("[suspicious]"), &[("X-Postern-Class", "suspicious")]);
    let (recipients, forms) = planned(
        RAW,
        vec![
            vec![suspicious()],
            vec![Action::Deliver],
            vec![suspicious(), Action::Deliver],
            vec![Action::Junk],
            vec![suspicious(), Action::Junk],
            vec![],
        ],
        &[],
    );
    let forms_of: Vec<_> = recipients.iter().map(|(_, form)| form.unwrap()).collect();
    assert_eq!(forms_of, [0, 1, 0, 2, 3, 1]);
    assert!(recipients.iter().all(|(state, _)| state == "queued 0 0"), "{recipients:?}");
    let rest = "From: a@b.example\r\nSubject: hello\r\n\r\nText\r\n";
    let tagged = rest.replace("hello", "[suspicious] hello");
    let (class, spam) = ("X-Postern-Class: suspicious\r\n", "X-Spam-Flag: YES\r\nX-Postern-Junk: yes\r\n");
    assert_eq!(
        forms,
        [
            format!("Received: us\r\n{class}{tagged}"),
            format!("Received: us\r\n{rest}"),
            format!("Received: us\r\n{spam}{rest}"),
            format!("Received: us\r\n{class}{spam}{tagged}"),
        ]
    );
}

// Whoever releases it gets it as it would have been delivered.
#[test]
fn what_is_kept_back_has_its_form_too() {
    let mark = || tag(None, &[("X-Postern-Class", "bulk")]);
    let (recipients, forms) = planned(
        RAW,
        vec![
            vec![mark(), Action::Quarantine],
            vec![Action::Quarantine],
            vec![Action::Hold, mark()],
            vec![Action::Discard],
        ],
        &[],
    );
    let expected = [("quarantined", 0), ("quarantined", 1), ("held by_rule 60000", 0), ("discarded", 1)];
    assert_eq!(recipients, expected.map(|(state, form)| (state.to_owned(), Some(form))));
    assert!(forms[0].starts_with("Received: us\r\nX-Postern-Class: bulk\r\nFrom:"), "{forms:?}");
}

#[test]
fn the_weightiest_action_gives_the_state() {
    let states = |actions, failed: &[&str]| planned(RAW, vec![actions], failed).0.remove(0).0;
    assert_eq!(states(vec![Action::Junk, Action::Quarantine, Action::Deliver], &[]), "quarantined");
    assert_eq!(states(vec![Action::Deliver, Action::Discard], &[]), "discarded");
    assert_eq!(states(vec![Action::Deliver, Action::Hold], &["unpack"]), "held check_failed: unpack 60000");
    // Cannot be, once a reply was settled; if it were, nothing is delivered.
    assert_eq!(states(vec![Action::Reject], &[]), "quarantined");
    assert_eq!(states(vec![Action::Defer], &[]), "held by_rule 60000");
}

#[test]
fn an_unjudged_message_is_held_in_one_form_and_judged_at_once() {
    let raw = Bytes::from_static(RAW);
    let arrival = [mail::edit::Edit { range: 0..0, replacement: Bytes::from_static(b"Received: us\r\n") }];
    let plan = plan_unjudged(&envelope(&["a@corp.example", "b@else.example"]).recipients, &arrival, start());
    for (recipient, outbound) in plan.recipients.iter().zip([false, true]) {
        let now = start().unix_millis();
        assert_eq!(recipient.state, StateRecord::Held { since: now, next_attempt: now, why: "not_judged".to_owned() });
        assert_eq!((recipient.variant, recipient.outbound), (Some(0), outbound));
    }
    assert!(copy(&raw, plan.variants.first()).starts_with("Received: us\r\nFrom: a@b.example\r\n"));
}

// RFC 5322 3.6: one Subject at most.
#[test]
fn two_subject_tags_make_one_subject() {
    let both = || vec![tag(Some("[outside]"), &[]), tag(Some("[suspicious]"), &[("X-Postern-Class", "suspicious")])];
    let (_, forms) = planned(b"From: a@b.example\r\n\r\nText\r\n", vec![both()], &[]);
    assert_eq!(forms[0].matches("Subject:").count(), 1, "{}", forms[0]);
    assert!(forms[0].contains("Subject: [outside] [suspicious]\r\n"), "{}", forms[0]);
    let twice = vec![tag(Some("[outside]"), &[]), tag(Some("[outside]"), &[])];
    let (_, forms) = planned(RAW, vec![both(), twice], &[]);
    assert!(forms[0].contains("Subject: [outside] [suspicious] hello\r\n"), "{}", forms[0]);
    assert!(forms[1].contains("Subject: [outside] hello\r\n"), "{}", forms[1]);
}

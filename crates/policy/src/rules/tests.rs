use expect_test::{Expect, expect};
use proptest::prelude::*;
use scan::action::{Action, Remove, Tag};

use super::*;
use crate::lint::lint;

const GOOD: &str = r#"
name = "mine"
preset = "strict"
deliver_without = ["unpack"]

[lists]
partners = ["a.example"]

[[rule]]
id = "partners"
when = 'sender.domain in lists.partners'
actions = ["deliver"]
direction = "inbound"
note = "They send invoices."

[[rule]]
id = "mark"
when = """
has_type("exe") ||
  has_extension("js")"""
actions = [{ tag = { subject_prefix = "[x] ", headers = ["X-A: b c", "X-D:"] } }, "quarantine"]
when_unknown = "hold"
"#;

#[test]
fn a_policy_is_read() {
    let policy = Policy::parse("mine.toml", GOOD).unwrap();
    assert_eq!((policy.name.as_str(), policy.preset), ("mine", Preset::Strict));
    assert_eq!(policy.deliver_without, ["unpack"]);
    let questions: Vec<String> = policy.questions().iter().map(Question::key).collect();
    assert_eq!(questions, [r#"has_type("exe")"#, r#"has_extension("js")"#]);
    let headers = vec![("X-A".to_owned(), "b c".to_owned()), ("X-D".to_owned(), String::new())];
    let tag = Tag { subject_prefix: Some("[x] ".into()), headers };
    assert_eq!(policy.rules[1].actions, [Action::Tag(tag), Action::Quarantine]);
    assert!(policy.rules[1].hold_when_unknown && !policy.rules[0].hold_when_unknown);
    assert_eq!(policy.rule_id(&policy.rules[0]).0, "mine/partners");
}

// Several changes may stand before a final action, and none of them ends the matter.
#[test]
fn changes_of_content_are_not_final() {
    let actions = r#"["rebuild", "disarm", { remove = { types = ["EXE"], extensions = [".Js"], marks = ["macro"] } },
        { remove = {} }, "junk"]"#;
    let policy = Policy::parse("mine.toml", &GOOD.replacen("[\"deliver\"]", actions, 1)).unwrap();
    let words = |word: &str| vec![word.to_owned()];
    let some = Remove { types: words("exe"), extensions: words("js"), marks: words("macro") };
    let expected =
        [Action::Rebuild, Action::Disarm, Action::Remove(some), Action::Remove(Remove::default()), Action::Junk];
    assert_eq!(policy.rules[0].actions, expected);
    let open = Policy::parse("mine.toml", &GOOD.replacen("[\"deliver\"]", "[\"disarm\"]", 1)).unwrap();
    assert_eq!(open.rules[0].last_word(), None);
    assert!(open.rules[0].actions.iter().all(Action::changes_content));
}

#[test]
fn faults_of_changes_have_a_place_and_a_hint() {
    refuse(
        ("[\"deliver\"]", "[\"remove\"]"),
        &expect![[r#"
            mine.toml:12:12: `remove` needs to know what
              hint: { remove = { extensions = ["exe", "js"] } }, or { remove = {} } for every attachment"#]],
    );
    refuse(
        ("[\"deliver\"]", "[{ remove = { marks = [\"macros\"] } }]"),
        &expect![[r#"
            mine.toml:12:34: `marks` cannot be `macros`
              hint: did you mean `macro`?"#]],
    );
    refuse(
        ("[\"deliver\"]", "[{ remove = { extension = [\"js\"] } }]"),
        &expect![[r#"
            mine.toml:12:25: unknown key `extension`
              hint: did you mean `extensions`?"#]],
    );
    refuse(
        ("[\"deliver\"]", "[{ remove = { types = [\"\"] } }]"),
        &expect!["mine.toml:12:34: an empty text in `types` fits nothing"],
    );
    refuse(
        ("[\"deliver\"]", "[{ tag = { subject_prefix = \"x\" }, remove = {} }]"),
        &expect![[r#"
            mine.toml:12:12: these are two actions in one
              hint: { tag = { ... } }, { remove = { ... } }"#]],
    );
}

fn refuse(change: (&str, &str), expected: &Expect) {
    assert!(GOOD.contains(change.0), "{}", change.0);
    let text = GOOD.replacen(change.0, change.1, 1);
    expected.assert_eq(&Policy::parse("mine.toml", &text).expect_err(change.1).to_string());
}

#[test]
fn faults_have_a_place_and_a_hint() {
    refuse(
        ("preset", "presett"),
        &expect![[r#"
        mine.toml:3:1: unknown key `presett`
          hint: did you mean `preset`?"#]],
    );
    refuse(
        ("strict", "strikt"),
        &expect![[r#"
        mine.toml:3:10: `preset` cannot be `strikt`
          hint: did you mean `strict`?"#]],
    );
    refuse(
        ("name = \"mine\"", ""),
        &expect![[r#"
        mine.toml:1:1: `name` is missing
          hint: the first line of a policy: name = "standard""#]],
    );
    refuse(
        ("sender.domain in", "sender.domian in"),
        &expect![[r#"
        mine.toml:11:9: there is no name `sender.domian`
          hint: did you mean `sender.domain`?"#]],
    );
    refuse(
        ("  has_extension(", "  has_extention("),
        &expect![[r#"
        mine.toml:20:3: there is no function `has_extention`
          hint: did you mean `has_extension`?"#]],
    );
    refuse(
        ("[\"deliver\"]", "[\"delivr\"]"),
        &expect![[r#"
        mine.toml:12:12: `actions` cannot be `delivr`
          hint: did you mean `deliver`?"#]],
    );
    refuse(
        ("[\"deliver\"]", "[\"tag\"]"),
        &expect![[r#"
        mine.toml:12:12: `tag` needs its marks
          hint: { tag = { subject_prefix = "[suspicious] " } }"#]],
    );
    refuse(
        ("[\"deliver\"]", "[\"deliver\", \"junk\"]"),
        &expect![[r#"
        mine.toml:12:23: nothing comes after `deliver`
          hint: one final action, tags and changes before it"#]],
    );
    refuse(
        ("[\"deliver\"]", "\"deliver\""),
        &expect![[r#"
        mine.toml:12:11: `actions` must be a list, not string
          hint: for instance actions = ["quarantine"]"#]],
    );
}

#[test]
fn faults_of_values_have_a_place_and_a_hint() {
    refuse(("X-A: b c", "X-A: b\\r\\nX-B: c"), &expect!["mine.toml:21:58: `headers` must be one line of text"]);
    refuse(
        ("X-A: b c", "nothing"),
        &expect![[r#"
            mine.toml:21:58: `nothing` is no header field
              hint: name, colon, value in ASCII, for instance "X-Class: bulk""#]],
    );
    refuse(
        ("\"hold\"", "\"deliver\""),
        &expect![[r#"
        mine.toml:22:16: `when_unknown` cannot be `deliver`
          hint: there are hold"#]],
    );
    refuse(
        ("\"inbound\"", "\"in\""),
        &expect![[r#"
        mine.toml:13:13: `direction` cannot be `in`
          hint: there are inbound, outbound"#]],
    );
    refuse(
        ("\"mark\"", "\"partners\""),
        &expect![[r#"
        mine.toml:16:1: a second rule `partners`
          hint: the first stands in line 9; ids are names in the journal"#]],
    );
    refuse(
        ("\"mark\"", "\"a/b\""),
        &expect![[r#"
        mine.toml:17:6: `a/b` is no id
          hint: letters, digits, - and _"#]],
    );
    refuse(("[\"a.example\"]", "[1]"), &expect!["mine.toml:7:13: `partners` must be text in quotes, not integer"]);
    refuse(
        ("partners = ", "my-partners = "),
        &expect![[r#"
        mine.toml:7:1: `my-partners` is no name of a list
          hint: letters, digits and _, for instance partners"#]],
    );
    refuse(("[lists]", "[lists"), &expect!["mine.toml:6:7: unclosed table, expected `]`"]);
}

#[test]
fn the_site_is_added_to_the_text() {
    let text = "name = \"x\"\n[lists]\na = [\"1\"]\n[[rule]]\nid = \"a\"\nwhen = '\"1\" in lists.a && \"2\" in lists.a && \
                recipient.domain in site.domains'\nactions = [\"junk\"]";
    assert!(Policy::parse("x", &text.replace("&& \"2\" in lists.a", "&& \"2\" in lists.b")).is_err());
    let lists = BTreeMap::from([("a".to_owned(), vec!["2".to_owned()]), ("b".to_owned(), vec!["q\"uo".to_owned()])]);
    let whole = with_site(text, &Site { domains: vec!["example.org".into()], lists });
    expect![[r#"

        [site]
        domains = ["example.org"]
        [site.lists]
        "a" = ["2"]
        "b" = ['q"uo']
    "#]]
    .assert_eq(&whole[text.len() + 1..]);
    let policy = Policy::parse("x", &whole).unwrap();
    assert_eq!(policy.rules.len(), 1);
    assert_eq!(with_site(&whole, &Site { domains: vec!["other".into()], ..Site::default() }), whole);
}

#[test]
fn lint_finds_what_is_hardly_meant() {
    let rule =
        |id: &str, when: &str, more: &str| format!("[[rule]]\nid = \"{id}\"\nwhen = '{when}'\nnote = \"n\"\n{more}\n");
    let text = [
        "name = \"x\"\n".to_owned(),
        rule("a", "sender.is_null", "actions = [\"junk\"]"),
        rule("b", "sender.is_null", "actions = [\"reject\"]"),
        rule("c", "true", "actions = [\"deliver\"]\ndirection = \"inbound\""),
        rule("d", "client.tls", "actions = [\"junk\"]"),
        rule("e", "!client.tls", "actions = [\"junk\"]\ndirection = \"inbound\""),
        rule("f", "true", "actions = [\"deliver\"]").replace("note = \"n\"\n", ""),
        rule("g", "helo == \"x\"", "actions = [\"deliver\"]"),
    ]
    .concat();
    let warnings = lint(&Policy::parse("x", &text).unwrap());
    let lines: Vec<String> = warnings.iter().map(|warning| format!("{}: {}", warning.rule, warning.message)).collect();
    expect![[r#"
        x/b: never matches: `a` has the same condition and ends the matter
        x/e: never reached: `c` always ends the matter before
        x/f: has no note that says what it is for
        x/g: never reached: `c` always ends the matter before"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn a_change_of_what_is_kept_back_is_noticed() {
    let rule = |id: &str, actions: &str| {
        format!("[[rule]]\nid = \"{id}\"\nwhen = 'helo == \"{id}\"'\nnote = \"x\"\nactions = [{actions}]\n")
    };
    let text =
        ["name = \"x\"\n".to_owned(), rule("a", "\"disarm\", \"quarantine\""), rule("b", "{ remove = {} }, \"junk\"")];
    let warnings = lint(&Policy::parse("x", &text.concat()).unwrap());
    let lines: Vec<String> = warnings.iter().map(|warning| format!("{}: {}", warning.rule, warning.message)).collect();
    assert_eq!(lines, ["x/a: changes a copy that `quarantine` keeps back: such a copy stays as it came"]);
}

#[test]
fn a_thousand_rules_compile() {
    let mut text = "name = \"big\"\n[lists]\n".to_owned();
    for number in 0..100 {
        let items: Vec<String> = (0..100).map(|item| format!("\"d{item}.example\"")).collect();
        text.push_str(&format!("l{number} = [{}]\n", items.join(",")));
    }
    for number in 0..1_000 {
        text.push_str(&format!(
            "[[rule]]\nid = \"r{number}\"\nwhen = 'sender.domain in lists.l{} && subject.matches(r\"\\b{number}\\b\")'\n\
             actions = [\"junk\"]\n",
            number % 100
        ));
    }
    assert_eq!(Policy::parse("big", &text).unwrap().rules.len(), 1_000);
    let one_more = |count: usize| -> String {
        let rule = |at: usize| format!("[[rule]]\nid = \"r{at}\"\nwhen = \"true\"\nactions = [\"junk\"]\n");
        "name = \"big\"\n".to_owned() + &(0..count).map(rule).collect::<String>()
    };
    assert!(Policy::parse("big", &one_more(RULES_MAX)).is_ok());
    assert!(Policy::parse("big", &one_more(RULES_MAX + 1)).unwrap_err().message.contains("more than 10000"));
}

#[test]
fn a_file_has_a_limit() {
    let text = "#".repeat(crate::limits::SETTINGS_BYTES_MAX + 1);
    assert!(Policy::parse("big", &text).unwrap_err().message.contains("longer than"));
}

#[test]
fn escapes_do_not_move_the_place() {
    let text = "name = \"x\"\n[[rule]]\nid = \"a\"\nwhen = \"helo == \\\"\\u00e4\\\" && spamm\"\nactions = [\"junk\"]";
    let error = Policy::parse("x", text).unwrap_err();
    let line = text.lines().nth(error.line - 1).unwrap();
    assert!(line[error.column - 1..].starts_with("spamm"), "{error} in {line}");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,300}", at in 0usize..GOOD.len(), cut in 0usize..40) {
        let _ = Policy::parse("x", &text);
        // A good text with a piece cut out or put in.
        let end = (at + cut).min(GOOD.len());
        let _ = Policy::parse("x", &format!("{}{}", &GOOD[..at], &GOOD[end..]));
        let _ = Policy::parse("x", &format!("{}{text}{}", &GOOD[..at], &GOOD[at..]));
    }
}

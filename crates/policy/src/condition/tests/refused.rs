//! What is refused when it is read, with place and hint; and that nothing panics.

use super::*;

fn refuse(text: &str, expected: &Expect) {
    let fault = Condition::parse(text, &lists()).expect_err(text);
    expected.assert_eq(&fault.in_file("p.toml", text).to_string());
}

#[test]
fn unknown_names_are_refused_with_a_near_one() {
    refuse(
        r#"true && verdict.clas == "spam""#,
        &expect![[r#"
            p.toml:1:9: there is no name `verdict.clas`
              hint: did you mean `verdict.class`?"#]],
    );
    refuse(
        "spam",
        &expect![[r#"
        p.toml:1:1: there is no name `spam`
          hint: text stands in quotes"#]],
    );
    refuse(
        r#"message.subject == "x""#,
        &expect![[r#"
            p.toml:1:1: there is no name `message.subject`
              hint: did you mean `subject`?"#]],
    );
    refuse(
        "thresholds > 1",
        &expect![[r#"
        p.toml:1:1: there is no name `thresholds`
          hint: there are thresholds.tag, thresholds.quarantine, thresholds.reject"#]],
    );
    refuse(
        "\n  sender.domain in lists.partner",
        &expect![[r#"
        p.toml:2:20: there is no list `partner`
          hint: did you mean `partners`?"#]],
    );
    refuse(
        r#"has_typ("exe")"#,
        &expect![[r#"
        p.toml:1:1: there is no function `has_typ`
          hint: did you mean `has_type`?"#]],
    );
    refuse(
        r#"subject.contain("x")"#,
        &expect![[r#"
        p.toml:1:9: there is no method `contain`
          hint: did you mean `contains`?"#]],
    );
    refuse(
        r#"contains(subject, "x")"#,
        &expect![[r#"
        p.toml:1:1: there is no function `contains`
          hint: it is written text.contains("...")"#]],
    );
    refuse(
        "has_type",
        &expect![[r#"
        p.toml:1:1: there is no name `has_type`
          hint: `has_type` is a function: `has_type("...")`"#]],
    );
    refuse(
        r#"verdict.probability_of("fishing") > 0.5"#,
        &expect![[r#"
        p.toml:1:24: there is no class "fishing"
          hint: did you mean `phishing`?"#]],
    );
}

#[test]
fn wrong_types_are_refused() {
    refuse(
        r#"verdict.class == "spamm""#,
        &expect![[r#"
        p.toml:1:18: it is never "spamm"
          hint: did you mean `spam`?"#]],
    );
    refuse(
        r#"auth.dmarc in ["fail", "softfail"]"#,
        &expect![[r#"
        p.toml:1:24: it is never "softfail"
          hint: there are none, pass, fail, temperror, permerror"#]],
    );
    refuse("subject == 3", &expect!["p.toml:1:1: left is text, right is a number: they are never equal"]);
    refuse(
        "subject",
        &expect![[r#"
        p.toml:1:1: this is text, not true or false
          hint: compare it with `==`, `<`, `in` ..."#]],
    );
    refuse(
        "evidence && true",
        &expect![[r#"
        p.toml:1:1: this is a list, not true or false
          hint: `.size() > 0` asks whether a list has items"#]],
    );
    refuse(r#"verdict.probability > "0.5""#, &expect!["p.toml:1:23: this is text; only numbers have an order"]);
    refuse(
        r#"client.ip in ["192.0.2.0/24"]"#,
        &expect![[r#"
        p.toml:1:1: an IP address is looked for by networks
          hint: client.ip.inNetwork(["192.0.2.0/24"])"#]],
    );
    refuse(
        r#"client.ip == "192.0.2.0/24""#,
        &expect![[r#"
        p.toml:1:14: `192.0.2.0/24` is no IP address
          hint: networks are asked by client.ip.inNetwork(["192.0.2.0/24"])"#]],
    );
}

#[test]
fn wrong_arguments_are_refused() {
    refuse(
        r#"client.ip.inNetwork(["192.0.2.0/33"])"#,
        &expect![[r#"
        p.toml:1:22: `192.0.2.0/33` is no network
          hint: for instance "192.0.2.0/24" or "2001:db8::/32""#]],
    );
    refuse(
        r#""x" in subject"#,
        &expect![[r#"
        p.toml:1:8: this is text, not a list
          hint: `text.contains("...")` looks inside a text"#]],
    );
    refuse(
        "evidence == []",
        &expect![[r#"
        p.toml:1:1: a list cannot be compared
          hint: `x in list`, `list.size() == 0` or `list.exists(x, ...)`"#]],
    );
    refuse(
        r#"evidence.contains("x")"#,
        &expect![[r#"
        p.toml:1:1: `contains` is for text; this is a list
          hint: it is written text.contains("...")"#]],
    );
    refuse(r#"subject.matches("(")"#, &expect!["p.toml:1:17: this is no regular expression: unclosed group"]);
    refuse(
        r#"subject.matches("(\\w{500}){500}")"#,
        &expect![[r#"
        p.toml:1:17: this pattern takes more than 1048576 bytes
          hint: smaller repetitions, or a list"#]],
    );
    refuse(
        r#"has_extension(".js")"#,
        &expect![[r#"
        p.toml:1:15: an extension is written without dot
          hint: for instance has_extension("js")"#]],
    );
    refuse(
        "has_type()",
        &expect![[r#"
        p.toml:1:1: `has_type` has the wrong number of arguments
          hint: it is written has_type("exe", ...)"#]],
    );
    refuse(
        "evidence.exists(subject, true)",
        &expect!["p.toml:1:17: `subject` has a meaning already; choose another name"],
    );
}

#[test]
fn bad_syntax_is_refused() {
    refuse("", &expect!["p.toml:1:1: the condition ends where a name, a text, a number or `(` is expected"]);
    refuse(
        "true and false",
        &expect![[r#"
        p.toml:1:6: `and` stands where `&&`, `||` or the end is expected
          hint: `and` is written `&&`"#]],
    );
    refuse(
        r#"helo = "x""#,
        &expect![[r#"
        p.toml:1:6: unexpected character `=`
          hint: did you mean `==`?"#]],
    );
    refuse("(true", &expect!["p.toml:1:6: the condition ends where `)` is expected"]);
    refuse(
        r#"helo == "x"#,
        &expect![[r#"
        p.toml:1:9: this text has no end
          hint: close it with ""#]],
    );
    refuse(
        "1 < 2 < 3",
        &expect![[r#"
        p.toml:1:7: `<` stands where `&&`, `||` or the end is expected
          hint: put parentheses around one comparison"#]],
    );
    refuse(
        r#"helo == "\d""#,
        &expect![[r#"
        p.toml:1:10: no escape `\d`
          hint: a backslash is written `\\`; for patterns r"..." is easier"#]],
    );
    refuse(
        "message.size > 10MB",
        &expect![[r#"
        p.toml:1:16: a number has digits and one dot
          hint: text stands in quotes; sizes are in bytes"#]],
    );
    refuse("\"a\".b", &expect!["p.toml:1:5: `b` needs parentheses: only names have members"]);
    refuse("ä", &expect![[r"p.toml:1:1: unexpected character `\u{e4}`"]]);
}

#[test]
fn the_limits_are_reached() {
    let nested = |open: &str, close: &str, depth: usize| format!("{}true{}", open.repeat(depth), close.repeat(depth));
    let lists = lists();
    assert!(Condition::parse(&nested("(", ")", CONDITION_DEPTH_MAX), &lists).is_ok());
    refuse(
        &nested("(", ")", CONDITION_DEPTH_MAX + 1),
        &expect![[r#"
        p.toml:1:34: nested deeper than 32 levels
          hint: split the rule, or put the words into a list"#]],
    );
    for (open, close) in [("(", ")"), ("!", ""), ("[", "]"), ("has_type(", ")"), ("!(", ")"), ("a.exists(x,", ")")] {
        let fault = Condition::parse(&nested(open, close, 20_000 / open.len()), &lists).unwrap_err();
        assert!(fault.message.contains("deeper"), "{open}: {fault:?}");
    }
    let chain = format!("subject{}", ".size()".repeat(5_000));
    assert!(Condition::parse(&chain, &lists).unwrap_err().message.contains("deeper"));
    // Long is not deep.
    let long = vec!["sender.is_null"; 3_000].join(" || ");
    assert!(Condition::parse(&long, &lists).is_ok());
    let longer = "true && ".repeat(CONDITION_BYTES_MAX / 8 + 1);
    assert!(Condition::parse(&longer, &lists).unwrap_err().message.contains("longer than"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}") {
        let _ = Condition::parse(&text, &lists());
    }

    #[test]
    fn no_row_of_tokens_makes_it_panic(words in proptest::collection::vec(0usize..WORDS.len(), 0..40)) {
        let text = words.iter().map(|at| WORDS[*at]).collect::<Vec<_>>().join(" ");
        if let Ok(condition) = Condition::parse(&text, &lists()) {
            let (message, verdict) = (gathered(), verdict(Class::Spam, 0.5));
            let view = view(&message, &verdict);
            prop_assert_eq!(condition.evaluate(&view).to_string(), condition.explain(&view).value);
        }
    }
}

const WORDS: [&str; 34] = [
    "true",
    "false",
    "&&",
    "||",
    "!",
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "==",
    "!=",
    "<",
    "in",
    "\"a\"",
    "r'x'",
    "1.5",
    "-",
    "subject",
    "verdict.class",
    "client.ip",
    "evidence",
    "lists.partners",
    "facts.dns_lists",
    ".size()",
    ".exists(x, ",
    "x",
    ".contains(\"a\")",
    "has_type(\"exe\")",
    "auth.dmarc",
    "\"fail\"",
    "facts.reverse_dns.confirmed",
    "\\",
];

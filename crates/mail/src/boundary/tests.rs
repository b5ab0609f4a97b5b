//! Boundaries as each reader takes them.

use super::*;

fn check(value: &str, expected: &[(&str, &str)]) {
    let media_type = MediaType::parse(value.as_bytes()).unwrap_or_default();
    let found = candidates(value.as_bytes(), &media_type);
    let shown = |candidate: &Candidate| match &candidate.value {
        Some(value) => String::from_utf8_lossy(value).into_owned(),
        None => "-".to_owned(),
    };
    // What the usual one differs in says nothing.
    let found: Vec<(String, &str)> = found.iter().map(|each| (shown(each), each.kind.word())).collect();
    let found: Vec<(&str, &str)> = found
        .iter()
        .enumerate()
        .map(|(at, (value, kind))| (value.as_str(), if at == 0 { "" } else { *kind }))
        .collect();
    assert_eq!(found, expected, "{value}");
}

#[test]
fn one_boundary() {
    check("multipart/mixed", &[]);
    check("multipart/mixed; boundary=b", &[("b", "")]);
    check("Multipart/Mixed;\r\n\tBOUNDARY=\"b c\"; x=y", &[("b c", "")]);
    check("multipart/mixed; boundary=\"----=_Part;x\"", &[("----=_Part;x", ""), ("----=_Part", "boundary_spelling")]);
    check("multipart/mixed; boundary=\"MCBoundary=_1\"", &[("MCBoundary=_1", "")]);
    check("multipart/mixed; boundary=MCBoundary=_1", &[("MCBoundary=_1", "")]);
    check("multipart/mixed; boundary=\"b\"; boundary=b", &[("b", "")]);
}

#[test]
fn two_parameters() {
    let two = [("a", ""), ("b", "duplicate_boundary")];
    check("multipart/mixed; boundary=a; boundary=b", &two);
    check("multipart/mixed; boundary=a; boundary*=utf-8''b", &two);
    check("multipart/mixed; boundary=a; boundary*0=b", &two);
    check("multipart/mixed; boundary((c))=a; boundary=b", &two);
    check("multipart/mixed; boundary=(c)a; boundary=b", &[two[0], two[1], ("(c)a", "boundary_spelling")]);
}

#[test]
fn rfc_2231_and_encoded_words() {
    let or_none = [("ab", ""), ("-", "encoded_boundary")];
    check("multipart/mixed; boundary*=utf-8'en'%61b", &or_none);
    check("multipart/mixed; boundary*0=a; boundary*1=b", &or_none);
    check("multipart/mixed; boundary*1*=%62; boundary*0*=us-ascii''a", &or_none);
    let gap = [("ab", ""), ("a", "duplicate_boundary"), ("-", "encoded_boundary")];
    check("multipart/mixed; boundary*0=a; boundary*2=b", &gap);
    check(
        "multipart/mixed; boundary*0=a; boundary*1=b; boundary*1=c",
        &[("ab", ""), ("ac", "duplicate_boundary"), ("-", "encoded_boundary")],
    );
    check("multipart/mixed; boundary=\"=?us-ascii?Q?b?=\"", &[("=?us-ascii?Q?b?=", ""), ("b", "encoded_boundary")]);
}

#[test]
fn spellings() {
    let or = |usual: &'static str, other: &'static str| [(usual, ""), (other, "boundary_spelling")];
    check(r#"multipart/mixed; boundary="a\b""#, &or("ab", r"a\b"));
    check(r#"multipart/mixed; boundary="a\"b""#, &or("a\"b", r"a\"));
    check("multipart/mixed; boundary=\"a \"", &or("a", "a "));
    check("multipart/mixed; boundary=a(c)", &or("a(c)", "a"));
    check("multipart/mixed; boundary=a b", &or("a", "a b"));
    check("multipart/mixed; boundary=a\"b\"", &or("a\"b\"", "ab"));
    check(
        "multipart/mixed; name=\"x; boundary=a\"; boundary=b",
        &[("b", ""), ("a\"", "boundary_spelling"), ("a", "boundary_spelling")],
    );
    check("multipart/mixed (boundary=a); boundary=b", &[("b", ""), ("a)", "boundary_spelling")]);
}

#[test]
fn what_some_take_off_before_they_look() {
    let or = |usual: &'static str, other: &'static str| [(usual, ""), (other, "boundary_spelling")];
    check("multipart/mixed; bound(x)ary=a; boundary=b", &or("b", "a"));
    check("multipart/mixed; boundary==a", &or("=a", "a"));
    check("multipart/mixed; boundary='a'", &or("'a'", "a"));
    check("multipart/mixed; boundary=<a>", &or("<a>", "a"));
    check("multipart/mixed; boundary=\"<a>\"", &or("<a>", "a"));
    check("multipart/mixed;\r\n boundary=\"=_a'b\"; (c)\r\n charset=\"x\"", &[("=_a'b", "")]);
    check("multipart/mixed; boundary=\"===123==\"", &[("===123==", "")]);
}

#[test]
fn an_empty_boundary_is_none_or_two_hyphens() {
    let empty = [("-", ""), ("", "empty_boundary")];
    check("multipart/mixed; boundary=\"\"", &empty);
    check("multipart/mixed; boundary=", &empty);
    check(
        "multipart/mixed; boundary=\"  \"",
        &[("-", ""), ("", "empty_boundary"), ("  ", "boundary_spelling"), (" ", "boundary_spelling")],
    );
}

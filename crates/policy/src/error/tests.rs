use super::*;

fn place(text: &str, offset: usize) -> &str {
    let start = text.find(['"', '\'']).unwrap();
    let at = offset_in_token(text, &(start..text.len()), offset);
    &text[at..]
}

#[test]
fn an_offset_in_a_string_is_found_in_the_file() {
    assert_eq!(place("x = 'abc'", 1), "bc'");
    assert_eq!(place("x = '''\nabc'''", 1), "bc'''");
    assert_eq!(place("x = \"a\\\"bc\"", 2), "bc\"");
    assert_eq!(place("x = \"\\u00e4bc\"", 2), "bc\"");
    assert_eq!(place("x = \"\"\"\r\na\\\n   bc\"\"\"", 1), "\\\n   bc\"\"\"");
    assert_eq!(place("x = \"\"\"\r\na\\\n   bc\"\"\"", 2), "c\"\"\"");
    assert_eq!(place("x = \"ab\"", 99), "");
}

#[test]
fn a_near_name_is_proposed_and_a_far_one_is_not() {
    assert_eq!(near("verdict.clas", ["verdict.class", "subject"]), "did you mean `verdict.class`?");
    assert_eq!(near("xyz", ["verdict.class", "subject"]), "there are verdict.class, subject");
    assert_eq!(near("", []), "");
}

#[test]
fn a_fault_beyond_the_end_has_a_place() {
    let error = Fault::new(999, "x").in_file("f", "ä\nb");
    assert_eq!(error.to_string(), "f:2:2: x");
}

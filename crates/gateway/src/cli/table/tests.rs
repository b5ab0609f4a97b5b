//! Lists of any width.

use super::*;

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn listed(columns: &[Column], rows: &[&[&str]], width: usize) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
    plain(&set(columns, &rows, width))
}

#[test]
fn a_list_fits_its_width() {
    let columns = [Column::cut("FROM", 10, 1), Column::cut("SUBJECT", 10, 2), Column::whole("DECISION")];
    let (long, wide) = ("x".repeat(200), "Grüße 你好 ".repeat(30));
    let text = listed(&columns, &[&[&long, &wide, "quarantine"], &["a@b", "short", "deliver"]], 80);
    assert!(text.lines().all(|line| line.width() <= 80), "{text}");
    assert!(text.lines().nth(1).unwrap().ends_with("quarantine"), "{text}");
}

#[test]
fn what_matters_is_whole_where_there_is_little_room() {
    let columns = [
        Column::whole("ID"),
        Column::cut("FROM", 10, 2),
        Column::cut("SUBJECT", 12, 2),
        Column::spare("CLASS"),
        Column::whole("STATUS"),
    ];
    let row = ["0123456789", "somebody@sender.example", "A long subject of a mail", "unscannable", "message_too_large"];
    assert_eq!(
        listed(&columns, &[&row], 60),
        "ID          FROM           SUBJECT         STATUS\n\
         0123456789  somebody@sen…  A long subjec…  message_too_large\n"
    );
    let whole = listed(&columns, &[&row], 120);
    assert!(row.iter().all(|cell| whole.contains(cell)), "{whole}");
}

#[test]
fn nothing_is_cut_without_a_width() {
    let long = "x".repeat(300);
    let columns = [Column::cut("TO", 10, 1), Column::spare("CLASS"), Column::flow("DETAIL")];
    let text = listed(&columns, &[&[&long, "clean", &long], &["a", "clean", "b"]], COLUMNS_ENDLESS);
    assert_eq!(text.lines().nth(1), Some(format!("{long}  clean  {long}").as_str()));
    assert!(text.lines().nth(2).unwrap().len() < 120, "{text}");
}

#[test]
fn the_last_column_goes_on_in_the_next_line() {
    let columns = [Column::whole("EVENT"), Column::flow("DETAIL")];
    let reply = "127.0.0.1:3601: 450 4.2.1 come again some other day";
    assert_eq!(
        listed(&columns, &[&["deferred", reply]], 50),
        "EVENT     DETAIL\n\
         deferred  127.0.0.1:3601: 450 4.2.1 come again\n          some other day\n"
    );
    let columns = [Column::whole("TO"), Column::flow("LAST ERROR")];
    let text = listed(&columns, &[&["somebody.or.other@corp.example", reply]], 50);
    assert_eq!(
        text,
        "TO\n    LAST ERROR\nsomebody.or.other@corp.example\n    127.0.0.1:3601: 450 4.2.1 come again some\n    other day\n"
    );
}

#[test]
fn text_is_wrapped_between_words() {
    assert_eq!(
        wrapped("  +2.0  the address is no known one\n", 24, 8),
        "  +2.0  the address is\n        no known one\n"
    );
    let path = "/var/lib/postern/settings/policy/standard.toml";
    assert_eq!(wrapped(&format!("see {path} now"), 24, 2), format!("see\n  {path}\n  now"));
    assert_eq!(
        wrapped_as_it_stands("short\n    a b c d e f g h i j k l m\n", 20),
        "short\n    a b c d e f g h\n    i j k l m\n"
    );
    assert_eq!(wrapped("one line", COLUMNS_ENDLESS, 2), "one line");
}

#[test]
fn a_strangers_text_cannot_move_the_cursor_or_turn_the_line() {
    assert_eq!(harmless("a\u{1b}[2Jb\r\nc\u{202e}d"), "a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{202e}d");
    assert_eq!(cut("abcdef", 4), "abc…");
}

//! Blocks of sheets, as browsers see them.

use super::*;

fn check(css: &str, expected: &[(&str, &str, Holds)]) {
    let blocks: Vec<Block<'_>> = Blocks::of(css, Holds::Always).collect();
    let found: Vec<(&str, &str, Holds)> =
        blocks.iter().map(|block| (block.head, block.declared.trim(), block.holds)).collect();
    assert_eq!(found, expected, "{css}");
}

#[test]
fn blocks_within_blocks() {
    use Holds::{Always, Maybe, Mostly, Step};
    check("<!-- .a{b:c}.d{e:f} -->", &[(".a", "b:c", Always), (".d", "e:f", Always)]);
    check("@import 'x'; .a{b:c", &[(".a", "b:c", Always)]);
    check("body{.k{a:b}}", &[(".k", "a:b", Maybe)]);
    check(".a{b:c;&:hover{d:e}f:g}", &[(".a", "b:c", Always), ("&:hover", "d:e", Maybe), (".a", "f:g", Always)]);
    check("@media print{.a{b:c}}.d{e:f}", &[(".a", "b:c", Maybe), (".d", "e:f", Always)]);
    check("@media only screen{.a{b:c}}@media all,screen{.d{e:f}}", &[(".a", "b:c", Always), (".d", "e:f", Always)]);
    check(".a{@media print{b:c}d:e}", &[(".a", "b:c", Maybe), (".a", "d:e", Always)]);
    check("@supports (a:b){.a{b:c}}@layer x{.d{e:f}}", &[(".a", "b:c", Mostly), (".d", "e:f", Mostly)]);
    check("@keyframes x{from{a:b}50%{c:d}}", &[("from", "a:b", Step), ("50%", "c:d", Step)]);
    check("@font-face{src:x}.a{b:c}", &[(".a", "b:c", Always)]);
}

#[test]
fn brackets_that_are_none() {
    use Holds::{Always, Maybe};
    check(r".a\{,.b{c:d}", &[(r".a\{,.b", "c:d", Always)]);
    check("}.a{b:c}.d{e:f}", &[(".a", "b:c", Maybe), (".d", "e:f", Always)]);
    check("{}{}}", &[]);
    let deep = "a{".repeat(100_000);
    let mut blocks = Blocks::of(&deep, Holds::Always);
    assert!(blocks.next().is_none() && blocks.is_cut);
}

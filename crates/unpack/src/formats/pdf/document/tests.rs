//! Work is bounded by the bytes of the file, and what is left out is said.

use super::*;
use crate::budget::{Budget, Limits};
use crate::formats::shown::open;
use crate::request::Request;

fn taken(bytes: &[u8]) -> usize {
    let (request, mut budget) = (Request::default(), Budget::new(Limits::default()));
    let mut inspect = |_: &mut scan::content::Item, _: &[u8]| {};
    let mut walk = Walk::bare(&mut budget, &request, &mut inspect);
    Document::read(bytes, &mut walk).taken_left.get()
}

#[test]
fn streams_without_ends_are_not_read_over_and_over() {
    let mib = 1024 * 1024;
    // Older revisions of one object, and forms of different numbers.
    let contents = "1 0 obj<</Length 9>>stream\n".repeat(mib / 54);
    let forms: String = (1..15_000).map(|number| format!("{number} 0 obj<</Subtype/Form>>stream\n")).collect();
    for streams in [contents, forms] {
        let nested = format!("%PDF-1.7\n{streams}");
        assert!(taken(nested.as_bytes()) <= 5 * nested.len());
        let content = open("a.pdf", "", nested.as_bytes());
        assert!(content.unopened.iter().any(|one| one.why == WhyUnopened::OverBudget), "{:?}", content.unopened);
    }
}

#[test]
fn honest_documents_keep_all_their_room() {
    let stream = "1 0 obj<</Length 9>>stream\nBT () Tj \nendstream endobj\n";
    let many = format!("%PDF-1.7\n{}trailer<<>>\n%%EOF", stream.repeat(2_000));
    assert!(taken(many.as_bytes()) > TAKEN_BYTES);
    // One that carries another one as it is.
    let outer = format!(
        "%PDF-1.7\n9 0 obj<</Type/EmbeddedFile/Length {}>>stream\n{many}\nendstream endobj\ntrailer<<>>\n%%EOF",
        many.len()
    );
    assert!(taken(outer.as_bytes()) > TAKEN_BYTES);
}

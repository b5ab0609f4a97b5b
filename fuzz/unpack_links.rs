//! Links in a text, where they lead, and what stands inside them.

use mail::links::{find, inner, normal};

/// One input, as a text and as one target.
pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for link in find::links(&text).iter().take(100) {
        let link = normal(link);
        // A normal form is its own normal form.
        if let Some(link) =
            link.filter(|link| matches!(link.scheme.as_str(), "http" | "https") && !link.host.is_empty())
        {
            let again = normal(&format!("{}://{}/", link.scheme, link.host)).map(|again| again.host);
            assert_eq!(again.as_deref(), Some(link.host.as_str()), "a host changes when it is read again");
        }
    }
    assert!(inner::inner(&text).len() <= 8, "too many links inside one");
}

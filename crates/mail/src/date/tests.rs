//! Dates as they come.

use super::*;

#[test]
fn dates_of_all_kinds() {
    let at = Timestamp::from_unix_millis(1_764_104_400_000);
    for text in [
        "Tue, 25 Nov 2025 21:00:00 +0000",
        "25 Nov 2025 23:00 +0200 (EET)",
        "Tue, 25 Nov 2025 16:00:00 EST",
        "Tue Nov 25 21:00:00 2025",
        "Nov 25 21:00:00 2025",
        "Tuesday, 25-November-25 21:00:00 GMT",
        "25 Nov 2025 21:00:00",
    ] {
        assert_eq!(parse(text).map(|time| time.to_string()), Some(at.to_string()), "{text}");
    }
    for text in ["", "yesterday", "32 Nov 2025 21:00:00", "25 Nov 2025", "25 Nov 2025 25:00:00"] {
        assert_eq!(parse(text), None, "{text}");
    }
}

//! Damaged files: never a panic, never something active called harmless, and time by the size.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use std::time::{Duration, Instant};

use super::*;

const TIMES: u32 = 400;

fn chances(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed >> 33).unwrap() % below.max(1)
    }
}

#[test]
fn damaged_files_are_clean_of_what_acts_or_stopped() {
    let page =
        "<p onclick=go()>a<svg><script>x</script></svg><style>@import 'x';</style><form><input></form>".repeat(3);
    let samples: [(&str, Vec<u8>); 6] = [
        ("x.docm", documents::armed_docx()),
        ("x.odt", include_bytes!("../../../testdata/office/lo.odt").to_vec()),
        ("x.pdf", include_bytes!("../../../testdata/pdf/active.pdf").to_vec()),
        ("x.pdf", include_bytes!("../../../testdata/pdf/object_streams.pdf").to_vec()),
        ("x.html", page.into_bytes()),
        ("x.rtf", br"{\rtf1{\object\objdata 01{\*\fldinst DDE}}\bin9999999999 {\'4x}}".to_vec()),
    ];
    let mut chance = chances(0x9e37_79b9_7f4a_7c15);
    for (name, bytes) in &samples {
        for _ in 0..TIMES {
            let mut changed = bytes.clone();
            for _ in 0..=chance(4) {
                let at = chance(changed.len());
                match chance(5) {
                    0 => changed.truncate(at.max(8)),
                    1 => changed[at] = u8::try_from(chance(256)).unwrap(),
                    2 => changed[at] = b'<',
                    3 => changed.insert(at, b'"'),
                    _ => changed[at] ^= 1 << chance(8),
                }
            }
            if let Outcome::Disarmed(disarmed) = outcome(name, &changed) {
                assert_eq!(outcome(name, &disarmed.bytes), Outcome::Clean, "{name}");
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "measures itself")]
fn time_of(bytes: &[u8], name: &str) -> Duration {
    let start = Instant::now();
    let _ = std::hint::black_box(outcome(name, bytes));
    start.elapsed()
}

#[test]
fn ten_times_the_size_takes_no_more_than_the_time_allows() {
    let deep = |count: usize| "<b onclick=x>".repeat(count).into_bytes();
    let groups = |count: usize| [b"{\\rtf1 ".to_vec(), b"{\\object x}".repeat(count)].concat();
    let objects = |count: usize| {
        let objects = (1..=count).map(|number| format!("{number} 0 obj<</S/JavaScript/JS(x)/A {number} 0 R>>endobj\n"));
        format!("%PDF-1.4\n{}trailer<</Root 1 0 R>>\n%%EOF", objects.collect::<String>()).into_bytes()
    };
    type Make<'m> = &'m dyn Fn(usize) -> Vec<u8>;
    let makers: [(&str, Make<'_>); 3] = [("x.html", &deep), ("x.rtf", &groups), ("x.pdf", &objects)];
    for (name, make) in makers {
        let (small, large) = (make(1_000), make(10_000));
        let small = time_of(&small, name).max(Duration::from_millis(5));
        let took = time_of(&large, name);
        assert!(took < small * 40, "{name}: {small:?}, then {took:?}");
    }
}

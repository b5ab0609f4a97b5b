//! One detector, one file, one form: its name, its four answers, one constant.

use std::collections::BTreeSet;
use std::path::Path;

use detect::detectors::ALL;

/// What the header of a detector answers, in this order.
const SECTIONS: [&str; 4] = ["//! **Finds** ", "//! **Why** ", "//! **Not** ", "//! **Strength** "];

#[test]
fn every_detector_is_one_file_of_one_form() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/detectors");
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).expect("src/detectors") {
        let path = entry.expect("a file").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let text = std::fs::read_to_string(&path).expect("a file");
        let places: Vec<Option<usize>> = SECTIONS.iter().map(|section| text.find(section)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{name}: {SECTIONS:?} in this order");
        assert!(text.starts_with(SECTIONS[0]), "{name}: begins with what it finds");
        assert_eq!(text.matches("const DETECTOR: Detector").count(), 1, "{name}: one detector");
        assert_eq!(text.matches("fn inspect(scan: &Scan").count(), 1, "{name}: one inspect");
        files.insert(name);
    }
    let ids: BTreeSet<String> = ALL.iter().map(|detector| detector.id.name().to_owned()).collect();
    assert_eq!(files, ids, "each file stands in ALL, and its detector has its name");
}

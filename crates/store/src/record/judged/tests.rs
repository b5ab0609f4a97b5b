//! Records of before a field was there.

use minicbor::Encoder;

use super::*;

#[test]
fn facts_of_before_outside_scanners_read_as_facts_without() {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes);
    // The four fields that there were, and no more.
    encoder.map(4).unwrap().u8(0).unwrap().str("failed").unwrap().u8(1).unwrap().str("").unwrap();
    encoder.u8(2).unwrap().bool(false).unwrap().u8(3).unwrap().array(0).unwrap();
    let read: FactsRecord = minicbor::decode(&bytes).unwrap();
    assert_eq!(read, FactsRecord { reverse_dns_unknown: "failed".to_owned(), ..FactsRecord::default() });
}

#[test]
fn facts_of_now_read_back() {
    let files = vec![("1.2/zip:0".to_owned(), "malware".to_owned(), vec!["Eicar".to_owned()])];
    let scanner = ScannerRecord { scanner: "clamav".to_owned(), asked: 3, files, ..ScannerRecord::default() };
    let record = FactsRecord { scanners: vec![scanner], ocr_pictures: 2, ..FactsRecord::default() };
    let read: FactsRecord = minicbor::decode(&minicbor::to_vec(&record).unwrap()).unwrap();
    assert_eq!(read, record);
}

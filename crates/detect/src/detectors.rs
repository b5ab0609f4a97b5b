//! The list of detectors. A new one is a file here, one line in [`ALL`], its row in `data/weights.toml`, its text, and its cases in
//! `corpus/<pattern>/`.

mod advance_fee;
mod archive_ambiguous;
mod bulk;
mod credential_lure;
mod disguised_name;
mod display_name_address;
mod dkim_fail;
mod dmarc_fail;
mod dns_list;
mod eicar;
mod encrypted_archive;
mod executable_attachment;
mod gtube;
mod hidden_text;
mod link_obfuscated;
mod link_text_mismatch;
mod macro_attachment;
mod malformed_from;
mod mime_ambiguous;
mod multiple_from;
mod offer_words;
mod own_domain_from_outside;
mod partial_message;
mod reply_to_elsewhere;
mod reverse_dns_missing;
mod script_attachment;
mod spf_fail;
mod unscannable;

use scan::Scan;
use scan::evidence::Evidence;

use crate::detector::Detector;
use crate::knowledge::Knowledge;

/// Every detector, in the order of evidence: who sent it, what it claims, what it carries, what it says.
pub const ALL: &[Detector] = &[
    spf_fail::DETECTOR,
    dkim_fail::DETECTOR,
    dmarc_fail::DETECTOR,
    reverse_dns_missing::DETECTOR,
    dns_list::DETECTOR,
    own_domain_from_outside::DETECTOR,
    multiple_from::DETECTOR,
    malformed_from::DETECTOR,
    display_name_address::DETECTOR,
    reply_to_elsewhere::DETECTOR,
    bulk::DETECTOR,
    mime_ambiguous::DETECTOR,
    partial_message::DETECTOR,
    unscannable::DETECTOR,
    encrypted_archive::DETECTOR,
    archive_ambiguous::DETECTOR,
    eicar::DETECTOR,
    executable_attachment::DETECTOR,
    disguised_name::DETECTOR,
    script_attachment::DETECTOR,
    macro_attachment::DETECTOR,
    hidden_text::DETECTOR,
    link_text_mismatch::DETECTOR,
    link_obfuscated::DETECTOR,
    credential_lure::DETECTOR,
    advance_fee::DETECTOR,
    offer_words::DETECTOR,
    gtube::DETECTOR,
];

/// Runs every detector.
#[must_use]
pub fn detect(scan: &Scan, knowledge: &Knowledge) -> Vec<Evidence> {
    let mut found = Vec::new();
    for detector in ALL {
        (detector.inspect)(scan, knowledge, &mut found);
    }
    found
}

//! The list of detectors. A new one is a file here, one line in [`ALL`], its row in `data/weights.toml`, its text, and its cases in
//! `corpus/<pattern>/`.

mod activex_control;
mod advance_fee;
mod antivirus_found;
mod antivirus_suspicious;
mod arc_fail;
mod archive_ambiguous;
mod archive_bomb;
mod auto_macro;
mod autorun_media;
mod bulk;
mod charset_disguise;
mod clipboard_script;
mod code_link;
mod credential_lure;
mod dde_field;
mod detonation_found;
mod disguised_header;
mod disguised_name;
mod display_name_address;
mod dkim_fail;
mod dkim_partial_body;
mod dmarc_fail;
mod dns_list;
mod document_form;
mod document_launch;
mod document_script;
mod eicar;
mod encrypted_archive;
mod equation_object;
mod executable_attachment;
mod fetched_content;
mod forged_results;
mod gtube;
mod hidden_text;
mod html_smuggling;
mod inside_link;
mod link_obfuscated;
mod link_text_mismatch;
mod macro_attachment;
mod malformed_from;
mod malformed_mime;
mod mime_ambiguous;
mod multiple_from;
mod name_conflict;
mod nested_ambiguous;
mod notebook_attachment;
mod offer_words;
mod own_domain_from_outside;
mod partial_message;
mod path_name;
mod picture_unread;
mod polyglot;
mod protocol_link;
mod remote_template;
mod reply_to_elsewhere;
mod reverse_dns_missing;
mod rich_text_object;
mod script_attachment;
mod share_link;
mod shortcut_command;
mod signature_malware;
mod signature_suspicious;
mod spf_fail;
mod table_formula;
mod type_conflict;
mod unknown_charset;
mod unscannable;
mod xlm_macro;
mod xml_dtd;

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
    auto_macro::DETECTOR,
    xlm_macro::DETECTOR,
    dde_field::DETECTOR,
    remote_template::DETECTOR,
    fetched_content::DETECTOR,
    equation_object::DETECTOR,
    rich_text_object::DETECTOR,
    activex_control::DETECTOR,
    document_script::DETECTOR,
    document_launch::DETECTOR,
    document_form::DETECTOR,
    notebook_attachment::DETECTOR,
    shortcut_command::DETECTOR,
    table_formula::DETECTOR,
    share_link::DETECTOR,
    protocol_link::DETECTOR,
    html_smuggling::DETECTOR,
    xml_dtd::DETECTOR,
    archive_bomb::DETECTOR,
    antivirus_found::DETECTOR,
    antivirus_suspicious::DETECTOR,
    detonation_found::DETECTOR,
    signature_malware::DETECTOR,
    signature_suspicious::DETECTOR,
    type_conflict::DETECTOR,
    polyglot::DETECTOR,
    name_conflict::DETECTOR,
    nested_ambiguous::DETECTOR,
    code_link::DETECTOR,
    picture_unread::DETECTOR,
    path_name::DETECTOR,
    autorun_media::DETECTOR,
    clipboard_script::DETECTOR,
    unknown_charset::DETECTOR,
    charset_disguise::DETECTOR,
    disguised_header::DETECTOR,
    arc_fail::DETECTOR,
    dkim_partial_body::DETECTOR,
    forged_results::DETECTOR,
    inside_link::DETECTOR,
    malformed_mime::DETECTOR,
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
    let knowledge = knowledge.for_one(scan);
    for detector in ALL {
        (detector.inspect)(scan, &knowledge, &mut found);
    }
    found
}

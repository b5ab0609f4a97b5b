//! The list of fuzz targets.

use super::words::{
    ARCHIVE_WORDS, CBOR_WORDS, COMPOUND_WORDS, DISK_WORDS, ENCODED_WORDS, HTML_WORDS, LINK_WORDS, MAIL_WORDS,
    PDF_WORDS, PICTURE_WORDS, RAR_WORDS, RTF_WORDS, SEVENZIP_WORDS, SMALL_WORDS, SMTP_WORDS, XML_WORDS, ZIP_WORDS,
};
use super::{disks, samples, seeds};

#[path = "../../../../fuzz/header.rs"]
mod header;
#[path = "../../../../fuzz/log_record.rs"]
mod log_record;
#[path = "../../../../fuzz/message.rs"]
mod message;
#[path = "../../../../fuzz/smtp_session.rs"]
mod smtp_session;
#[path = "../../../../fuzz/unpack_archive.rs"]
mod unpack_archive;
#[path = "../../../../fuzz/unpack_disarm.rs"]
mod unpack_disarm;
#[path = "../../../../fuzz/unpack_disk.rs"]
mod unpack_disk;
#[path = "../../../../fuzz/unpack_encoded.rs"]
mod unpack_encoded;
#[path = "../../../../fuzz/unpack_html.rs"]
mod unpack_html;
#[path = "../../../../fuzz/unpack_image.rs"]
mod unpack_image;
#[path = "../../../../fuzz/unpack_links.rs"]
mod unpack_links;
#[path = "../../../../fuzz/unpack_office.rs"]
mod unpack_office;
#[path = "../../../../fuzz/unpack_ole.rs"]
mod unpack_ole;
#[path = "../../../../fuzz/unpack_pdf.rs"]
mod unpack_pdf;
#[path = "../../../../fuzz/unpack_rar.rs"]
mod unpack_rar;
#[path = "../../../../fuzz/unpack_rtf.rs"]
mod unpack_rtf;
#[path = "../../../../fuzz/unpack_sevenzip.rs"]
mod unpack_sevenzip;
#[path = "../../../../fuzz/unpack_small.rs"]
mod unpack_small;
#[path = "../../../../fuzz/unpack_zip.rs"]
mod unpack_zip;
#[path = "../../../../fuzz/worker_frames.rs"]
mod worker_frames;

/// One target.
pub(super) struct Target {
    /// Its name and file.
    pub(super) name: &'static str,
    /// The target itself.
    pub(super) run: fn(&[u8]),
    /// What inputs are made of.
    pub(super) seeds: fn() -> Vec<Vec<u8>>,
    /// Pieces that mean something in its language.
    pub(super) words: &'static [&'static [u8]],
    /// What it drives: beginnings of paths below `crates`. Where something there was changed lately, it gets more time.
    pub(super) code: &'static [&'static str],
}

/// All of them.
#[rustfmt::skip]
pub(super) const TARGETS: &[Target] = &[
    Target { name: "smtp_session", run: smtp_session::run, seeds: seeds::dialogues, words: SMTP_WORDS, code: &["smtp/src"] },
    Target { name: "message", run: message::run, seeds: seeds::messages, words: MAIL_WORDS, code: &["mail/src"] },
    Target { name: "header", run: header::run, seeds: seeds::headers, words: MAIL_WORDS, code: &["mail/src"] },
    Target { name: "log_record", run: log_record::run, seeds: seeds::records, words: CBOR_WORDS, code: &["store/src/record"] },
    Target { name: "worker_frames", run: worker_frames::run, seeds: seeds::frames, words: CBOR_WORDS, code: &["worker/src/frame"] },
    Target { name: "unpack_archive", run: unpack_archive::run, seeds: samples::archives, words: ARCHIVE_WORDS, code: &["unpack/src/formats/archives/ar", "unpack/src/formats/archives/cab", "unpack/src/formats/archives/cpio", "unpack/src/formats/archives/lzw", "unpack/src/formats/archives/lzx", "unpack/src/formats/archives/streams", "unpack/src/formats/archives/tar", "unpack/src/formats/mac"] },
    Target { name: "unpack_disarm", run: unpack_disarm::run, seeds: samples::disarmed, words: HTML_WORDS, code: &["unpack/src/disarm", "unpack/src/formats/pdf/rewrite"] },
    Target { name: "unpack_disk", run: unpack_disk::run, seeds: disks::seeds, words: DISK_WORDS, code: &["unpack/src/formats/archives/disk", "unpack/src/formats/archives/fat", "unpack/src/formats/archives/iso", "unpack/src/formats/archives/udf"] },
    Target { name: "unpack_encoded", run: unpack_encoded::run, seeds: samples::encoded, words: ENCODED_WORDS, code: &["unpack/src/formats/encoded", "unpack/src/formats/written", "unpack/src/formats/plain", "unpack/src/formats/enriched", "unpack/src/text", "unpack/src/polyglot"] },
    Target { name: "unpack_html", run: unpack_html::run, seeds: seeds::pages, words: HTML_WORDS, code: &["unpack/src/formats/html", "unpack/src/formats/text_code"] },
    Target { name: "unpack_image", run: unpack_image::run, seeds: samples::pictures, words: PICTURE_WORDS, code: &["unpack/src/formats/image"] },
    Target { name: "unpack_links", run: unpack_links::run, seeds: samples::links, words: LINK_WORDS, code: &["mail/src/links"] },
    Target { name: "unpack_office", run: unpack_office::run, seeds: samples::office, words: XML_WORDS, code: &["unpack/src/formats/office", "unpack/src/formats/xml", "unpack/src/formats/package"] },
    Target { name: "unpack_ole", run: unpack_ole::run, seeds: samples::compound, words: COMPOUND_WORDS, code: &["unpack/src/formats/ole"] },
    Target { name: "unpack_pdf", run: unpack_pdf::run, seeds: samples::documents, words: PDF_WORDS, code: &["unpack/src/formats/pdf"] },
    Target { name: "unpack_rar", run: unpack_rar::run, seeds: samples::rars, words: RAR_WORDS, code: &["unpack/src/formats/archives/rar"] },
    Target { name: "unpack_rtf", run: unpack_rtf::run, seeds: samples::rich, words: RTF_WORDS, code: &["unpack/src/formats/rtf"] },
    Target { name: "unpack_sevenzip", run: unpack_sevenzip::run, seeds: samples::sevenzips, words: SEVENZIP_WORDS, code: &["unpack/src/formats/archives/sevenz"] },
    Target { name: "unpack_small", run: unpack_small::run, seeds: samples::small, words: SMALL_WORDS, code: &["unpack/src/formats/calendar", "unpack/src/formats/card", "unpack/src/formats/connection", "unpack/src/formats/flash", "unpack/src/formats/lnk", "unpack/src/formats/message", "unpack/src/formats/onenote", "unpack/src/formats/pgp", "unpack/src/formats/share", "unpack/src/formats/shortcut", "unpack/src/formats/signed", "unpack/src/formats/table", "unpack/src/formats/tnef"] },
    Target { name: "unpack_zip", run: unpack_zip::run, seeds: seeds::archives, words: ZIP_WORDS, code: &["unpack/src/formats/zip", "unpack/src/passwords"] },
];

//! One program for all targets: `POSTERN_FUZZ_TARGET` names the one that runs.
#![no_main]

mod header;
mod log_record;
mod message;
mod smtp_session;
mod unpack_archive;
mod unpack_disarm;
mod unpack_disk;
mod unpack_encoded;
mod unpack_html;
mod unpack_image;
mod unpack_links;
mod unpack_office;
mod unpack_ole;
mod unpack_pdf;
mod unpack_rar;
mod unpack_rtf;
mod unpack_sevenzip;
mod unpack_small;
mod unpack_zip;
mod worker_frames;

use std::sync::OnceLock;

/// The chosen target.
static RUN: OnceLock<fn(&[u8])> = OnceLock::new();

fn chosen() -> fn(&[u8]) {
    match std::env::var("POSTERN_FUZZ_TARGET").as_deref() {
        Ok("header") => header::run,
        Ok("log_record") => log_record::run,
        Ok("message") => message::run,
        Ok("smtp_session") => smtp_session::run,
        Ok("unpack_archive") => unpack_archive::run,
        Ok("unpack_disarm") => unpack_disarm::run,
        Ok("unpack_disk") => unpack_disk::run,
        Ok("unpack_encoded") => unpack_encoded::run,
        Ok("unpack_html") => unpack_html::run,
        Ok("unpack_image") => unpack_image::run,
        Ok("unpack_links") => unpack_links::run,
        Ok("unpack_office") => unpack_office::run,
        Ok("unpack_ole") => unpack_ole::run,
        Ok("unpack_pdf") => unpack_pdf::run,
        Ok("unpack_rar") => unpack_rar::run,
        Ok("unpack_rtf") => unpack_rtf::run,
        Ok("unpack_sevenzip") => unpack_sevenzip::run,
        Ok("unpack_small") => unpack_small::run,
        Ok("unpack_zip") => unpack_zip::run,
        Ok("worker_frames") => worker_frames::run,
        other => panic!("POSTERN_FUZZ_TARGET names no target: {other:?}"),
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    RUN.get_or_init(chosen)(data);
});

//! One program for all targets: `POSTERN_FUZZ_TARGET` names the one that runs.
#![no_main]

mod header;
mod log_record;
mod message;
mod smtp_session;
mod unpack_html;
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
        Ok("unpack_html") => unpack_html::run,
        Ok("unpack_zip") => unpack_zip::run,
        Ok("worker_frames") => worker_frames::run,
        other => panic!("POSTERN_FUZZ_TARGET names no target: {other:?}"),
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    RUN.get_or_init(chosen)(data);
});

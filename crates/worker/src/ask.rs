//! What a worker is asked and what it answers: one request, one answer. Another kind of work is a variant in each of these
//! and a kind of frame.

use scan::content::{Content, WhyUnopened};
use unpack::Request;
use unpack::disarm::Outcome;

use crate::files::{Files, Wanted};
use crate::frame;
use crate::opener::{Opened, unopened};
use crate::process::SealedFile;

/// What a worker is asked.
#[derive(Debug)]
pub(crate) enum Ask {
    /// To open the parts of a message.
    Unpack(Request, Wanted),
    /// To write the parts of a message anew without what they do.
    Disarm(Request),
}

/// What it answers, as far as it is believed.
#[derive(Debug)]
pub(crate) enum Answer {
    /// What was found, and the file that its sources speak of; no file: none was wanted, or to be had.
    Unpacked(Content, Vec<Option<frame::Source>>, Option<SealedFile>),
    /// One outcome for each part.
    Disarmed(Vec<Outcome>),
    /// It has used up the time of the quick lane.
    Late,
}

/// What whoever asked is given.
#[derive(Debug)]
pub(crate) enum Done {
    /// To [`Ask::Unpack`].
    Opened(Opened),
    /// To [`Ask::Disarm`].
    Disarmed(Vec<Outcome>),
}

impl Ask {
    /// More than a frame can carry.
    pub(crate) fn is_too_large(&self) -> bool {
        match self {
            Self::Unpack(request, _) | Self::Disarm(request) => frame::request_start(0, request).is_none(),
        }
    }

    /// The answer to one that nobody could do.
    pub(crate) fn not_done(&self, why: WhyUnopened) -> Done {
        match self {
            Self::Unpack(request, _) => {
                Done::Opened(Opened { content: unopened(request, why), files: Files::default() })
            }
            Self::Disarm(request) => {
                let impossible = Outcome::Impossible(format!("no worker could do it: {}", why.word()));
                Done::Disarmed(vec![impossible; request.parts.len()])
            }
        }
    }
}

//! What a scanner is and knows, asked once in a while and by one at a time: a message with a thousand files must not ask a
//! silent server a thousand times.

use std::sync::Arc;
use std::time::Duration;

use mail::timestamp::Timestamp;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::ScanTrouble;

/// How long trouble is remembered: shorter than anybody notices, longer than a burst of questions.
const TROUBLE_LIFE: Duration = Duration::from_secs(1);

/// What a scanner is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Program and version in its own words, printable; empty where it does not say.
    pub text: String,
    /// Changes when what it knows changes. None: it cannot tell, so its answers are not remembered.
    pub version: Option<Arc<str>>,
    /// When its signatures were made, where it says so.
    pub signatures_made: Option<Timestamp>,
}

impl Identity {
    /// Its signatures are older than `age_max`. What is not known is not old.
    #[must_use]
    pub fn is_old(&self, now: Timestamp, age_max: Duration) -> bool {
        self.signatures_made.is_some_and(|made| now.since(made) > age_max)
    }
}

/// The last answer to one question.
pub(crate) struct Asked<T> {
    last: Mutex<Option<(Instant, Result<T, ScanTrouble>)>>,
}

impl<T: Clone> Asked<T> {
    pub(crate) fn new() -> Self {
        Self { last: Mutex::new(None) }
    }

    /// The last answer if it is young enough, else a new one. `life` says how long a good answer lives.
    pub(crate) async fn answer(
        &self,
        life: impl Fn(&T) -> Duration,
        question: impl Future<Output = Result<T, ScanTrouble>>,
    ) -> Result<T, ScanTrouble> {
        let mut last = self.last.lock().await;
        if let Some((since, answer)) = &*last {
            let life = answer.as_ref().map_or(TROUBLE_LIFE, life);
            if since.elapsed() < life {
                return answer.clone();
            }
        }
        let answer = question.await;
        *last = Some((Instant::now(), answer.clone()));
        answer
    }

    /// Asks anew next time.
    pub(crate) async fn forget(&self) {
        *self.last.lock().await = None;
    }
}

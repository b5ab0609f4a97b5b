//! Destinations that an operator stopped, kept in the site file so that a restart does not start them again, with who did it and
//! when.

use std::collections::BTreeMap;
use std::sync::Arc;

use mail::envelope::TenantId;
use queue::paused::{Destination, Paused};
use store::StoreError;
use store::site::Site;
use tokio::sync::Mutex;

/// Name of the note.
const NOTE: &str = "paused_destinations";

/// Who stopped a destination, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stopped {
    pub(crate) by: String,
    /// Milliseconds since the epoch.
    pub(crate) at: i64,
}

/// What is stopped, by the word of the destination.
pub(crate) type Set = BTreeMap<String, Stopped>;

/// The set in force and where it is kept.
pub(crate) struct KeptPaused {
    site: Arc<Site>,
    in_force: Arc<Paused>,
    // Held from reading to writing: of two changes at once none is lost.
    set: Mutex<Set>,
}

impl KeptPaused {
    /// Reads what was kept.
    pub(crate) async fn load(site: Arc<Site>) -> Result<Arc<Self>, StoreError> {
        let set = read(&site.note(TenantId::DEFAULT, NOTE).await?.unwrap_or_default());
        let in_force = Arc::new(Paused::default());
        in_force.replace(set.keys().cloned());
        Ok(Arc::new(Self { site, in_force, set: Mutex::new(set) }))
    }

    /// For the queue.
    pub(crate) fn in_force(&self) -> &Arc<Paused> {
        &self.in_force
    }

    /// The whole set.
    pub(crate) async fn all(&self) -> Set {
        self.set.lock().await.clone()
    }

    /// Stops a destination; the whole set afterwards. One that is stopped already stays its first stopper's.
    pub(crate) async fn pause(&self, destination: &Destination, stopped: Stopped) -> Result<Set, StoreError> {
        let mut set = self.set.lock().await;
        let mut changed = set.clone();
        changed.entry(destination.word().to_owned()).or_insert(stopped);
        self.keep(&mut set, changed).await
    }

    /// Goes on with a destination, or with all of them; the whole set afterwards.
    pub(crate) async fn resume(&self, destination: &Destination) -> Result<Set, StoreError> {
        let mut set = self.set.lock().await;
        let mut changed = set.clone();
        match destination {
            Destination::All => changed.clear(),
            Destination::Domain(domain) => drop(changed.remove(domain.as_str())),
        }
        self.keep(&mut set, changed).await
    }

    async fn keep(&self, set: &mut Set, changed: Set) -> Result<Set, StoreError> {
        self.site.set_note(TenantId::DEFAULT, NOTE, &written(&changed)).await?;
        self.in_force.replace(changed.keys().cloned());
        set.clone_from(&changed);
        Ok(changed)
    }
}

// A line each: the word, when, by whom. Words have no spaces; a name is the rest of the line.
fn written(set: &Set) -> String {
    set.iter().map(|(word, stopped)| format!("{word} {} {}\n", stopped.at, stopped.by)).collect()
}

fn read(note: &str) -> Set {
    let line = |line: &str| {
        let mut fields = line.splitn(3, ' ');
        let word = fields.next().filter(|word| !word.is_empty())?.to_owned();
        let at = fields.next().and_then(|at| at.parse().ok()).unwrap_or_default();
        Some((word, Stopped { by: fields.next().unwrap_or_default().to_owned(), at }))
    };
    note.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let stopped = |by: &str, at| Stopped { by: by.to_owned(), at };
        let set = Set::from([("*".to_owned(), stopped("uid 12", 5)), ("a.example".to_owned(), stopped("root", 7))]);
        assert_eq!(read(&written(&set)), set);
        assert_eq!(read("").len(), 0);
    }

    #[tokio::test]
    async fn two_at_once_are_both_kept() {
        let folder = tempfile::tempdir().unwrap();
        let site = Arc::new(Site::open(folder.path()).await.unwrap());
        let paused = KeptPaused::load(Arc::clone(&site)).await.unwrap();
        let names: Vec<Destination> =
            (0..20).map(|number| Destination::parse(&format!("d{number}.example")).unwrap()).collect();
        let pauses = names.iter().map(|name| paused.pause(name, Stopped { by: "root".to_owned(), at: 1 }));
        for result in futures_util::future::join_all(pauses).await {
            result.unwrap();
        }
        let again = KeptPaused::load(site).await.unwrap();
        assert_eq!((paused.all().await.len(), again.all().await), (20, paused.all().await));
        assert!(again.in_force().stops("d7.example") && !again.in_force().stops("e.example"));
        assert!(again.resume(&Destination::All).await.unwrap().is_empty());
        assert!(!again.in_force().stops("d7.example"));
    }
}

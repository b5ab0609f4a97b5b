//! Authenticate: SPF, DKIM, DMARC, ARC of mail from outside. Mail from inside proves itself by where it comes from.

use auth::Input;
use mail::envelope::{Direction, Envelope};
use mail::message::Message;
use net::dns::DnsBudget;
use scan::auth::{AuthResults, DmarcResult};

use crate::given::Given;
use crate::stations::Stations;

/// Name of the check in `failed_checks`.
const DMARC: &str = "dmarc";

/// The results, by DNS or as given.
pub(crate) async fn authenticate(
    message: &Message,
    envelope: &Envelope,
    given: &Given,
    stations: &Stations,
) -> AuthResults {
    if !envelope.recipients.iter().any(|recipient| recipient.direction == Direction::Inbound) {
        return AuthResults::none();
    }
    let input = Input {
        client_ip: envelope.client.ip,
        helo: &envelope.helo.name,
        sender: &envelope.sender,
        message,
        received_at: envelope.received_at,
    };
    match &stations.dns {
        Some(dns) if !given.auth.is_complete() => {
            let results = auth::authenticate(&input, dns, &DnsBudget::of_a_message()).await;
            if given.auth.is_empty() { results } else { given.auth.put_into(results, &input) }
        }
        _ => given.auth.results(&input),
    }
}

/// DMARC's DNS is a required check: where it does not answer, the message waits.
pub(crate) fn failed_check(results: &AuthResults, inbound: bool) -> Option<&'static str> {
    (inbound && results.dmarc.result == DmarcResult::TempError).then_some(DMARC)
}

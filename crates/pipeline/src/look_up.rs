//! Look up: facts from outside, side by side, each with its deadline. What is given is taken instead of being asked.

use mail::address::Domain;
use mail::envelope::{Direction, Envelope};
use mail::message::Message;
use scan::facts::{Fact, Facts, UnknownReason};

use crate::given::Given;
use crate::stations::Stations;

/// The facts about a message from outside; about mail of our own nothing is asked.
pub(crate) async fn look_up(message: &Message, envelope: &Envelope, given: &Given, stations: &Stations) -> Facts {
    let inbound = envelope.recipients.iter().any(|recipient| recipient.direction == Direction::Inbound);
    let mut facts = match &stations.dns {
        Some(dns) if inbound => {
            let author = message.mailboxes("from").into_iter().find_map(|mailbox| mailbox.address);
            let addresses = [envelope.sender.address(), author.as_ref()];
            let mut domains: Vec<Domain> =
                addresses.into_iter().flatten().map(|address| address.domain().clone()).collect();
            domains.dedup();
            let (client_ip, reverse_dns) = (envelope.client.ip, given.reverse_dns.as_ref());
            let input = lookup::Input { client_ip, domains: &domains, reverse_dns };
            stations.sources.gather(&input, dns, stations.clock.as_ref()).await
        }
        _ => Facts::none(),
    };
    if given.is_without_client {
        facts.reverse_dns = Fact::Unknown(UnknownReason::NotAsked);
    }
    if let Some(reverse_dns) = &given.reverse_dns {
        // Where nothing is asked it is a fact all the same.
        facts.reverse_dns = Fact::Known(reverse_dns.clone());
    }
    facts
}

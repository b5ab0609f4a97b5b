//! Asking a next hop whether it would take a recipient.

use std::sync::Arc;

use mail::address::{Address, ReversePath};
use queue::probe::{Probe, Probed};
use queue::route::Route;
use testkit::sink::{Act, Sink, Stage};

use crate::world::{World, hosts, nobody};

async fn ask(world: &World, route: &Route) -> Probed {
    let probe = Probe::new(Arc::clone(&world.dns), "gate.example".to_owned());
    probe.recipient(route, &Address::parse("b@one.example").unwrap(), &ReversePath::Null).await
}

fn cannot_tell(probed: &Probed) -> &str {
    match probed {
        Probed::CannotTell(why) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn accepted_refused_or_later() {
    let (world, sink) = (World::new().await, Sink::start().await);
    let route = hosts(&[sink.address]);
    assert_eq!(ask(&world, &route).await, Probed::Accepted);
    sink.say(Stage::Recipient, "b@one.example", "550 5.1.1 nobody");
    assert_eq!(ask(&world, &route).await, Probed::Refused("nobody".to_owned()));
    sink.behave();
    sink.say(Stage::Recipient, "", "450 4.2.0 greylisted");
    assert_eq!(ask(&world, &route).await, Probed::CannotTell("450 4.2.0 greylisted".to_owned()));
    assert_eq!((sink.count(), sink.reached(Stage::Data)), (0, 0), "nothing is delivered");
    let expected = ["EHLO gate.example", "MAIL FROM:<>", "RCPT TO:<b@one.example>"];
    assert_eq!(sink.lines()[..3], expected);
}

#[tokio::test]
async fn only_a_no_that_speaks_of_existence_says_that_nobody_is_there() {
    let (world, sink) = (World::new().await, Sink::start().await);
    let route = hosts(&[sink.address]);
    let unknown = ["550 no", "551 no", "553 no", "550 5.1.1 no", "553 5.1.3 no", "551 5.1.6 no", "550 5.1.10 no"];
    for reply in unknown {
        sink.behave();
        sink.say(Stage::Recipient, "", reply);
        assert_eq!(ask(&world, &route).await, Probed::Refused("no".to_owned()), "{reply}");
    }
    for reply in [
        "550 5.7.1 the null sender is not welcome",
        "550 5.7.26 you are not authenticated",
        "550 5.1.0 our sender is unknown here",
        "550 5.1.2 no such domain",
        "550 5.1.4 which of them",
        "553 5.1.7 what a sender",
        "550 5.1.8 where is your sender",
        "550 5.2.1 disabled",
        "552 5.2.2 mailbox full",
        "550 5.4.1 access denied",
        "552 full",
        "554 no",
        "501 what",
        "503 5.5.1 not now",
    ] {
        sink.behave();
        sink.say(Stage::Recipient, "", reply);
        assert_eq!(ask(&world, &route).await, Probed::CannotTell(reply.to_owned()));
    }
}

// A no to anything before RCPT says nothing of the recipient.
#[tokio::test]
async fn a_no_before_the_recipient_tells_nothing() {
    for stage in [Stage::Connect, Stage::Hello, Stage::Mail] {
        let (world, sink) = (World::new().await, Sink::start().await);
        sink.say(stage, "", "550 5.7.1 not you");
        let probed = ask(&world, &hosts(&[sink.address])).await;
        assert!(cannot_tell(&probed).contains("broke off"), "{stage:?}: {probed:?}");
    }
}

#[tokio::test]
async fn a_host_that_cannot_be_asked_is_passed_over() {
    let (world, dropping, sink) = (World::new().await, Sink::start().await, Sink::start().await);
    dropping.on(Stage::Recipient, "", Act::Drop);
    assert_eq!(ask(&world, &hosts(&[nobody(), dropping.address, sink.address])).await, Probed::Accepted);
    assert!(cannot_tell(&ask(&world, &hosts(&[nobody()])).await).contains("refused"));
    assert!(cannot_tell(&ask(&world, &hosts(&[dropping.address])).await).contains("broke off"));
    assert_eq!(
        ask(&world, &Route::Hosts(Vec::new())).await,
        Probed::CannotTell("the route names no next hop".to_owned())
    );
}

use super::*;
use store::record::mail::RecipientRecord;

fn recipient(address: &str, variant: Option<u16>, state: StateRecord) -> RecipientRecord {
    RecipientRecord { address: address.into(), outbound: false, state, variant, groups: vec![], added: false }
}

#[test]
fn recipients_of_one_domain_and_form_travel_together() {
    let queued = StateRecord::Queued { attempts: 0, next_attempt: 5 };
    let mail = MailState {
        id: MailId::from_bytes([1; 16]),
        tenant: TenantId::DEFAULT,
        received_at: 0,
        sender: "a@b.example".into(),
        recipients: vec![
            recipient("x@one.example", None, queued.clone()),
            recipient("y@ONE.example", None, queued.clone()),
            recipient("z@one.example", Some(0), queued.clone()),
            recipient("x@two.example", None, queued.clone()),
            recipient("done@one.example", None, StateRecord::Delivered),
            recipient("later@one.example", None, StateRecord::Queued { attempts: 3, next_attempt: 9 }),
        ],
        size: 10,
        sender_genuine: true,
        eight_bit: false,
    };
    let jobs = jobs(&mail, &Routes::default());
    let shape: Vec<_> = jobs
        .iter()
        .map(|job| (job.domain.as_str(), job.variant, job.due, job.recipients.iter().map(|r| r.0).collect::<Vec<_>>()))
        .collect();
    assert_eq!(
        shape,
        [
            ("one.example", None, 5, vec![0, 1]),
            ("one.example", Some(0), 5, vec![2]),
            ("two.example", None, 5, vec![3]),
            ("one.example", None, 9, vec![5]),
        ]
    );
}

#[test]
fn a_transaction_has_a_hundred_recipients_at_most() {
    let queued = StateRecord::Queued { attempts: 0, next_attempt: 0 };
    let recipients = (0..250).map(|n| recipient(&format!("u{n}@one.example"), None, queued.clone())).collect();
    let mail = MailState {
        id: MailId::from_bytes([1; 16]),
        tenant: TenantId::DEFAULT,
        received_at: 0,
        sender: String::new(),
        recipients,
        size: 10,
        sender_genuine: false,
        eight_bit: false,
    };
    let sizes: Vec<_> = jobs(&mail, &Routes::default()).iter().map(|job| job.recipients.len()).collect();
    assert_eq!(sizes, [100, 100, 50]);
}

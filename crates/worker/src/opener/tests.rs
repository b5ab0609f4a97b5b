//! Who shares a turn.

use super::*;

#[test]
fn clients_of_one_prefix_share_a_key() {
    let key = |ip: &str| FairKey::of(ip.parse().unwrap());
    assert_eq!(key("192.0.2.1"), key("192.0.2.200"));
    assert_eq!(key("192.0.2.1"), key("::ffff:192.0.2.9"));
    assert_ne!(key("192.0.2.1"), key("192.0.3.1"));
    assert_eq!(key("2001:db8:0:1::1"), key("2001:db8:0:1:ffff::"));
    assert_ne!(key("2001:db8:0:1::1"), key("2001:db8:0:2::1"));
}

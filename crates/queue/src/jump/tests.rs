//! QUE-09: what is believed of a clock.

use super::*;
use net::clock::ManualClock;

const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn a_jump_either_way_is_doubted_for_a_day() {
    let start = Timestamp::from_unix_millis(1_795_000_000_000);
    for wrong in [start.plus(HOUR * 24 * 365), start.minus(HOUR + Duration::from_secs(1)), start.minus(HOUR * 9_000)] {
        let clock = ManualClock::new(start);
        let jumps = Jumps::new(&clock);
        assert_eq!(jumps.look(&clock, "x"), Trust::Sound);
        clock.set(wrong);
        assert_eq!(jumps.look(&clock, "x"), Trust::Jumped);
        assert_eq!(jumps.look(&clock, "x"), Trust::Doubtful);
        clock.advance(HOUR * 24 - Duration::from_secs(1));
        assert_eq!(jumps.look(&clock, "x"), Trust::Doubtful);
        clock.advance(Duration::from_secs(1));
        assert_eq!(jumps.look(&clock, "x"), Trust::Sound);
        // Set right again is a jump, too.
        clock.set(start);
        assert_eq!(jumps.look(&clock, "x"), Trust::Jumped);
    }
}

#[test]
fn time_that_passes_and_small_steps_are_no_jump() {
    let start = Timestamp::from_unix_millis(1_795_000_000_000);
    let clock = ManualClock::new(start);
    let jumps = Jumps::new(&clock);
    clock.advance(HOUR * 24 * 365);
    assert_eq!(jumps.look(&clock, "x"), Trust::Sound);
    for step in [start.plus(HOUR * 24 * 365 + HOUR), start.plus(HOUR * 24 * 365)] {
        clock.set(step);
        assert_eq!(jumps.look(&clock, "x"), Trust::Sound);
    }
}

#[test]
fn a_start_far_from_where_the_last_run_ended_is_doubted_for_a_day() {
    let ended = Timestamp::from_unix_millis(1_795_000_000_000);
    let kept = Kept { wall: ended, doubt_left: Duration::ZERO };
    let minute = Duration::from_secs(60);
    for (start, trust) in [
        (ended, Trust::Sound),
        (ended.plus(HOUR * 24), Trust::Sound),
        (ended.plus(HOUR * 24 + minute), Trust::Jumped),
        (ended.plus(HOUR * 24 * 365), Trust::Jumped),
        (ended.minus(HOUR), Trust::Sound),
        (ended.minus(HOUR + minute), Trust::Jumped),
    ] {
        let clock = ManualClock::new(start);
        let jumps = Jumps::new(&clock);
        jumps.resume(&clock, kept);
        assert_eq!(jumps.look(&clock, "x"), trust, "{start:?}");
        if trust == Trust::Jumped {
            clock.advance(HOUR * 24 - minute);
            assert_eq!(jumps.look(&clock, "x"), Trust::Doubtful);
            clock.advance(minute);
            assert_eq!(jumps.look(&clock, "x"), Trust::Sound);
        }
    }
}

// Else a restart with the clock still wrong would end the doubt, or short runs would prolong it for ever.
#[test]
fn a_doubt_goes_on_over_restarts_and_ends() {
    let start = Timestamp::from_unix_millis(1_795_000_000_000);
    let clock = ManualClock::new(start);
    let jumps = Jumps::new(&clock);
    clock.set(start.plus(HOUR * 24 * 365));
    assert_eq!(jumps.look(&clock, "x"), Trust::Jumped);
    let mut kept = jumps.kept();
    assert_eq!(kept.doubt_left, HOUR * 24);
    let mut doubtful = 0;
    for _ in 0..5 {
        let clock = ManualClock::new(kept.wall.plus(HOUR * 15));
        let jumps = Jumps::new(&clock);
        jumps.resume(&clock, kept);
        clock.advance(HOUR * 9);
        doubtful += usize::from(jumps.look(&clock, "x") == Trust::Doubtful);
        kept = jumps.kept();
    }
    assert_eq!((doubtful, kept.doubt_left), (2, Duration::ZERO));
}

#[test]
fn everyone_is_told_of_each_jump_once() {
    let start = Timestamp::from_unix_millis(1_795_000_000_000);
    let clock = ManualClock::new(start);
    let jumps = Jumps::new(&clock);
    let others = [jumps.share(), jumps.share()];
    jumps.resume(&clock, Kept { wall: start.plus(HOUR * 9_000), doubt_left: Duration::ZERO });
    for jumps in [&jumps, &others[0], &others[1]] {
        assert_eq!(jumps.look(&clock, "x"), Trust::Jumped);
        assert_eq!(jumps.look(&clock, "x"), Trust::Doubtful);
    }
    // One who comes later learns what was said already.
    assert_eq!(jumps.share().look(&clock, "x"), Trust::Doubtful);
}

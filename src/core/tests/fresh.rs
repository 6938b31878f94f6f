use std::sync::Arc;

use proptest::prelude::*;

use super::credentials::pair;
use crate::auth::{Auth, Policy};
use crate::credentials::Credential;
use crate::fresh::{Bounds, Fresh};
use crate::request::skew::{Exchange, Verdict};
use crate::sources::Source;
use crate::time::Timestamp;
use crate::token::Lifetime;

const START: i64 = 1_789_905_600_000;

#[test]
fn a_reader_sees_bounds_that_belong_together() {
    let fresh = Arc::new(Fresh::new());
    let of = |serial: u64| {
        let from = i64::try_from(serial).unwrap() * 10;
        Bounds {
            serial,
            from: Timestamp::from_millis(from),
            until: Timestamp::from_millis(from + 10),
        }
    };
    let writer = {
        let fresh = Arc::clone(&fresh);
        std::thread::spawn(move || (1..200_000).for_each(|serial| fresh.set(of(serial))))
    };
    let mut seen = 0_u64;
    while !writer.is_finished() {
        let now = i64::try_from(seen).unwrap() * 10 + 5;
        if let Some(serial) = fresh.serial_at(Timestamp::from_millis(now)) {
            assert_eq!(serial, seen, "a serial number with the bounds of another");
        }
        seen = (seen + 1) % 200_000;
    }
    writer.join().unwrap();
}

proptest! {
    /// Whatever was done before: a token that is said to be fresh is the one that a read passes on.
    #[test]
    fn what_is_said_to_be_fresh_is_what_a_read_passes_on(
        steps in proptest::collection::vec((0_u8..6, -4_000_000_i64..4_000_000), 1..40),
    ) {
        let policy = Policy::new(Lifetime::default(), None).unwrap();
        let new = |name: &str| Credential::Pair(pair(name, &format!("secret-of-{name}")));
        let auth = Auth::new(new("old"), Source::Options, policy);
        let mut now = START;
        for (what, offset) in steps {
            now += offset;
            let at = Timestamp::from_millis(now);
            match what {
                0 => auth.rotate(new("new")).unwrap(),
                1 => auth.invalidate(None).unwrap(),
                2 => {
                    let exchange = Exchange {
                        sent: at,
                        received: at,
                        date: Some("Sun, 20 Sep 2026 12:00:00 GMT"),
                        cached: false,
                    };
                    auth.learn_clock(&exchange, Verdict::Silent, "");
                }
                3 => auth.set_clock_correction(offset > 0),
                _ => {}
            }
            let claimed = auth.fresh_serial(at);
            let read = auth.read(at, |issued| issued.serial).unwrap();
            if let Some(claimed) = claimed {
                prop_assert_eq!(claimed, read);
            }
            prop_assert_eq!(auth.fresh_serial(at), Some(read));
        }
        auth.dispose();
        prop_assert_eq!(auth.fresh_serial(Timestamp::from_millis(now)), None);
    }
}

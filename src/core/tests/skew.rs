use proptest::prelude::*;

use super::credentials::pair;
use crate::auth::{Auth, Policy, RefreshReason};
use crate::credentials::Credential;
use crate::request::skew::{Dates, Exchange, Skew, Verdict, http_date};
use crate::sources::Source;
use crate::time::Timestamp;
use crate::token::Lifetime;

/// 2026-09-20 12:00:00 UTC
const KLING: i64 = 1_789_905_600;
const DATE: &str = "Sun, 20 Sep 2026 12:00:00 GMT";
const DAY: i64 = 86_400;

/// An exchange around the moment `local` (seconds) that took `round_trip_ms`.
fn exchange(local: i64, round_trip_ms: i64, date: Option<&str>) -> Exchange<'_> {
    let middle = local * 1000 + 500;
    Exchange {
        sent: Timestamp::from_millis(middle - round_trip_ms / 2),
        received: Timestamp::from_millis(middle + round_trip_ms / 2),
        date,
        cached: false,
    }
}

/// A token as it is signed at `local` by default.
fn token(local: i64) -> Dates {
    Dates {
        not_before: Timestamp::from_secs(local - 5),
        expires_at: Timestamp::from_secs(local + 1800),
    }
}

fn correction_sec(skew: Skew) -> i64 {
    skew.correct(Timestamp::from_secs(0)).secs()
}

#[test]
fn measures_against_the_middle_of_the_exchange() {
    for (ahead, round_trip) in [(0, 0), (3, 100), (-3, 14_000), (60, 15_000), (1700, 10)] {
        let mut skew = Skew::new(true);
        let local = KLING - ahead;
        skew.learn(
            &exchange(local, round_trip, Some(DATE)),
            Verdict::Accepted,
            Some(token(local)),
        );
        assert_eq!(skew.measured_sec(), ahead, "{ahead}");
        assert_eq!(
            correction_sec(skew),
            if ahead.abs() > 5 { ahead } else { 0 },
            "{ahead}"
        );
    }
}

#[test]
fn rounds_to_the_nearest_second() {
    for (ms_ahead, sec) in [
        (-1500, -1),
        (-501, -1),
        (-500, 0),
        (499, 0),
        (500, 1),
        (1499, 1),
    ] {
        let mut skew = Skew::new(true);
        let middle = Timestamp::from_millis(KLING * 1000 + 500 - ms_ahead);
        let exchange = Exchange {
            sent: middle,
            received: middle,
            ..exchange(KLING, 0, Some(DATE))
        };
        skew.learn(&exchange, Verdict::Silent, None);
        assert_eq!(skew.measured_sec(), sec, "{ms_ahead}");
    }
}

#[test]
fn corrects_beyond_five_seconds_only() {
    for (ahead, corrected) in [(5, 0), (-5, 0), (6, 6), (-6, -6)] {
        let mut skew = Skew::new(true);
        skew.learn(
            &exchange(KLING - ahead, 0, Some(DATE)),
            Verdict::Silent,
            None,
        );
        assert_eq!(correction_sec(skew), corrected, "{ahead}");
    }
}

#[test]
fn gives_up_the_correction_when_the_clock_was_set_right() {
    let mut skew = Skew::new(true);
    skew.learn(&exchange(KLING - DAY, 0, Some(DATE)), Verdict::Silent, None);
    assert_eq!(correction_sec(skew), DAY);
    skew.learn(&exchange(KLING, 0, Some(DATE)), Verdict::Silent, None);
    assert_eq!((correction_sec(skew), skew.measured_sec()), (0, 0));
}

#[test]
fn measures_but_corrects_nothing_when_turned_off() {
    let mut skew = Skew::new(false);
    skew.learn(&exchange(KLING - DAY, 0, Some(DATE)), Verdict::Silent, None);
    assert_eq!((correction_sec(skew), skew.measured_sec()), (0, DAY));
}

#[test]
fn ignores_replies_that_say_nothing_of_now() {
    let slow = exchange(KLING - DAY, 15_002, Some(DATE));
    let cached = Exchange {
        cached: true,
        ..exchange(KLING - DAY, 0, Some(DATE))
    };
    let jumped = Exchange {
        sent: Timestamp::from_secs(KLING),
        received: Timestamp::from_secs(KLING - 1),
        ..exchange(KLING, 0, Some(DATE))
    };
    for (name, exchange) in [
        ("slow", slow),
        ("cached", cached),
        ("the clock jumped", jumped),
        ("no date", exchange(KLING - DAY, 0, None)),
        ("rubbish", exchange(KLING - DAY, 0, Some("tomorrow"))),
        (
            "1970",
            exchange(KLING, 0, Some("Thu, 01 Jan 1970 00:00:00 GMT")),
        ),
        (
            "9999",
            exchange(KLING, 0, Some("Fri, 31 Dec 9999 23:59:59 GMT")),
        ),
        (
            "1601",
            exchange(KLING, 0, Some("Mon, 01 Jan 1601 00:00:00 GMT")),
        ),
    ] {
        let mut skew = Skew::new(true);
        skew.learn(&exchange, Verdict::Silent, None);
        assert_eq!(skew, Skew::new(true), "{name}");
    }
}

#[test]
fn believes_no_date_that_contradicts_the_reply() {
    for (name, local, verdict) in [
        ("accepted, yet expired", KLING - DAY, Verdict::Accepted),
        ("accepted, yet not valid", KLING + DAY, Verdict::Accepted),
        ("not yet valid, yet valid", KLING, Verdict::NotYetValid),
        (
            "not yet valid, yet expired",
            KLING - DAY,
            Verdict::NotYetValid,
        ),
        ("expired, yet valid", KLING - 60, Verdict::Expired),
        ("expired, yet not valid", KLING + DAY, Verdict::Expired),
    ] {
        let mut skew = Skew::new(true);
        skew.learn(&exchange(local, 0, Some(DATE)), verdict, Some(token(local)));
        assert_eq!(skew, Skew::new(true), "{name}");
    }
}

#[test]
fn a_correction_that_does_not_help_is_given_up() {
    let mut skew = Skew::new(true);
    // Refused as expired by a server whose Date lies a day ahead of a right local clock.
    skew.learn(
        &exchange(KLING - DAY, 0, Some(DATE)),
        Verdict::Expired,
        Some(token(KLING - DAY)),
    );
    assert_eq!(correction_sec(skew), DAY);
    // The corrected token is refused too: the Date contradicts that.
    skew.learn(
        &exchange(KLING - DAY, 0, Some(DATE)),
        Verdict::NotYetValid,
        Some(token(KLING + 60)),
    );
    assert_eq!(
        correction_sec(skew),
        DAY,
        "the token was not yet valid by that Date"
    );
    skew.learn(
        &exchange(KLING - DAY, 0, Some(DATE)),
        Verdict::NotYetValid,
        Some(token(KLING - 60)),
    );
    assert_eq!((correction_sec(skew), skew.measured_sec()), (0, 0));
}

#[test]
fn a_date_that_lies_all_the_time_is_found_out() {
    // Nothing contradicts it at first: a reply about something else.
    let mut skew = Skew::new(true);
    let lie = exchange(KLING - DAY, 100, Some(DATE));
    skew.learn(&lie, Verdict::Silent, Some(token(KLING - DAY)));
    assert_eq!(correction_sec(skew), DAY);
    // The token dated by it is refused, which it contradicts.
    skew.learn(&lie, Verdict::NotYetValid, Some(token(KLING)));
    assert_eq!((correction_sec(skew), skew.measured_sec()), (0, 0));
}

#[test]
fn a_late_refusal_of_an_older_token_does_not_undo_the_correction() {
    let mut skew = Skew::new(true);
    let uncorrected = Some(token(KLING + DAY));
    skew.learn(
        &exchange(KLING + DAY, 0, Some(DATE)),
        Verdict::NotYetValid,
        uncorrected,
    );
    assert_eq!(correction_sec(skew), -DAY);
    skew.learn(
        &exchange(KLING + DAY, 0, None),
        Verdict::NotYetValid,
        uncorrected,
    );
    assert_eq!(correction_sec(skew), -DAY);
}

#[test]
fn reads_http_dates_in_their_three_forms() {
    for text in [
        DATE,
        "Sunday, 20-Sep-26 12:00:00 GMT",
        "Sun Sep 20 12:00:00 2026",
    ] {
        assert_eq!(http_date(text), Some(Timestamp::from_secs(KLING)), "{text}");
    }
    for text in [
        "",
        "2026-09-20T12:00:00Z",
        "Sun, 31 Feb 2026 12:00:00 GMT",
        "1789905600",
    ] {
        assert_eq!(http_date(text), None, "{text}");
    }
}

#[test]
fn reads_a_tokens_own_dates() {
    // {"iss":"ak_test","exp":1700001800,"nbf":1699999995}, by PyJWT
    let jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJha190ZXN0IiwiZXhwIjoxNzAwMDAxODAwLCJuYmYiOjE2OTk5OTk5OTV9.dI6a8uIvcQIUo6UqvcdmljUnFKGRKR1OwZ7-B-nP7dA";
    let dates = Dates::of(jwt).unwrap();
    assert_eq!(
        (dates.not_before.secs(), dates.expires_at.secs()),
        (1_699_999_995, 1_700_001_800)
    );
    assert!(Dates::of("api-key-kling-0123").is_none());
}

#[test]
fn what_a_provider_delivers_is_dated_by_the_corrected_clock() {
    let policy = Policy::new(Lifetime::default(), None).unwrap();
    let auth = Auth::with_provider(policy, |_| {});
    let local = Timestamp::from_secs(KLING - DAY);
    let bearer = "an API key has no dates";
    auth.learn_clock(
        &exchange(KLING - DAY, 0, Some(DATE)),
        Verdict::Silent,
        bearer,
    );
    auth.install(
        Credential::Pair(pair("ak", "sk")),
        None,
        local,
        RefreshReason::Initial,
    )
    .unwrap();
    let issued_at = auth.read(local, |issued| issued.token.issued_at()).unwrap();
    assert_eq!(issued_at.secs(), KLING);
    // Its end, too, is a moment of Kling's clock.
    let ended = Some(Timestamp::from_secs(KLING - 1));
    let error = auth
        .install(
            Credential::Pair(pair("ak", "sk")),
            ended,
            local,
            RefreshReason::Initial,
        )
        .unwrap_err();
    assert_eq!(error.code(), "KLING_PROVIDER_FAILED");
}

/// Kling as far as clocks matter: refuses by the token's dates, and shows its own.
fn ask(auth: &Auth, local: i64, ahead: i64) -> bool {
    let now = Timestamp::from_secs(local);
    let bearer = auth
        .read(now, |issued| issued.token.as_str().to_owned())
        .unwrap();
    let dates = Dates::of(&bearer).unwrap();
    let kling = local + ahead;
    let verdict = if kling < dates.not_before.secs() {
        Verdict::NotYetValid
    } else if kling >= dates.expires_at.secs() {
        Verdict::Expired
    } else {
        Verdict::Accepted
    };
    let date = httpdate::fmt_http_date(
        std::time::UNIX_EPOCH + std::time::Duration::from_secs(kling.unsigned_abs()),
    );
    auth.learn_clock(&exchange(local, 0, Some(&date)), verdict, &bearer);
    verdict == Verdict::Accepted
}

proptest! {
    /// From the outside: with a clock off by whatever, the second request is accepted, and so is
    /// every later one, through refreshes and clocks that are set.
    #[test]
    fn the_second_request_is_accepted_however_wrong_the_clock(
        ahead in prop_oneof![Just(DAY), Just(-DAY), -10_i64..10, -400_000_000_i64..400_000_000],
        waits in prop::collection::vec(0_i64..4000, 1..20),
        set_right_after in 0..20_usize,
    ) {
        let auth = Auth::new(
            Credential::Pair(pair("ak", "sk")),
            Source::Options,
            Policy::new(Lifetime::default(), None).unwrap(),
        );
        let (mut local, mut ahead) = (KLING - ahead, ahead);
        // From 2025 on: before, no Date is believed.
        prop_assume!(local > 1_000_000_000);
        let first = ask(&auth, local, ahead);
        prop_assert!(first || ask(&auth, local, ahead), "refused twice");
        for (index, wait) in waits.into_iter().enumerate() {
            local += wait;
            if index == set_right_after {
                (local, ahead) = (local + ahead, 0);
                prop_assert!(ask(&auth, local, ahead) || ask(&auth, local, ahead), "refused twice after the clock was set");
            }
            prop_assert!(ask(&auth, local, ahead), "refused although the clock was known");
        }
    }
}

use std::collections::HashMap;

use proptest::prelude::*;

use crate::time::Timestamp;
use crate::webhook::seen::Seen;

const fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

#[test]
fn knows_what_it_has_seen() {
    let mut seen = Seen::new(10);
    assert!(!seen.check("a", at(300), at(0)));
    assert!(seen.check("a", at(300), at(1)));
    assert!(!seen.check("b", at(300), at(1)));
    assert_eq!(seen.len(), 2);
}

#[test]
fn takes_a_later_delivery_once_the_earlier_would_be_refused_anyway() {
    let mut seen = Seen::new(10);
    seen.check("a", at(300), at(0));
    assert!(seen.check("a", at(300), at(300)));
    assert!(!seen.check("b", at(900), at(301)));
    assert!(!seen.check("a", at(900), at(301)));
}

#[test]
fn remembers_across_a_clock_that_was_ahead_for_a_while() {
    let mut seen = Seen::new(10);
    assert!(!seen.check("a", at(300), at(0)));
    assert!(!seen.check("b", at(100_300), at(100_000)));
    assert!(seen.check("a", at(300), at(10)));
    assert!(seen.check("b", at(100_300), at(99_900)));
}

#[test]
fn remembers_a_repeated_delivery_for_its_own_time() {
    let mut seen = Seen::new(10);
    seen.check("a", at(300), at(0));
    assert!(seen.check("a", at(500), at(200)));
    assert!(seen.check("a", at(300), at(400)));
    assert!(seen.check("a", at(500), at(500)));
    assert!(!seen.check("a", at(900), at(501)));
}

#[test]
fn forgets_the_least_recently_seen_when_it_is_full() {
    let mut seen = Seen::new(2);
    seen.check("a", at(300), at(0));
    seen.check("b", at(300), at(0));
    seen.check("a", at(300), at(0));
    seen.check("c", at(300), at(0));
    assert_eq!(seen.len(), 2);
    assert!(seen.check("a", at(300), at(0)));
    assert!(seen.check("c", at(300), at(0)));
    assert!(!seen.check("b", at(300), at(0)));
}

#[test]
fn one_id_that_comes_again_and_again_takes_no_more_room() {
    let mut seen = Seen::new(10);
    seen.check("a", at(300), at(0));
    seen.check("b", at(300), at(0));
    for _ in 0..1000 {
        assert!(seen.check("b", at(300), at(0)));
    }
    assert!(seen.sightings() <= 4);
    assert!(seen.check("a", at(300), at(0)));
}

proptest! {
    #[test]
    fn forgets_the_least_recently_seen_first(
        capacity in 1_usize..6,
        ids in proptest::collection::vec(0_u8..9, 0..80),
    ) {
        let mut seen = Seen::new(capacity);
        let mut model: Vec<u8> = Vec::new();
        for id in ids {
            let known = model.contains(&id);
            model.retain(|other| *other != id);
            if model.len() == capacity {
                model.remove(0);
            }
            model.push(id);
            prop_assert_eq!(seen.check(&id.to_string(), at(300), at(0)), known);
        }
    }

    #[test]
    fn agrees_with_a_map_while_there_is_room(
        deliveries in proptest::collection::vec(("[a-e]", 0_i64..600, 0_i64..60), 0..60),
    ) {
        let mut seen = Seen::new(100);
        let mut model: HashMap<String, i64> = HashMap::new();
        let mut now = 0;
        for (id, expires_in, pause) in deliveries {
            now += pause;
            let expires_at = now + expires_in;
            let known = model.get(&id).copied().filter(|until| now <= *until);
            prop_assert_eq!(seen.check(&id, at(expires_at), at(now)), known.is_some());
            model.insert(id, known.map_or(expires_at, |until| until.max(expires_at)));
        }
    }

    #[test]
    fn is_bounded(capacity in 1_usize..8, ids in proptest::collection::vec(0_u8..20, 0..80)) {
        let mut seen = Seen::new(capacity);
        for id in ids {
            seen.check(&id.to_string(), at(300), at(0));
            prop_assert!(seen.len() <= capacity);
            prop_assert!(seen.sightings() <= 2 * seen.len());
            prop_assert!(!seen.is_empty());
        }
    }
}

//! What else has the provider asked: its news, a refusal of Kling's, the age of an API Key.

use std::time::Duration;

use super::credentials::pair;
use super::provider::{World, api_key, end, refreshed, rejected, request};
use crate::auth::{Policy, RefreshReason};
use crate::credentials::Credential;
use crate::provider::Input;
use crate::token::Lifetime;

mod news {
    use super::*;

    #[test]
    fn causes_a_call_in_the_background() {
        let mut world = World::new().ready();
        world.sleep(Duration::from_secs(5));
        world.put(Input::News);
        assert_eq!(world.take(), [request(2, RefreshReason::Rotated)]);
        assert_eq!(world.read(), Ok(1), "the current token is used meanwhile");
        world.fail(2);
        assert_eq!(world.read(), Ok(1), "and after a failure");
    }

    #[test]
    fn any_number_of_them_within_a_second_cause_one_call() {
        let mut world = World::new().ready();
        for _ in 0..100 {
            world.put(Input::News);
        }
        assert_eq!(world.take(), []);
        world.sleep(Duration::from_secs(1));
        assert_eq!(world.take(), [request(2, RefreshReason::Rotated)]);
    }

    #[test]
    fn during_a_call_cause_another_after_it() {
        let mut world = World::new();
        world.want(false);
        world.put(Input::News);
        world.put(Input::News);
        world.deliver_pair(1);
        world.take();
        world.sleep(Duration::from_secs(1));
        assert_eq!(world.take(), [request(2, RefreshReason::Rotated)]);
        world.deliver_pair(2);
        world.take();
        world.sleep(Duration::from_mins(1));
        assert_eq!(world.take(), [], "and not a third one");
    }

    #[test]
    fn does_not_wait_for_the_backoff_of_failures() {
        let mut world = World::with(1.0, 300.0).ready();
        world.sleep(Duration::from_mins(25));
        for id in 2..6 {
            world.fail(id);
            world.sleep(Duration::from_secs(
                2_u64.pow(u32::try_from(id).unwrap() - 1),
            ));
        }
        world.fail(6);
        world.take();
        world.sleep(Duration::from_secs(1));
        assert_eq!(world.take(), []);
        world.put(Input::News);
        assert_eq!(world.take(), [request(7, RefreshReason::Retry)]);
    }
}

mod refusals {
    use super::*;

    #[test]
    fn cause_one_call_for_all_who_were_refused() {
        let mut world = World::new().ready();
        world.sleep(Duration::from_secs(5));
        let token = world.token();
        let callers: Vec<_> = (0..100).map(|_| world.refuse(&token)).collect();
        assert_eq!(world.take(), [request(2, RefreshReason::Refused)]);
        assert_eq!(
            world.read(),
            Ok(1),
            "the token is kept until there is another"
        );
        world.deliver(2, Credential::Pair(pair("ak-2", "sk-2")), None);
        for caller in callers {
            assert_eq!(world.outcome(caller), Some(&Ok(())));
        }
        assert_ne!(world.token(), token);
        // Who comes late with the old token is told at once, and nobody is asked.
        let late = world.refuse(&token);
        assert_eq!(world.outcome(late), Some(&Ok(())));
        world.sleep(Duration::from_mins(1));
        assert_eq!(world.take(), [refreshed(RefreshReason::Refused, 5 + 1800)]);
    }

    #[test]
    fn are_asked_about_once_for_each_credential() {
        for credential in [
            Credential::Pair(pair("ak", "sk")),
            api_key("api-key-kling-1"),
        ] {
            let mut world = World::of(never_too_old(), 0.0).ready_with(credential.clone(), None);
            world.sleep(Duration::from_secs(5));
            let token = world.token();
            world.refuse(&token);
            world.take();
            // The same once more.
            world.deliver(2, credential.clone(), None);
            world.take();
            world.sleep(Duration::from_secs(5));
            let token = world.token();
            let again = world.refuse(&token);
            assert_eq!(world.outcome(again), Some(&Ok(())));
            assert_eq!(world.take(), []);
            // Another credential may be asked about again.
            world.want(true);
            world.deliver(3, api_key("api-key-kling-2"), None);
            world.take();
            world.sleep(Duration::from_secs(5));
            let another = world.refuse("api-key-kling-2");
            assert_eq!(world.outcome(another), None);
            assert_eq!(world.take(), [request(4, RefreshReason::Refused)]);
        }
    }

    #[test]
    fn the_same_pair_once_more_makes_no_new_token() {
        let mut world = World::new().ready();
        world.sleep(Duration::from_secs(5));
        let token = world.token();
        let caller = world.refuse(&token);
        world.deliver_pair(2);
        assert_eq!(world.outcome(caller), Some(&Ok(())));
        assert_eq!(world.token(), token);
        assert_eq!(world.take(), [request(2, RefreshReason::Refused)]);
        // It is replaced in time all the same.
        world.sleep(Duration::from_secs(1496));
        assert_eq!(world.take(), [request(3, RefreshReason::Expiring)]);
    }

    #[test]
    fn during_a_call_that_brings_the_same_cause_another() {
        let mut world = World::new().ready();
        world.sleep(Duration::from_secs(5));
        let token = world.token();
        world.want(true);
        let caller = world.refuse(&token);
        world.deliver_pair(2);
        assert_eq!(world.outcome(caller), None);
        world.take();
        world.sleep(Duration::from_secs(1));
        assert_eq!(world.take(), [request(3, RefreshReason::Refused)]);
        world.deliver_pair(3);
        assert_eq!(world.outcome(caller), Some(&Ok(())));
    }

    #[test]
    fn during_a_call_that_brings_another_are_answered_by_it() {
        let mut world = World::new().ready();
        world.sleep(Duration::from_secs(5));
        let token = world.token();
        world.want(true);
        let caller = world.refuse(&token);
        world.deliver(2, Credential::Pair(pair("ak-2", "sk-2")), None);
        assert_eq!(world.outcome(caller), Some(&Ok(())));
        world.take();
        world.sleep(Duration::from_secs(5));
        assert_eq!(world.take(), []);
    }

    #[test]
    fn whose_question_fails_leave_the_token_as_it_is() {
        let mut world = World::new().ready();
        world.sleep(Duration::from_secs(5));
        let token = world.token();
        let caller = world.refuse(&token);
        world.fail(2);
        assert_eq!(world.outcome(caller), Some(&Err(rejected())));
        assert_eq!(world.token(), token);
        let again = world.refuse(&token);
        assert_eq!(world.outcome(again), Some(&Ok(())));
    }
}

mod api_keys {
    use super::*;

    #[test]
    fn without_an_end_are_asked_for_again_when_they_are_old() {
        for (max_age, asked_after) in [(None, 300), (Some(1.0), 1), (Some(3600.0), 3600)] {
            let policy = Policy::new(Lifetime::default(), None)
                .and_then(|policy| policy.with_api_key_max_age(max_age))
                .unwrap();
            let mut world = World::of(policy, 0.0).ready_with(api_key("api-key-kling-1"), None);
            world.sleep(Duration::from_millis(asked_after * 1000 - 1));
            assert_eq!(world.take(), []);
            world.sleep(Duration::from_millis(1));
            assert_eq!(world.take(), [request(2, RefreshReason::Expiring)]);
            world.fail(2);
            let expires_at = world
                .auth
                .read(world.now(), |issued| issued.token.expires_at());
            assert_eq!(expires_at, Ok(None), "it is used for ever");
        }
    }

    #[test]
    fn after_a_freeze_are_asked_for_by_the_first_read() {
        let mut world = World::new().ready_with(api_key("api-key-kling-1"), None);
        // Only the wall clock has moved on.
        assert_eq!(world.read_at(end(301)), Ok(1));
        world.sleep(Duration::from_secs(1));
        assert_eq!(world.take(), [request(2, RefreshReason::Expiring)]);
    }

    #[test]
    fn without_an_end_are_fetched_once_where_they_never_get_old() {
        let mut world =
            World::of(never_too_old(), 0.0).ready_with(api_key("api-key-kling-1"), None);
        world.sleep(Duration::from_hours(24));
        assert_eq!(world.take(), []);
        assert_eq!(world.token(), "api-key-kling-1");
    }

    #[test]
    fn with_an_end_live_by_that() {
        let mut world = World::new().ready_with(api_key("api-key-kling-1"), Some(end(3600)));
        world.sleep(Duration::from_secs(3299));
        assert_eq!(world.take(), []);
        world.sleep(Duration::from_secs(1));
        assert_eq!(world.take(), [request(2, RefreshReason::Expiring)]);
    }
}

fn never_too_old() -> Policy {
    Policy::new(Lifetime::default(), None)
        .and_then(|policy| policy.with_api_key_max_age(Some(0.0)))
        .unwrap()
}

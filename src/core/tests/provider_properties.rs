//! What holds for the provider's rules whatever happens, in whatever order.

use std::collections::HashSet;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;

use super::credentials::pair;
use super::provider::{World, api_key};
use crate::credentials::Credential;
use crate::error::Error;
use crate::provider::{Action, Input};
use crate::time::Timestamp;

#[derive(Debug, Clone)]
enum Event {
    Want {
        force: bool,
    },
    Read,
    /// With the current token, or with another.
    Refuse {
        current: bool,
    },
    News,
    /// The answer to the latest request, or to one before: which credential, ending in so many
    /// seconds.
    Deliver {
        back: u64,
        which: u8,
        ends_in: Option<i64>,
    },
    Fail {
        back: u64,
    },
    Sleep(u64),
    /// Only the wall clock.
    Jump(i64),
    Invalidate,
    Close,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => any::<bool>().prop_map(|force| Event::Want { force }),
        4 => Just(Event::Read),
        3 => any::<bool>().prop_map(|current| Event::Refuse { current }),
        3 => Just(Event::News),
        6 => (0..2_u64, 0..4_u8, proptest::option::of(-10..2000_i64))
            .prop_map(|(back, which, ends_in)| Event::Deliver { back, which, ends_in }),
        4 => (0..2_u64).prop_map(|back| Event::Fail { back }),
        6 => select(vec![1_u64, 500, 999, 1000, 5000, 10_000, 60_000, 1_499_000, 1_800_000])
            .prop_map(Event::Sleep),
        1 => (-4000..4000_i64).prop_map(Event::Jump),
        1 => Just(Event::Invalidate),
        1 => Just(Event::Close),
    ]
}

fn credential(which: u8) -> Credential {
    match which {
        0 => Credential::Pair(pair("ak-1", "sk-1")),
        1 => Credential::Pair(pair("ak-2", "sk-2")),
        2 => api_key("api-key-kling-1"),
        _ => api_key("api-key-kling-2"),
    }
}

/// Watches what the machine does from outside.
struct Watch {
    world: World,
    open: Option<u64>,
    last_id: u64,
    last_call: Option<Duration>,
    tickets: HashSet<u32>,
    is_closed: bool,
}

impl Watch {
    fn apply(&mut self, event: &Event) {
        let world = &mut self.world;
        match *event {
            Event::Want { force } => {
                let ticket = world.want(force);
                self.tickets.insert(ticket);
            }
            Event::Read => drop(world.read()),
            Event::Refuse { current } => {
                let bearer = world.current().filter(|_| current).unwrap_or_default();
                let ticket = world.refuse(&bearer);
                self.tickets.insert(ticket);
            }
            Event::News => world.put(Input::News),
            Event::Deliver {
                back,
                which,
                ends_in,
            } => {
                let end = ends_in.map(|secs| Timestamp::from_secs(world.now().secs() + secs));
                // The same credential once more goes in without a word.
                self.open = self.open.filter(|_| back > 0);
                world.deliver(self.last_id.saturating_sub(back), credential(which), end);
            }
            Event::Fail { back } => world.fail(self.last_id.saturating_sub(back)),
            // Step by step, so that each call is seen at its time.
            Event::Sleep(millis) => {
                let end = world.at + Duration::from_millis(millis);
                while let Some(due) = self.world.deadline().filter(|due| *due <= end) {
                    self.world.at = self.world.at.max(due);
                    self.put_deadline();
                    self.look();
                }
                self.world.at = end;
            }
            Event::Jump(secs) => world.skew += secs * 1000,
            Event::Invalidate => drop(world.auth.invalidate(None)),
            Event::Close => {
                world.auth.dispose();
                world.put(Input::Close);
                self.is_closed = true;
            }
        }
        self.look();
    }

    /// A deadline, too, takes no valid token away.
    fn put_deadline(&mut self) {
        let before = self.world.current();
        self.world.put(Input::Deadline);
        assert_eq!(self.world.current(), before);
    }

    fn look(&mut self) {
        let at = self.world.at;
        for action in self.world.take() {
            match action {
                Action::Request { id, .. } => {
                    assert!(!self.is_closed, "asked after the end");
                    assert_eq!(self.open.replace(id), None, "two calls at a time");
                    assert_eq!(id, self.last_id + 1);
                    self.last_id = id;
                    if let Some(last) = self.last_call.replace(at) {
                        let earliest = last + Duration::from_secs(1);
                        assert!(at >= earliest, "two calls in a second");
                    }
                }
                Action::Abort { id } => assert_eq!(self.open, Some(id), "aborted what is not open"),
                Action::Failed { .. } | Action::Refreshed { .. } => self.open = None,
                Action::Done { .. } => unreachable!("kept apart"),
            }
        }
        let is_awaited = self
            .tickets
            .iter()
            .any(|ticket| self.world.outcome(*ticket).is_none());
        assert!(
            !is_awaited || self.world.deadline().is_some(),
            "somebody waits and nothing will come of it"
        );
        if self.is_closed {
            assert!(!is_awaited, "somebody waits after the end");
            assert_eq!(self.world.read(), Err(Error::Disposed));
        }
    }
}

proptest! {
    #[test]
    fn one_call_at_a_time_one_a_second_and_one_outcome_for_each(
        events in proptest::collection::vec(event(), 0..80),
        random in 0.0..=1.0_f64,
    ) {
        let mut watch = Watch {
            world: World::with(random, 300.0),
            open: None,
            last_id: 0,
            last_call: None,
            tickets: HashSet::new(),
            is_closed: false,
        };
        for event in &events {
            let before = watch.world.current();
            watch.apply(event);
            if matches!(event, Event::Fail { .. } | Event::News | Event::Refuse { .. }) {
                prop_assert_eq!(watch.world.current(), before, "a valid token was taken away");
            }
        }
    }
}

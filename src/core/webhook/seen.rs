//! The ids of accepted deliveries, remembered while there is room.
//!
//! The clock forgets none of them: it may have been ahead, and once it is set back, the timestamps of
//! deliveries that seemed to be too old are accepted again.

use std::collections::{HashMap, VecDeque};
use std::mem;

use kling_auth_hmac::sha256;

use crate::time::Timestamp;

/// Ids by their hash, so that memory is bounded in bytes whatever their length.
type IdHash = [u8; 32];

/// A bounded memory that forgets the least recently seen first.
#[derive(Debug)]
pub struct Seen {
    capacity: usize,
    entries: HashMap<IdHash, Entry>,
    /// Sightings from the oldest to the latest; only an id's last one counts.
    order: VecDeque<(u64, IdHash)>,
    sightings: u64,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    expires_at: Timestamp,
    sighting: u64,
}

impl Seen {
    /// Remembers `capacity` ids at most, at least one.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            entries: HashMap::new(),
            order: VecDeque::new(),
            sightings: 0,
        }
    }

    /// Whether `id` was seen before and is not forgotten; remembers it from now on, with the last
    /// moment at which its delivery is accepted.
    ///
    /// An id that comes again with a later timestamp than could be accepted for any delivery before
    /// is another delivery.
    pub fn check(&mut self, id: &str, expires_at: Timestamp, now: Timestamp) -> bool {
        let hash: IdHash = sha256(id.as_bytes());
        let known = self.entries.get(&hash).copied();
        if known.is_none() && self.entries.len() == self.capacity {
            self.forget_oldest();
        }
        let seen = known.filter(|known| now <= known.expires_at || expires_at <= known.expires_at);
        self.sightings += 1;
        self.order.push_back((self.sightings, hash));
        self.entries.insert(
            hash,
            Entry {
                expires_at: known.map_or(expires_at, |known| known.expires_at.max(expires_at)),
                sighting: self.sightings,
            },
        );
        self.drop_superseded();
        seen.is_some()
    }

    /// How many ids are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many sightings are kept for them.
    #[cfg(test)]
    #[must_use]
    pub fn sightings(&self) -> usize {
        self.order.len()
    }

    fn forget_oldest(&mut self) {
        while let Some((sighting, hash)) = self.order.pop_front() {
            if self.is_last(sighting, &hash) {
                self.entries.remove(&hash);
                return;
            }
        }
    }

    /// An id that comes again and again leaves sightings behind: once they are half of all, they go.
    fn drop_superseded(&mut self) {
        if self.order.len() < 2 * self.entries.len() {
            return;
        }
        let mut order = mem::take(&mut self.order);
        order.retain(|(sighting, hash)| self.is_last(*sighting, hash));
        self.order = order;
    }

    fn is_last(&self, sighting: u64, hash: &IdHash) -> bool {
        self.entries
            .get(hash)
            .is_some_and(|entry| entry.sighting == sighting)
    }
}

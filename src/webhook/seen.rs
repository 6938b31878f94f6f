//! The ids of accepted deliveries, remembered while they could be delivered again.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;

/// Ids by their hash, so that memory is bounded in bytes whatever their length.
type IdHash = [u8; 32];

/// A bounded memory that forgets the least recently seen first.
#[derive(Debug)]
pub struct Seen {
    capacity: usize,
    entries: HashMap<IdHash, Entry>,
    /// From the least to the most recently seen.
    order: BTreeMap<u64, IdHash>,
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
            order: BTreeMap::new(),
            sightings: 0,
        }
    }

    /// Whether `id` was seen before and is not forgotten; remembers it until after `expires_at`.
    ///
    /// An id that comes again with a later timestamp is remembered for that one's time: else the
    /// later delivery could be replayed once the earlier is forgotten.
    pub fn check(&mut self, id: &str, expires_at: Timestamp, now: Timestamp) -> bool {
        self.forget_expired(now);
        let hash: IdHash = Sha256::digest(id.as_bytes()).into();
        let known = self.entries.get(&hash).copied();
        if let Some(known) = known {
            self.order.remove(&known.sighting);
        } else if self.entries.len() == self.capacity {
            self.forget_oldest();
        }
        let seen = known.filter(|known| now <= known.expires_at);
        self.sightings += 1;
        self.order.insert(self.sightings, hash);
        self.entries.insert(
            hash,
            Entry {
                expires_at: seen.map_or(expires_at, |seen| seen.expires_at.max(expires_at)),
                sighting: self.sightings,
            },
        );
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

    fn forget_expired(&mut self, now: Timestamp) {
        while let Some((_, hash)) = self.order.first_key_value() {
            if self
                .entries
                .get(hash)
                .is_some_and(|oldest| now <= oldest.expires_at)
            {
                return;
            }
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((_, hash)) = self.order.pop_first() {
            self.entries.remove(&hash);
        }
    }
}

//! The buffer in which results wait for JavaScript.

use std::cell::RefCell;

use kling_auth_core::time::Timestamp;

thread_local! {
    /// JavaScript wipes it as soon as it has read it; what it grows out of, the allocator wipes.
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// In place of a field's length: the field is absent.
const ABSENT: u32 = u32::MAX;

/// Puts texts there, each after its length in bytes.
pub fn fields(fields: &[Option<&str>]) {
    OUTPUT.with_borrow_mut(|output| {
        output.clear();
        for field in fields {
            let length = field.map_or(ABSENT, |text| u32::try_from(text.len()).unwrap_or(ABSENT));
            output.extend_from_slice(&length.to_le_bytes());
            output.extend_from_slice(field.unwrap_or_default().as_bytes());
        }
    });
}

/// Where the output lies, and how long it is.
pub fn place() -> (*const u8, usize) {
    OUTPUT.with_borrow(|output| (output.as_ptr(), output.len()))
}

/// A date as a field.
pub fn date(timestamp: Option<Timestamp>) -> Option<String> {
    timestamp.map(|timestamp| timestamp.millis().to_string())
}

//! Memory that is wiped when it is given back.
//!
//! Secrets wipe themselves. This makes up for whatever else they have touched on their way: in a
//! memory that JavaScript can read from end to end, nothing that was freed is left to be read.

use std::alloc::{GlobalAlloc, Layout, System};

use zeroize::Zeroize as _;

struct Wiping;

#[global_allocator]
static ALLOCATOR: Wiping = Wiping;

// SAFETY: all is passed on to the system's allocator. `realloc` is the trait's own, which gives the
// old memory back through `dealloc`.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller gives back memory of this layout, which nobody else looks at any more.
        unsafe { std::slice::from_raw_parts_mut(memory, layout.size()) }.zeroize();
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(memory, layout) }
    }
}

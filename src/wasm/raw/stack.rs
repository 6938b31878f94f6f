//! Room on the stack of the engine, which JavaScript makes sure of before it calls anything else.
//!
//! The end of that stack within the module is the end of the module, since half of something may
//! have been changed. Calls of JavaScript within each other make sure of no number of bytes: their
//! frames shrink once they are optimized. A frame here holds what stands in it across a call, so it
//! is as large whoever compiles it. V8 does not put so large a function into itself, which would
//! make one frame of several.

/// So many are held by a frame, in 8 bytes each.
const NUMBERS: usize = 256;
/// More frames than any stack has room for.
const NEVER: u32 = 1 << 30;

// The sum of numbers, and of what is computed after all of them are read. Additions of floating
// point keep their order, so none is done before that.
macro_rules! hold4 {
    ($at:expr, $then:expr) => {
        number($at) + (number($at + 1) + (number($at + 2) + (number($at + 3) + $then)))
    };
}
macro_rules! hold16 {
    ($at:expr, $then:expr) => {
        hold4!(
            $at,
            hold4!($at + 4, hold4!($at + 8, hold4!($at + 12, $then)))
        )
    };
}
macro_rules! hold64 {
    ($at:expr, $then:expr) => {
        hold16!(
            $at,
            hold16!($at + 16, hold16!($at + 32, hold16!($at + 48, $then)))
        )
    };
}
macro_rules! hold256 {
    ($at:expr, $then:expr) => {
        hold64!(
            $at,
            hold64!($at + 64, hold64!($at + 128, hold64!($at + 192, $then)))
        )
    };
}

/// Takes a little more than 2 KiB of the stack for each frame, and gives them back. Nothing is
/// written, so the engine's error at the end of the stack leaves the module as it was.
pub fn take(frames: u32) -> f64 {
    if frames == 0 {
        return 0.0;
    }
    // What this branch holds gets its room when the function is entered. The branch is never taken,
    // so it costs no time to fill.
    if frames >= NEVER {
        return hold256!(0, take(frames - 1));
    }
    // The addition comes after the call, or a loop could stand in for the call.
    take(frames - 1) + 1.0
}

fn number(at: usize) -> f64 {
    static NUMBER: [f64; NUMBERS] = [0.0; NUMBERS];
    // SAFETY: a number of the array. Volatile, or the compiler would know it and hold nothing.
    unsafe { (&raw const NUMBER[at]).read_volatile() }
}

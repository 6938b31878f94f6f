//! What JavaScript's objects stand for, by number.

use std::cell::RefCell;
use std::rc::Rc;

/// Objects with a number each. The numbers of those that are gone are used again.
pub struct Table<T>(RefCell<Slots<T>>);

struct Slots<T> {
    objects: Vec<Option<Rc<T>>>,
    free: Vec<u32>,
}

impl<T> Table<T> {
    /// An empty one.
    pub const fn new() -> Self {
        Self(RefCell::new(Slots {
            objects: Vec::new(),
            free: Vec::new(),
        }))
    }

    /// Keeps an object until [`Table::remove`] is called with the number that this returns.
    pub fn insert(&self, object: T) -> u32 {
        let slots = &mut *self.0.borrow_mut();
        let object = Some(Rc::new(object));
        if let Some(number) = slots.free.pop() {
            slots.objects[number as usize] = object;
            return number;
        }
        slots.objects.push(object);
        u32::try_from(slots.objects.len() - 1).unwrap_or(u32::MAX)
    }

    /// The object of that number, which JavaScript calls by no other than it was given.
    ///
    /// Counted, not borrowed: JavaScript that runs during a call may call again.
    pub fn get(&self, number: u32) -> Rc<T> {
        let slots = self.0.borrow();
        let object = slots.objects[number as usize].as_ref();
        Rc::clone(object.expect("a number that was given out and not taken back"))
    }

    /// Drops the object of that number.
    pub fn remove(&self, number: u32) {
        let slots = &mut *self.0.borrow_mut();
        if slots.objects[number as usize].take().is_some() {
            slots.free.push(number);
        }
    }
}

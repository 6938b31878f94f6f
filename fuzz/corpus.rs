//! The inputs that fuzzing found worth keeping, on a stable compiler.

use std::{fs, path::Path};

mod properties;

fn each_input(target: &str, property: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let input = fs::read(&path).unwrap();
        // Names the input of a failure.
        println!("{}", path.display());
        property(&input);
        count += 1;
    }
    assert!(count > 5, "the corpus of {target} is missing");
}

#[test]
fn replies() {
    each_input("reply", properties::reply);
}

#[test]
fn tokens() {
    each_input("token", properties::token);
}

#[test]
fn webhooks() {
    each_input("webhook", properties::webhook);
}

//! Random tapes, for tests of what holds for all.

use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::support::decode::{Manners, Record, WORLD, decode};
use crate::support::tape::Tape;

/// Tapes of the given manners.
pub(crate) fn tapes(manners: Manners) -> impl Strategy<Value = Tape> {
    let records = prop::collection::vec(any::<Record>(), 0..160);
    (any::<[u8; WORLD]>(), records)
        .prop_map(move |(world, records)| decode(&world, &records, manners))
}

/// Tapes of any manners.
pub(crate) fn any_tape() -> impl Strategy<Value = Tape> {
    prop_oneof![tapes(Manners::WellFormed), tapes(Manners::Wild)]
}

/// PROPTEST_CASES sets the number of cases. What fails becomes a test in recorder.rs, not a seed in
/// a file that says nothing.
pub(crate) fn config() -> Config {
    Config {
        failure_persistence: None,
        ..Config::default()
    }
}

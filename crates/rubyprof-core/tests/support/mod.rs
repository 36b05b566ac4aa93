//! What the tests of the recorder share, with each other and with fuzz/.
//!
//! A [`tape::Tape`] is a script of events. [`driver`] plays it to the real recorder, [`reference`]
//! to a slow model of the documented rules; both end in a [`summary::Summary`], which tests compare.

pub(crate) mod decode;
pub(crate) mod driver;
pub(crate) mod graph;
pub(crate) mod host;
pub(crate) mod invariants;
pub(crate) mod picture;
pub(crate) mod reference;
mod reference_fiber;
pub(crate) mod summary;
pub(crate) mod tape;

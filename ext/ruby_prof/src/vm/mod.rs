//! What the hook knows about the VM.
//!
//! An event's argument answers through public functions ([`public`]). Reading the same few words
//! where the VM keeps them ([`layout`]) costs a third of that; since the place is not part of
//! Ruby's API, [`probe`] first compares both ways on a known program, and the hook reads words only
//! where they agreed.

pub(crate) mod event;
pub(crate) mod ffi;
pub(crate) mod frames;
pub(crate) mod layout;
pub(crate) mod probe;
pub(crate) mod public;

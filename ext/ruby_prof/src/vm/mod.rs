//! What the hook knows about the VM.
//!
//! An event's argument answers through public functions ([`public`]). Reading the same few words
//! where the VM keeps them ([`layout`]) leaves a quarter of what we add to the VM's own price for an
//! event: 8 ns instead of 30 on ScoreMap (`RUBY_PROF_EVENTS=public ruby bench/overhead.rb`). Since the
//! place is not part of Ruby's API, [`probe`] first compares both ways on a known program, and the
//! hook reads words only where they agreed.

pub(crate) mod blocks;
mod code;
pub(crate) mod event;
pub(crate) mod ffi;
pub(crate) mod frames;
mod instructions;
pub(crate) mod layout;
pub(crate) mod marks;
pub(crate) mod objects;
pub(crate) mod operators;
pub(crate) mod probe;
pub(crate) mod public;
pub(crate) mod relief;
pub(crate) mod stack;
mod words;

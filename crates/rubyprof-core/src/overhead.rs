//! What the profiler's own work cost, and times without it.
//!
//! A traced call costs four pieces: before and after the clock is read at its call, before and after
//! it is read at its return. The two in the middle fall into the callee's window, the two outside
//! into its caller's; together they fall into every window further out. The model is that of SBCL's
//! sb-profile and of TAU (Malony and Shende, Overhead compensation in performance profiling, 2004), applied to a
//! finished call tree instead of the live stack: counts are exact, so a recording needs nothing more.
//!
//! - [`Costs`] says what a call costs, by [`EventKind`], and what else does: a call path that is new, an object that is counted by its
//!   line, a switch of fibers. Whoever measures it also says how well it is known.
//! - [`charge`](charge::charge) finds each node's [`overhead`](crate::Node::overhead) once, when a recording ends.
//! - [`Doubt`] says how uncertain a time without overhead is.
//! - [`compensated`](crate::Profile::compensated) takes it off, [`uncompensated`](crate::Profile::uncompensated) gives it back.
//!
//! Not counted, because nothing in a recording says how often they happened: calls that were hidden or made while
//! paused, garbage collections, and runs of blocks (`blocks`). A call that was open at the end is charged as if it had returned. Waiting times keep what tracing
//! cost those who were waited for.

mod blocks;
mod charge;
mod compensate;
mod costs;
mod doubt;
mod kind;
mod partial;

pub use blocks::ITERATORS;
pub(crate) use charge::{Charge, charge};
pub use compensate::Overhead;
pub(crate) use compensate::{aligned, joined_costs};
pub use costs::{Cost, Costs};
pub use doubt::{Doubt, Doubts};
pub use kind::EventKind;
pub(crate) use partial::PartialCalls;

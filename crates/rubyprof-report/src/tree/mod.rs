//! Call trees for pages: which paths are in, and how they are written.
//!
//! A page that shows paths carries them as data and draws what is looked at. Half a million paths
//! as markup are more than 100 MB and a browser that does not answer; as columns of small numbers,
//! compressed, they are 5 bytes each.
//!
//! - [`Paths`]: the paths within a report's limits.
//! - [`data`]: these paths as text for a script element, and the names they refer to.
//! - [`hottest`]: the most important of them as rows, for readers without JavaScript.

mod bytes;
mod columns;
mod data;
mod hottest;
mod origin;
mod overhead;
mod paths;
#[cfg(test)]
mod tests;

pub(crate) use data::{Data, data};
pub(crate) use hottest::{PathRow, hottest};
pub(crate) use overhead::is_told;
pub(crate) use paths::Paths;

//! How numbers, names and paths look in a report.

pub(crate) mod escape;
pub(crate) mod number;
pub(crate) mod uri;

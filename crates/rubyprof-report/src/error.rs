//! Why a report could not be written.

use std::fmt;
use std::io;

/// Why a report could not be written. Nothing in a profile is a reason: any profile can be printed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The output refused the text.
    Write(io::Error),
    /// A template failed. The templates are part of this crate, so this is a defect of ours.
    Template(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(error) => write!(f, "the report could not be written: {error}"),
            Self::Template(message) => write!(
                f,
                "a report template failed, which is a defect of ruby-prof-rs; please report it: {message}"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Write(error) => Some(error),
            Self::Template(_) => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<tera::Error> for Error {
    fn from(error: tera::Error) -> Self {
        Self::Template(error.to_string())
    }
}

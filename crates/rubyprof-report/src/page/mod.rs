//! What all pages share: the template engine, the head, the foot and how a line of a file looks.

mod head;
mod line;
mod names;
mod templates;

use std::io::Write;

use tera::Context;

use crate::error::Error;

pub(crate) use head::{Foot, Head};
pub(crate) use line::Line;
pub(crate) use names::Files;

/// A page that is written piece by piece.
pub(crate) struct Page<'a> {
    templates: tera::Tera,
    out: &'a mut dyn Write,
}

impl<'a> Page<'a> {
    pub(crate) fn new(unit: rubyprof_core::Unit, out: &'a mut dyn Write) -> Result<Self, Error> {
        let templates = templates::load(unit)?;
        Ok(Self { templates, out })
    }

    /// Writes the template `name` of `templates/`, which sees the fields of `view`.
    pub(crate) fn render(&mut self, name: &str, view: &impl serde::Serialize) -> Result<(), Error> {
        let context = Context::from_serialize(view)?;
        // Into memory first: tera writes piece by piece, and its error would hide that of `out`.
        let mut text = Vec::new();
        self.templates.render_to(name, &context, &mut text)?;
        self.out.write_all(&text)?;
        Ok(())
    }
}

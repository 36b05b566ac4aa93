//! What the columns and the names of a text report mean, and how the numbers came to be.

use std::io::Write;

use super::{Format, Scale, Text};
use crate::error::Error;
use crate::format::escape::visible;

impl Text<'_> {
    /// The end of a report.
    pub(super) fn footer<F: Format>(&self, out: &mut dyn Write) -> Result<(), Error> {
        if self.profile.threads().is_empty() {
            writeln!(out, "No thread was recorded.\n")?;
        }
        let rows = F::legend(self);
        let width = rows.iter().map(|(title, _)| title.len()).max();
        let width = width.unwrap_or_default() + 1;
        if F::MARKS {
            writeln!(
                out,
                "* recursively called methods: total counts their outermost calls only"
            )?;
            if let Some(mark) = self.legend_of_marks() {
                writeln!(out, "{mark}")?;
            }
            if let Some(mark) = self.legend_of_untimed() {
                writeln!(out, "{mark}")?;
            }
            if self.options.width.is_some() {
                writeln!(
                    out,
                    "… is where this terminal has no room: a file or a pipe has it all"
                )?;
            }
            writeln!(out)?;
        }
        writeln!(out, "Columns are:\n")?;
        for (title, meaning) in rows {
            writeln!(out, "  {title:width$} - {meaning}")?;
        }
        write!(
            out,
            "
Names of methods are:

  MyObject#test            - The instance method \"test\" of the class \"MyObject\".
  <Class::MyObject>#test   - The method \"test\" of the class \"MyObject\" itself.
  <Module::MyObject>#test  - The method \"test\" of the module \"MyObject\" itself.
  <Object::MyObject>#test  - The method \"test\" of one single object of class \"MyObject\".
  [global]#                - Code outside any method.
"
        )?;
        self.origin(out)
    }

    /// What is measured, as the object of a sentence.
    pub(crate) fn quantity(&self) -> &'static str {
        match self.scale {
            Scale::Objects => "objects allocated",
            Scale::Bytes => "bytes allocated",
            _ => "time",
        }
    }

    /// What total, self, wait, child and calls mean.
    pub(crate) fn legend_of_values(&self) -> Vec<(&'static str, String)> {
        let spent = match self.scale {
            Scale::Objects => "Objects allocated",
            Scale::Bytes => "Bytes allocated",
            _ => "Time spent",
        };
        vec![
            (
                "total",
                format!("{spent} in the method and in what it called."),
            ),
            ("self", format!("{spent} in the method itself.")),
            (
                "wait",
                format!("{spent} while the method waited for other threads."),
            ),
            ("child", format!("{spent} in what the method called.")),
            ("calls", "How often the method was called.".to_owned()),
        ]
    }

    /// How the numbers came to be.
    fn origin(&self, out: &mut dyn Write) -> Result<(), Error> {
        let mut facts: Vec<String> = Vec::new();
        if !self.profile.c_calls {
            facts.push("Ruby methods only; calls of C functions were not recorded".into());
        }
        if !self.profile.clock.is_empty() {
            facts.push(format!("Clock: {}", visible(&self.profile.clock)));
        }
        if let Some(version) = &self.options.version {
            facts.push(format!("ruby-prof-rs {}", visible(version)));
        }
        if let Some(time) = &self.options.generated_at {
            facts.push(visible(time).into_owned());
        }
        if !facts.is_empty() {
            writeln!(out, "\n{}", facts.join(". "))?;
        }
        Ok(())
    }
}

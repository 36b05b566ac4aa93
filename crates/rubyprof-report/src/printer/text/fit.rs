//! How names and locations share what a terminal's line has left for them.
//!
//! A line that a terminal wraps makes a table unreadable, so there both are cut. A file or a pipe gets them whole: what
//! is cut is lost to whoever reads it later.

use std::borrow::Cow;

use super::columns::{self, columns};

/// Wider names push their location to the right instead of widening the column for all.
const MAX_NAME_WIDTH: usize = 80;
/// ruby-prof's width of the column.
const USUAL_NAME: usize = 30;
/// With less than this for a name, or for a location, there is no room for locations.
const LEAST_NAME: usize = 20;
const LEAST_PLACE: usize = 14;

/// The widths of the two columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fit {
    pub(crate) name: usize,
    /// How wide locations may be; 0: there are none.
    place: usize,
    /// Whether what is wider is cut.
    cuts: bool,
}

impl Fit {
    /// For names and locations of so many characters, in a file.
    fn whole(names: impl Iterator<Item = usize>) -> Self {
        let name = names.filter(|chars| *chars <= MAX_NAME_WIDTH).max();
        Self {
            name: name.unwrap_or_default().max(USUAL_NAME),
            place: usize::MAX,
            cuts: false,
        }
    }

    /// For the widest name and location, in a line that has `left` columns for both and the blank between them.
    fn within(left: usize, name: usize, place: usize) -> Self {
        let (name, place) = if name + 1 + place <= left {
            let usual = USUAL_NAME.min(left.saturating_sub(1 + place));
            (name.max(usual), place)
        } else if left < LEAST_NAME + 1 + LEAST_PLACE {
            (left.max(LEAST_NAME), 0)
        } else {
            // Names are read first, and cut last.
            let least = (left / 4).max(LEAST_PLACE).min(place);
            let name = name.min(left - 1 - least);
            (name, left - 1 - name)
        };
        Self {
            name,
            place,
            cuts: true,
        }
    }

    /// `width` is the terminal's, if it is one; `before` is what a line has before the name.
    pub(crate) fn new(
        width: Option<usize>,
        before: usize,
        names: impl Iterator<Item = usize>,
        places: impl Iterator<Item = usize>,
    ) -> Self {
        match width {
            None => Self::whole(names),
            Some(width) => Self::within(
                width.saturating_sub(before),
                names.max().unwrap_or_default(),
                places.max().unwrap_or_default(),
            ),
        }
    }

    /// Whether there is little room, for words too.
    pub(crate) fn is_tight(&self) -> bool {
        self.cuts && self.name.saturating_add(self.place) < USUAL_NAME + LEAST_PLACE
    }

    pub(crate) fn has_places(&self) -> bool {
        self.place > 0
    }

    /// The name, the blanks up to the location, and that; nothing behind the last of them.
    pub(crate) fn row(&self, name: &str, place: &str) -> String {
        if !self.cuts {
            let row = format!("{name:width$} {place}", width = self.name);
            return row.trim_end().to_owned();
        }
        let name = cut(name, self.name);
        let row = match self.has_places() {
            true => {
                let blank = self.name.saturating_sub(columns(&name)) + 1;
                format!("{name}{:blank$}{}", "", tail(place, self.place))
            }
            false => name.into_owned(),
        };
        row.trim_end().to_owned()
    }
}

/// The beginning and the end of a name.
fn cut(name: &str, limit: usize) -> Cow<'_, str> {
    if columns(name) <= limit {
        return Cow::Borrowed(name);
    }
    let head = columns::head(name, limit / 2);
    let tail = columns::tail(name, limit - 1 - limit / 2);
    Cow::Owned(format!("{head}…{tail}"))
}

/// The end of a location, from a directory on if that is near.
fn tail(place: &str, limit: usize) -> Cow<'_, str> {
    if columns(place) <= limit {
        return Cow::Borrowed(place);
    }
    let rest = columns::tail(place, limit.saturating_sub(1));
    let from = rest.find('/').filter(|at| at * 2 < rest.len());
    Cow::Owned(format!("…{}", &rest[from.unwrap_or_default()..]))
}

#[cfg(test)]
mod tests {
    use super::{Fit, columns, tail};

    fn widths(width: Option<usize>, names: &[usize], places: &[usize]) -> (usize, usize) {
        let fit = Fit::new(width, 60, names.iter().copied(), places.iter().copied());
        (fit.name, fit.place)
    }

    #[test]
    fn a_file_has_everything() {
        assert_eq!(widths(None, &[5], &[200]), (30, usize::MAX));
        assert_eq!(widths(None, &[5, 44, 81], &[]), (44, usize::MAX));
        let fit = Fit::whole([3].into_iter());
        assert_eq!(
            fit.row(&"n".repeat(90), "a:1"),
            format!("{} a:1", "n".repeat(90))
        );
        assert_eq!(fit.row("n", ""), "n");
    }

    #[test]
    fn a_terminal_has_lines_of_its_width() {
        assert_eq!(widths(Some(120), &[5, 12], &[20]), (30, 20));
        assert_eq!(widths(Some(120), &[35], &[24]), (35, 24));
        assert_eq!(widths(Some(120), &[35], &[60]), (35, 24));
        assert_eq!(widths(Some(200), &[67], &[90]), (67, 72));
        assert_eq!(widths(Some(120), &[67], &[60]), (44, 15));
        assert_eq!(widths(Some(120), &[67], &[9]), (50, 9));
        assert_eq!(widths(Some(95), &[67], &[60]), (20, 14));
        assert_eq!(widths(Some(94), &[67], &[60]), (34, 0));
        assert_eq!(widths(Some(40), &[67], &[60]), (20, 0));
        for width in 80..200 {
            for name in [1, 20, 21, 40, 100] {
                for place in [0, 1, 14, 30, 100] {
                    let fit = Fit::new(Some(width), 60, [name].into_iter(), [place].into_iter());
                    let row = fit.row(&"n".repeat(name), &"p".repeat(place));
                    assert!(row.chars().count() <= width - 60, "{width} {name} {place}");
                    let wide = fit.row(&"日".repeat(name), &"語".repeat(place));
                    assert!(columns(&wide) <= width - 60, "{width} {name} {place}");
                }
            }
        }
    }

    #[test]
    fn a_location_keeps_its_file() {
        let place = "/usr/lib/ruby/vendor_ruby/rubygems/version.rb:347";
        assert_eq!(tail(place, 49), place);
        assert_eq!(tail(place, 30), "…/rubygems/version.rb:347");
        assert_eq!(tail(place, 16), "…/version.rb:347");
        assert_eq!(tail(place, 12), "…sion.rb:347");
        assert_eq!(tail("größe/größe.rb:1", 12), "…/größe.rb:1");
    }
}

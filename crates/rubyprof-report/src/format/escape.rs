//! Names come from the profiled program and may hold anything. Here they become one visible line,
//! and harmless inside HTML and inside a script element.

use std::borrow::Cow;
use std::io::{self, Write};

/// Whether a character would be invisible, would break the line or would reorder the text around it.
fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// `text` on one line: what cannot be seen is written as Rust would, `\n` or `\u{202e}`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    // Most names are plain ASCII: the bytes tell so without decoding.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) || !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if is_hidden(char) {
            shown.extend(char.escape_default());
        } else {
            shown.push(char);
        }
    }
    Cow::Owned(shown)
}

/// The escape function of all templates: [`visible`], and safe as text and in a quoted attribute.
pub(crate) fn html(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let text = visible(text);
    let mut written = 0;
    for (index, byte) in text.bytes().enumerate() {
        let entity: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            b'\'' => b"&#39;",
            _ => continue,
        };
        out.write_all(&text.as_bytes()[written..index])?;
        out.write_all(entity)?;
        written = index + 1;
    }
    out.write_all(&text.as_bytes()[written..])
}

/// Appends `text` as a JSON string that is safe inside a script element: there is no `<`, `>`,
/// `&` or quote in it, so neither `</script>` nor `<!--` can end or open anything.
pub(crate) fn json(text: &str, out: &mut String) {
    out.push('"');
    for char in visible(text).chars() {
        match char {
            // A quote as a number as well: no context then takes it for the end of anything.
            '"' => out.push_str("\\u0022"),
            '\'' => out.push_str("\\u0027"),
            '\\' => out.push_str("\\\\"),
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            _ => out.push(char),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::{html, json, visible};

    fn escaped(text: &str) -> String {
        let mut out = Vec::new();
        html(text, &mut out).expect("a Vec takes everything");
        String::from_utf8(out).expect("escaping keeps UTF-8")
    }

    #[test]
    fn what_hides_is_shown() {
        assert_eq!(visible("a\nb\0\u{202e}c"), "a\\nb\\u{0}\\u{202e}c");
        assert_eq!(visible("größe?"), "größe?");
    }

    #[test]
    fn html_has_no_special_characters() {
        assert_eq!(
            escaped("<a href=\"x\">'&'\t</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;\\t&lt;/a&gt;"
        );
        assert_eq!(escaped(""), "");
    }

    #[test]
    fn json_cannot_leave_a_script_element() {
        let mut out = String::new();
        json("</script><!-- \"\\\n", &mut out);
        assert_eq!(out, "\"\\u003c/script\\u003e\\u003c!-- \\u0022\\\\\\\\n\"");
    }
}

//! Links to source files.

use std::fmt::Write;

/// The `file:` URI of an absolute path and a line; `None` for anything else (`-e`, `(eval)`,
/// `<internal:kernel>`, a relative path), which a browser could only resolve to a wrong place.
pub(crate) fn file(path: &str, line: u32) -> Option<String> {
    let bytes = path.as_bytes();
    let drive = matches!(bytes, [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic());
    if !drive && !path.starts_with('/') {
        return None;
    }
    let mut uri = String::with_capacity(path.len() + 16);
    uri.push_str(if drive { "file:///" } else { "file://" });
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'\\' if drive => uri.push('/'),
            b':' if drive && index == 1 => uri.push(':'),
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(*byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            // Writing to a String cannot fail.
            _ => _ = write!(uri, "%{byte:02X}"),
        }
    }
    if line > 0 {
        _ = write!(uri, "#{line}");
    }
    Some(uri)
}

/// The last part of a path: what is shown where the whole path has no room.
pub(crate) fn base_name(path: &str) -> &str {
    let inside = path.strip_prefix("<internal:");
    let inside = inside.and_then(|inside| inside.strip_suffix('>'));
    match inside.unwrap_or(path).rsplit(['/', '\\']).next() {
        // What has no path is shown as the VM names it.
        Some(name) if !name.is_empty() && inside.is_none_or(|inside| inside != name) => name,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::{base_name, file};

    #[test]
    fn only_absolute_paths_are_links() {
        assert_eq!(
            file("/a b/ü#?%.rb", 3).as_deref(),
            Some("file:///a%20b/%C3%BC%23%3F%25.rb#3")
        );
        assert_eq!(file("C:\\x\\y.rb", 0).as_deref(), Some("file:///C:/x/y.rb"));
        for path in ["-e", "(eval)", "lib/a.rb", "", "javascript:alert(1)", "C:x"] {
            assert_eq!(file(path, 1), None, "{path}");
        }
    }

    #[test]
    fn base_names() {
        assert_eq!(base_name("/a/b.rb"), "b.rb");
        assert_eq!(base_name("C:\\a\\b.rb"), "b.rb");
        assert_eq!(base_name("/a/"), "/a/");
        assert_eq!(base_name("<internal:/a/b.rb>"), "b.rb");
        assert_eq!(base_name("<internal:kernel>"), "<internal:kernel>");
        assert_eq!(base_name(""), "");
    }
}

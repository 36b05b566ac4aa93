//! Reads a page's tags, well enough to tell that nothing of a profile became markup.

/// A start tag.
#[derive(Debug)]
pub(crate) struct Tag<'a> {
    pub(crate) name: &'a str,
    pub(crate) attributes: Vec<(&'a str, &'a str)>,
    /// The text up to the next tag.
    pub(crate) text: &'a str,
}

impl<'a> Tag<'a> {
    pub(crate) fn attribute(&self, name: &str) -> Option<&'a str> {
        let found = self.attributes.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| *value)
    }
}

/// All start tags. The contents of style and script elements are skipped as a browser does: up to
/// the first end tag.
pub(crate) fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = &comment[comment.find("-->").expect("a comment ends") + 3..];
            continue;
        }
        let (tag, after) = start_tag(rest);
        rest = after;
        if tag.name.starts_with(['/', '!']) {
            continue;
        }
        if ["style", "script"].contains(&tag.name) {
            let end = format!("</{}>", tag.name);
            rest = &rest[rest.find(&end).expect("the element ends")..];
        }
        tags.push(tag);
    }
    tags
}

fn start_tag(source: &str) -> (Tag<'_>, &str) {
    let end = source.find(['>', ' ']).expect("a tag ends");
    let name = &source[..end];
    let mut rest = source[end..].trim_start();
    let mut attributes = Vec::new();
    while !rest.starts_with('>') {
        let end = rest.find(['=', '>', ' ']).expect("an attribute ends");
        let key = &rest[..end];
        rest = &rest[end..];
        let mut value = "";
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let end = quoted.find('"').expect("a value ends");
            value = &quoted[..end];
            rest = &quoted[end + 1..];
        }
        attributes.push((key, value));
        rest = rest.trim_start();
    }
    let rest = &rest[1..];
    let text = &rest[..rest.find('<').unwrap_or(rest.len())];
    let tag = Tag {
        name,
        attributes,
        text,
    };
    (tag, rest)
}

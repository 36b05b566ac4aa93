//! Whose code a method is: a gem's, Ruby's or the program's own. Told by its file alone.

use std::borrow::Cow;

/// The origin of code in `path`; `None` stands for a method written in C.
///
/// - `gem NAME`: below a directory `gems/NAME-VERSION`, as RubyGems and Bundler lay them out, or in `vendor_ruby` or `site_ruby`;
/// - `standard library`: below a directory `ruby/X.Y.Z`;
/// - `Ruby itself`: `<internal:...>`, the part of the core that is written in Ruby;
/// - `eval`: code that has no file, `(eval ...)` and `-e`;
/// - `app DIRECTORY`: anything else; the directory is the part below `app_root`.
pub(super) fn origin<'p>(path: Option<&'p str>, app_root: &str) -> Cow<'p, str> {
    let Some(path) = path else {
        return "C functions".into();
    };
    if let Some(shared) = shared(path) {
        return shared;
    }
    let below = path.strip_prefix(app_root).unwrap_or(path);
    match below.split_once(['/', '\\']) {
        Some((directory, _)) if !directory.is_empty() => format!("app {directory}/").into(),
        _ => "app".into(),
    }
}

/// The origin of code that is not the program's own.
fn shared(path: &str) -> Option<Cow<'_, str>> {
    if path.starts_with("<internal:") {
        return Some("Ruby itself".into());
    }
    if path.starts_with("(eval") || path == "-e" {
        return Some("eval".into());
    }
    let mut parts = path.split(['/', '\\']).peekable();
    let mut library = false;
    while let Some(part) = parts.next() {
        let Some(&next) = parts.peek() else { break };
        if part == "gems"
            && let Some(name) = gem_name(next)
        {
            return Some(format!("gem {name}").into());
        }
        // Debian has its gems there, and Ruby what was installed without one; perhaps by version.
        if matches!(part, "vendor_ruby" | "site_ruby") {
            let name = match is_version(next) {
                true => parts.nth(1),
                false => Some(next),
            };
            let name = name.map(|name| name.strip_suffix(".rb").unwrap_or(name));
            return name.map(|name| format!("gem {name}").into());
        }
        // A gem's directory lies below one of these: `ruby/gems/3.1.0/gems/rack-2.2.4`.
        library |= part == "ruby" && is_version(next);
    }
    library.then(|| "standard library".into())
}

/// `rack` of `rack-2.2.4` or `rack-1a2b3c4d5e6f`.
fn gem_name(directory: &str) -> Option<&str> {
    let (name, version) = directory.rsplit_once('-')?;
    // `nokogiri-1.13.10-x86_64-linux` and the like: the version is in the middle.
    if let Some((name, _)) = directory
        .match_indices('-')
        .map(|(at, _)| (&directory[..at], &directory[at + 1..]))
        .find(|(_, rest)| is_version(rest.split('-').next().unwrap_or(rest)))
    {
        return (!name.is_empty()).then_some(name);
    }
    let commit = version.len() >= 7 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    (commit && !name.is_empty()).then_some(name)
}

/// `3.1.0`, `2.2.4.rc1`.
fn is_version(text: &str) -> bool {
    let mut parts = text.split('.');
    let number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    number(parts.next()) && number(parts.next())
}

/// The directory that all files of the program itself have in common, with its last separator.
pub(super) fn app_root<'p>(paths: impl Iterator<Item = &'p str>) -> &'p str {
    let mut root: Option<&str> = None;
    for path in paths.filter(|path| shared(path).is_none()) {
        let directory = &path[..path.rfind(['/', '\\']).map_or(0, |at| at + 1)];
        let common = root.map_or(directory, |root| common_directory(root, directory));
        root = Some(common);
    }
    root.unwrap_or("")
}

fn common_directory<'p>(one: &'p str, other: &str) -> &'p str {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b);
    let same = &one.as_bytes()[..same.count()];
    let end = same.iter().rposition(|byte| matches!(byte, b'/' | b'\\'));
    &one[..end.map_or(0, |at| at + 1)]
}

#[cfg(test)]
mod tests {
    use super::{app_root, origin};

    #[test]
    fn a_path_tells_whose_code_it_is() {
        for (path, expected) in [
            ("/usr/lib/ruby/3.1.0/json/common.rb", "standard library"),
            (
                "/var/lib/gems/3.1.0/gems/rack-2.2.4/lib/rack.rb",
                "gem rack",
            ),
            (
                "/opt/ruby/lib/ruby/gems/3.4.0/gems/nokogiri-1.18.1-x86_64-linux-gnu/lib/nokogiri.rb",
                "gem nokogiri",
            ),
            ("/b/bundler/gems/my-gem-0123456789ab/lib/x.rb", "gem my-gem"),
            (
                "/usr/share/rubygems-integration/all/gems/rspec-core-3.12.0/exe/rspec",
                "gem rspec-core",
            ),
            (
                "/usr/lib/ruby/vendor_ruby/rubygems/core_ext/kernel_require.rb",
                "gem rubygems",
            ),
            ("/usr/local/lib/site_ruby/3.1.0/shop.rb", "gem shop"),
            ("<internal:kernel>", "Ruby itself"),
            ("(eval at -e:1)", "eval"),
            ("-e", "eval"),
            ("/srv/app/lib/a.rb", "app"),
            ("/srv/app/lib/shop/a.rb", "app shop/"),
            ("/srv/app/lib/shop/cart/a.rb", "app shop/"),
            // No version: a directory that only happens to be called so.
            ("/srv/app/lib/gems/rack/x.rb", "app gems/"),
        ] {
            assert_eq!(origin(Some(path), "/srv/app/lib/"), expected, "{path}");
        }
        assert_eq!(origin(None, ""), "C functions");
        assert_eq!(origin(Some(""), ""), "app");
    }

    #[test]
    fn the_root_of_the_program_is_what_its_own_files_share() {
        let gem = "/var/lib/gems/3.1.0/gems/rack-2.2.4/lib/rack.rb";
        let root = |paths: &[&'static str]| app_root(paths.iter().copied());
        assert_eq!(root(&["/srv/app/lib/a.rb", gem]), "/srv/app/lib/");
        assert_eq!(
            root(&["/srv/app/lib/a.rb", "/srv/app/library/b.rb"]),
            "/srv/app/"
        );
        assert_eq!(root(&["a.rb", "/b.rb"]), "");
        assert_eq!(root(&["/ä/x.rb", "/å/x.rb"]), "/");
        assert_eq!(root(&[gem]), "");
    }
}

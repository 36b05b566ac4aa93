//! Files that hold the exact output. `UPDATE_GOLDEN=1` writes them anew.

use std::path::PathBuf;

pub(crate) fn check(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).expect("the golden file can be written");
        return;
    }
    let golden = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{name}: {error}; UPDATE_GOLDEN=1 makes it"));
    let (mut old, mut new) = (golden.split('\n'), text.split('\n'));
    for number in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (old, new) => assert_eq!(old, new, "{name} differs first in line {number}"),
        }
    }
}

/// The style sheets and scripts are files of their own; in a golden file they would only hide what
/// changed in the page.
pub(crate) fn without_assets(page: &str) -> String {
    let assets = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets");
    let mut page = page.to_owned();
    for entry in std::fs::read_dir(assets).expect("assets/ is there") {
        let path = entry.expect("assets/ can be listed").path();
        let asset = std::fs::read_to_string(&path).expect("an asset is text");
        let name = path.file_name().expect("a name").to_string_lossy();
        page = page.replace(&asset, &format!("({name})\n"));
    }
    page
}

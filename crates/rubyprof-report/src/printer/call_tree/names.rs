//! Names of files and methods: in full the first time, by number from then on.

use std::collections::{HashMap, HashSet};

use rubyprof_core::{CallGraph, FileId, Method, MethodId, OwnerKind, Profile};

use super::costs::Call;
use crate::format::escape::visible;

/// Which names were written out already.
#[derive(Default)]
pub(super) struct Written {
    files: HashSet<u32>,
    methods: HashSet<u32>,
}

impl Written {
    /// A file, by name the first time and by number from then on.
    pub(super) fn file(&mut self, profile: &Profile, file: Option<FileId>) -> String {
        let number = file.map_or(1, |file| file.0 + 2);
        if !self.files.insert(number) {
            return format!("({number})");
        }
        match file {
            Some(file) => format!("({number}) {}", visible(profile.file(file))),
            None => format!("({number}) ???"),
        }
    }
}

/// The methods' files and names: `Foo/Bar::name`, as ruby-prof writes them. The programs that read
/// this know a method by its name and file only, so others of the same name and file are numbered.
pub(super) struct Names {
    names: HashMap<MethodId, (Option<FileId>, String)>,
}

impl Names {
    pub(super) fn new(profile: &Profile, graph: &CallGraph, calls: &[Vec<Call>]) -> Self {
        let mut seen: HashMap<(Option<FileId>, String), u32> = HashMap::new();
        let mut names = HashMap::new();
        for (row, calls) in graph.rows().iter().zip(calls) {
            let method = profile.method(row.method);
            // Code outside any method has no place of its own; it is where it first calls something.
            let file = match method.name {
                Some(_) => method.file,
                None => method
                    .file
                    .or(calls.first().and_then(|call| call.site.file)),
            };
            let mut name = name(method);
            let count = seen.entry((file, name.clone())).or_insert(0);
            *count += 1;
            if *count > 1 {
                name += &format!(" [{count}]");
            }
            names.insert(row.method, (file, name));
        }
        Self { names }
    }

    pub(super) fn file(&self, method: MethodId) -> Option<FileId> {
        self.names.get(&method)?.0
    }

    /// A method's file and name, by number if they were written before.
    pub(super) fn reference(
        &self,
        written: &mut Written,
        method: MethodId,
        profile: &Profile,
    ) -> (String, String) {
        let file = written.file(profile, self.file(method));
        let number = method.0 + 1;
        let name = match self.names.get(&method) {
            Some((_, name)) if written.methods.insert(number) => format!("({number}) {name}"),
            _ => format!("({number})"),
        };
        (file, name)
    }
}

/// ruby-prof's name of a method in this format.
fn name(method: &Method) -> String {
    let class = match (&method.name, method.class_name.as_str()) {
        (None, "") => "[global]".to_owned(),
        (_, class) => class.replace("::", "/"),
    };
    let mark = match method.owner_kind {
        OwnerKind::ClassSingleton | OwnerKind::ModuleSingleton => "^",
        OwnerKind::ObjectSingleton => "*",
        OwnerKind::Plain | OwnerKind::ModuleIncludee | OwnerKind::OtherSingleton => "",
    };
    let name = method.name.as_deref().unwrap_or_default();
    visible(&format!("{class}::{name}{mark}")).into_owned()
}

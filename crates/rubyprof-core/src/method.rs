//! Methods: who is called.

use crate::source::FileId;

/// The identity of a method while it is recorded: the owner (the class object the method is defined
/// in, singleton classes included as they are) and the name it was called by.
///
/// Both are opaque numbers. The embedder says what they stand for and keeps an owner's number from
/// being reused while a recorder knows it. `Foo.bar` and `Foo#bar` have different owners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct MethodKey {
    /// The class object.
    pub owner: u64,
    /// The called name.
    pub called: u64,
}

/// Index of a method in its [`Profile`](crate::Profile) or recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MethodId(pub u32);

impl MethodId {
    /// The id as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What kind of class owns a method: ruby-prof's `klass_flags`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum OwnerKind {
    /// A class or module itself; also the top level.
    #[default]
    Plain,
    /// A module seen through the class that includes it.
    ModuleIncludee,
    /// The singleton class of a class: `Foo.bar`.
    ClassSingleton,
    /// The singleton class of a module.
    ModuleSingleton,
    /// The singleton class of a plain object.
    ObjectSingleton,
    /// The singleton class of anything else, an array for instance.
    OtherSingleton,
}

impl OwnerKind {
    /// ruby-prof's bit for this kind (`RubyProf::MethodInfo::CLASS_SINGLETON` and so on), 0 for none.
    pub fn flag(self) -> u32 {
        match self {
            Self::Plain => 0,
            Self::ModuleIncludee => 1,
            Self::ClassSingleton => 2,
            Self::ModuleSingleton => 4,
            Self::ObjectSingleton => 8,
            Self::OtherSingleton => 16,
        }
    }
}

/// A method of a finished profile. Names are resolved; nothing refers to a live object.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Method {
    /// The identity it was recorded under; only good for telling methods of one process apart. See
    /// [`with_portable_keys`](crate::Profile::with_portable_keys).
    pub key: MethodKey,
    /// Name of the class or module, without decoration; empty at the top level.
    pub class_name: String,
    /// What kind of class that is.
    pub owner_kind: OwnerKind,
    /// The called name; `None` stands for code outside any method.
    pub name: Option<String>,
    /// The file that defines it; `None` for a method written in C.
    pub file: Option<FileId>,
    /// The line of its definition, 1-based; 0 for a method written in C.
    pub line: u32,
}

impl Method {
    /// The name as ruby-prof prints it: `Foo#bar`, `<Class::Foo>#bar`, `<Module::Foo>#bar`,
    /// `<Object::Foo>#bar`, and `[global]#` for code outside any method. A block is `block in Foo#bar`.
    pub fn full_name(&self) -> String {
        let name = self.name.as_deref().unwrap_or("");
        if let Some((block, name)) = block_name(name) {
            let method = Self {
                name: Some(name.to_owned()),
                ..self.clone()
            };
            return match name {
                "" => format!("{block}[global]"),
                _ => format!("{block}{}", method.full_name()),
            };
        }
        let class = if self.name.is_none() && self.class_name.is_empty() {
            "[global]"
        } else {
            &self.class_name
        };
        match self.owner_kind {
            OwnerKind::ClassSingleton => format!("<Class::{class}>#{name}"),
            OwnerKind::ModuleSingleton => format!("<Module::{class}>#{name}"),
            OwnerKind::ObjectSingleton => format!("<Object::{class}>#{name}"),
            OwnerKind::Plain | OwnerKind::ModuleIncludee | OwnerKind::OtherSingleton => {
                format!("{class}#{name}")
            }
        }
    }
}

/// The two parts of a block's name, as `block in ` and `bar`, or `block (2 levels) in ` and nothing where no method is.
fn block_name(name: &str) -> Option<(&str, &str)> {
    let rest = name.strip_prefix("block ")?;
    let rest = match rest.strip_prefix('(') {
        None => rest.strip_prefix("in ")?,
        Some(levels) => {
            let (number, rest) = levels.split_once(" levels) in ")?;
            number
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then_some(rest)?
        }
    };
    Some(name.split_at(name.len() - rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full_name(class_name: &str, owner_kind: OwnerKind, name: &str) -> String {
        let method = Method {
            class_name: class_name.into(),
            owner_kind,
            name: Some(name.into()),
            ..Method::default()
        };
        method.full_name()
    }

    #[test]
    fn a_block_is_named_after_its_method() {
        let plain = |name| full_name("Foo", OwnerKind::Plain, name);
        assert_eq!(plain("block in bar"), "block in Foo#bar");
        assert_eq!(
            plain("block (12 levels) in bar"),
            "block (12 levels) in Foo#bar"
        );
        assert_eq!(
            full_name("Foo", OwnerKind::ClassSingleton, "block in bar"),
            "block in <Class::Foo>#bar"
        );
        assert_eq!(
            full_name("", OwnerKind::Plain, "block in "),
            "block in [global]"
        );
    }

    #[test]
    fn other_names_are_left_as_they_are() {
        for name in [
            "block",
            "block in",
            "block () levels) in x",
            "block (x levels) in y",
            "blocks in x",
        ] {
            assert_eq!(
                full_name("Foo", OwnerKind::Plain, name),
                format!("Foo#{name}")
            );
        }
    }
}

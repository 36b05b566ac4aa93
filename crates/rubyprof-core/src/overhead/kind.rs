//! What kind of call a node is, for what it costs to trace it.

use crate::method::{Method, OwnerKind};

/// Kinds of calls that cost the profiler different amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A method written in Ruby: one that is defined in a file.
    Ruby,
    /// A method written in C.
    C,
    /// A method written in C that the VM runs as an instruction of its own unless calls of C methods
    /// are traced. Traced, it is a real call, and that this takes longer is the profiler's doing too.
    Operator,
}

impl EventKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Ruby, Self::C, Self::Operator];

    /// The kind of a method's calls. `operators` says whether instructions that the VM inlines were
    /// counted as calls: else calls of these methods are those that are calls in any case.
    ///
    /// A call that is written otherwise (`inject(:+)`) cannot be told from an operator.
    pub fn of(method: &Method, operators: bool) -> Self {
        match (&method.name, method.file) {
            (Some(name), None) if operators && is_inlined(method, name) => Self::Operator,
            (Some(_), None) => Self::C,
            // Code outside any method is Ruby.
            _ => Self::Ruby,
        }
    }
}

/// Whether the VM has a fast path for this method in one of the instructions opt_plus to
/// opt_regexpmatch2 of Ruby's insns.def. Instructions that are about literals only (`[a, b].max`, `"text".freeze`)
/// are left out: most calls of these methods are none.
fn is_inlined(method: &Method, name: &str) -> bool {
    if method.owner_kind != OwnerKind::Plain {
        return false;
    }
    match method.class_name.as_str() {
        "Integer" => {
            is_arithmetic(name) || matches!(name, "&" | "|" | "[]" | "succ") || is_equality(name)
        }
        "Float" => is_arithmetic(name) || is_equality(name),
        "String" => {
            is_collection(name) || matches!(name, "+" | "<<" | "=~" | "succ") || is_equality(name)
        }
        "Array" => is_collection(name) || matches!(name, "+" | "<<" | "[]" | "[]="),
        "Hash" => is_collection(name) || matches!(name, "[]" | "[]="),
        "Symbol" | "Module" => is_equality(name),
        "BasicObject" => matches!(name, "!" | "==" | "!="),
        "NilClass" | "Kernel" => name == "nil?",
        "Regexp" => name == "=~",
        _ => false,
    }
}

fn is_arithmetic(name: &str) -> bool {
    matches!(name, "+" | "-" | "*" | "/" | "%" | "<" | "<=" | ">" | ">=")
}

fn is_equality(name: &str) -> bool {
    name == "=="
}

fn is_collection(name: &str) -> bool {
    matches!(name, "length" | "size" | "empty?")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn kind(class_name: &str, name: &str, operators: bool) -> EventKind {
        let method = Method {
            class_name: class_name.into(),
            name: Some(name.into()),
            ..Method::default()
        };
        EventKind::of(&method, operators)
    }

    #[test]
    fn what_the_vm_inlines_is_an_operator() {
        for (class, names) in [
            ("Integer", "+ - * / % < <= > >= == & | [] succ"),
            ("Float", "+ - * / % < <= > >= =="),
            ("String", "+ << == =~ length size empty? succ"),
            ("Array", "+ << [] []= length size empty?"),
            ("Hash", "[] []= length size empty?"),
            ("Symbol", "=="),
            ("BasicObject", "! == !="),
            ("NilClass", "nil?"),
            ("Kernel", "nil?"),
            ("Regexp", "=~"),
        ] {
            for name in names.split(' ') {
                assert_eq!(
                    kind(class, name, true),
                    EventKind::Operator,
                    "{class}#{name}"
                );
                assert_eq!(kind(class, name, false), EventKind::C, "{class}#{name}");
            }
        }
    }

    #[test]
    fn what_is_called_in_any_case_is_none() {
        for (class, names) in [
            ("Integer", "<< >> ^ -@ times <=>"),
            ("String", "% [] * <=>"),
            ("Array", "& | - == max each"),
            ("Time", "+ - <"),
        ] {
            for name in names.split(' ') {
                assert_eq!(kind(class, name, true), EventKind::C, "{class}#{name}");
            }
        }
    }

    #[test]
    fn what_has_a_file_is_ruby() {
        let own = Method {
            class_name: "Integer".into(),
            name: Some("+".into()),
            file: Some(FileId(0)),
            ..Method::default()
        };
        assert_eq!(EventKind::of(&own, true), EventKind::Ruby);
        assert_eq!(EventKind::of(&Method::default(), true), EventKind::Ruby);
        let singleton = Method {
            file: None,
            owner_kind: OwnerKind::ClassSingleton,
            ..own
        };
        assert_eq!(EventKind::of(&singleton, true), EventKind::C);
    }
}

//! Code in blocks, which the VM runs slower while anybody traces calls.
//!
//! Since a method may be made of a block the VM marks the beginnings and ends of all blocks when it marks those of methods (iseq.c,
//! `add_bmethod_events`), and looks at each mark whether somebody wants the event: some 11 ns for every run of a block, on Ruby 3.1, 3.3
//! and 3.4 alike. How often blocks run nobody knows but who has an event for each, which would cost twice that again. So nothing
//! of it is subtracted: blocks of [`ITERATORS`] lose their marks, where an embedder can see to it, and others are part of how uncertain times are.

use crate::method::Method;

/// The most that it is of a time, in millionths: blocks of one operation each, run by `map`, `sum` or `yield`, take 20 to 27 % of
/// the time that is shown (bench/ablation.rb). In blocks that do more it is less.
const MOST: u64 = 250_000;

/// How much of a time that may be spent in blocks is the VM's looking for marks, at most.
pub(super) fn uncertainty(in_blocks: u64) -> u64 {
    let millionths = u128::from(in_blocks) * u128::from(MOST);
    u64::try_from(millionths.div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// Whether blocks may run in a method's own time. A block has no event of its own: its time is that of the method in C that runs it, or of
/// the one in Ruby that yields to it, or, without events of C functions, of the caller.
pub(crate) fn may_run_blocks(method: &Method) -> bool {
    match (&method.name, method.file) {
        (Some(name), None) => {
            let is_in = |names: &[&str]| names.binary_search(&name.as_str()).is_ok();
            is_in(&ITERATORS) || is_in(&RUN_BLOCKS)
        }
        _ => true,
    }
}

/// Names of methods of Ruby's own classes that do nothing with a block but run it, mostly many times. In order. Left out are names
/// that programs give methods which take a block for something else (`step "..." do`).
pub const ITERATORS: [&str; 105] = [
    "all?",
    "any?",
    "bsearch",
    "bsearch_index",
    "bytes",
    "chars",
    "chunk",
    "chunk_while",
    "collect",
    "collect!",
    "collect_concat",
    "combination",
    "count",
    "cycle",
    "delete_if",
    "detect",
    "downto",
    "drop_while",
    "each",
    "each_byte",
    "each_char",
    "each_child",
    "each_codepoint",
    "each_cons",
    "each_entry",
    "each_grapheme_cluster",
    "each_index",
    "each_key",
    "each_line",
    "each_pair",
    "each_slice",
    "each_value",
    "each_with_index",
    "each_with_object",
    "fill",
    "filter",
    "filter!",
    "filter_map",
    "find",
    "find_all",
    "find_index",
    "flat_map",
    "foreach",
    "group_by",
    "gsub",
    "gsub!",
    "inject",
    "keep_if",
    "lines",
    "loop",
    "map",
    "map!",
    "max",
    "max_by",
    "merge",
    "merge!",
    "min",
    "min_by",
    "minmax",
    "minmax_by",
    "next",
    "none?",
    "one?",
    "partition",
    "permutation",
    "product",
    "readlines",
    "reduce",
    "reject",
    "reject!",
    "repeated_combination",
    "repeated_permutation",
    "reverse_each",
    "scan",
    "select",
    "select!",
    "slice_after",
    "slice_before",
    "slice_when",
    "sort",
    "sort!",
    "sort_by",
    "sort_by!",
    "split",
    "sub",
    "sub!",
    "sum",
    "synchronize",
    "take_while",
    "tally",
    "tap",
    "then",
    "times",
    "to_h",
    "transform_keys",
    "transform_keys!",
    "transform_values",
    "transform_values!",
    "uniq",
    "uniq!",
    "upto",
    "with_index",
    "with_object",
    "yield_self",
    "zip",
];

/// Names of other methods in C of Ruby's own classes that run a block, in order.
const RUN_BLOCKS: [&str; 22] = [
    "__send__",
    "call",
    "catch",
    "class_eval",
    "class_exec",
    "force",
    "glob",
    "index",
    "initialize",
    "instance_eval",
    "instance_exec",
    "module_eval",
    "module_exec",
    "new",
    "public_send",
    "resume",
    "rindex",
    "send",
    "step",
    "transfer",
    "update",
    "yield",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn method(name: Option<&str>, file: Option<FileId>) -> Method {
        Method {
            name: name.map(str::to_owned),
            file,
            ..Method::default()
        }
    }

    #[test]
    fn names_are_in_order() {
        assert!(ITERATORS.is_sorted() && RUN_BLOCKS.is_sorted());
        assert!(ITERATORS.iter().all(|name| !RUN_BLOCKS.contains(name)));
    }

    #[test]
    fn iterators_and_code_in_ruby_run_blocks() {
        for name in ["each", "map", "times", "sum", "sort_by", "all?", "gsub"] {
            assert!(may_run_blocks(&method(Some(name), None)), "{name}");
        }
        for name in ["+", "size", "sleep", "include?", "index_of"] {
            assert!(!may_run_blocks(&method(Some(name), None)), "{name}");
        }
        assert!(may_run_blocks(&method(Some("sleep"), Some(FileId(0)))));
        assert!(may_run_blocks(&method(None, None)));
    }

    #[test]
    fn uncertainty_is_rounded_up() {
        assert_eq!(uncertainty(0), 0);
        assert_eq!(uncertainty(1), 1);
        assert_eq!(uncertainty(4_000), 1_000);
        assert_eq!(uncertainty(u64::MAX), u64::MAX / 4 + 1);
    }
}

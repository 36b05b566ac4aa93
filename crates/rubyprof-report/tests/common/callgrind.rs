//! A reader of callgrind's format, as its specification has it: an unknown line is an error.

use std::collections::HashMap;

/// A call as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) caller: String,
    pub(crate) callee: String,
    pub(crate) calls: u64,
    pub(crate) target_line: u64,
    pub(crate) line: u64,
    pub(crate) cost: u64,
}

/// One file. Functions go by `file:name`.
#[derive(Debug, Default)]
pub(crate) struct Callgrind {
    pub(crate) header: HashMap<String, Vec<String>>,
    pub(crate) own: HashMap<String, (u64, u64)>,
    pub(crate) calls: Vec<Call>,
    files: HashMap<String, String>,
    functions: HashMap<String, String>,
}

impl Callgrind {
    pub(crate) fn read(text: &str) -> Self {
        let mut read = Self::default();
        let (mut file, mut function, mut called_file) = (String::new(), String::new(), None);
        let mut callee = String::new();
        let mut call: Option<(u64, u64)> = None;
        for line in text.lines() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some((key, value)) = line.split_once(": ")
                && key.chars().all(|char| char.is_ascii_lowercase())
            {
                let values = read.header.entry(key.to_owned()).or_default();
                values.push(value.to_owned());
            } else if let Some((key, value)) = line.split_once('=')
                && key.chars().all(|char| char.is_ascii_lowercase())
            {
                match key {
                    "fl" => file = name(&mut read.files, value),
                    "fn" => {
                        let name = name(&mut read.functions, value);
                        function = format!("{file}:{name}");
                    }
                    "cfi" => called_file = Some(name(&mut read.files, value)),
                    "cfn" => {
                        let name = name(&mut read.functions, value);
                        let file = called_file.take().unwrap_or_else(|| file.clone());
                        callee = format!("{file}:{name}");
                    }
                    "calls" => call = Some(numbers(value)),
                    _ => panic!("unknown: {line}"),
                }
            } else {
                let (at, cost) = numbers(line);
                match call.take() {
                    Some((calls, target_line)) => read.calls.push(Call {
                        caller: function.clone(),
                        callee: callee.clone(),
                        calls,
                        target_line,
                        line: at,
                        cost,
                    }),
                    None => {
                        let again = read.own.insert(function.clone(), (at, cost));
                        assert!(again.is_none(), "{function} is there twice");
                    }
                }
            }
        }
        assert_eq!(call, None);
        read
    }

    pub(crate) fn field(&self, key: &str) -> &str {
        match self.header.get(key).map(Vec::as_slice) {
            Some([value]) => value,
            other => panic!("{key}: {other:?}"),
        }
    }

    /// The sum of a function's calls, which the programs that read this take for its inclusive cost;
    /// of one that is not called its own cost and its callees'.
    pub(crate) fn inclusive(&self, function: &str) -> u64 {
        let sum = |pick: fn(&Call) -> &String| {
            let calls = self.calls.iter().filter(|call| pick(call) == function);
            (
                calls.clone().count(),
                calls.map(|call| call.cost).sum::<u64>(),
            )
        };
        match sum(|call| &call.callee) {
            (0, _) => self.own[function].1 + sum(|call| &call.caller).1,
            (_, cost) => cost,
        }
    }
}

fn numbers(text: &str) -> (u64, u64) {
    let (first, second) = text
        .split_once(' ')
        .unwrap_or_else(|| panic!("no two numbers: {text}"));
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("no number: {text}"));
    (number(first), number(second))
}

/// `(1) name` the first time, `(1)` from then on.
fn name(known: &mut HashMap<String, String>, text: &str) -> String {
    let (number, name) = text.split_once(' ').unwrap_or((text, ""));
    assert!(number.starts_with('(') && number.ends_with(')'), "{text}");
    if name.is_empty() {
        return known
            .get(number)
            .unwrap_or_else(|| panic!("{text} is not known yet"))
            .clone();
    }
    let again = known.insert(number.to_owned(), name.to_owned());
    assert!(again.is_none(), "{text} is named twice");
    name.to_owned()
}

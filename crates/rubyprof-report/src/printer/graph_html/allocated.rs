//! Allocated objects of one section.

use std::cmp::Reverse;
use std::collections::HashMap;

use rubyprof_core::{Allocation, Location, Method, MethodId, OwnerKind, Profile};

use super::section::Scope;

/// Objects of one class made on one line of one method, summed over the section's fibers.
pub(super) struct Allocated<'a> {
    /// The first of the summed ones; says everything but the count.
    first: &'a Allocation,
    pub(super) count: u64,
}

impl Allocated<'_> {
    pub(super) fn method(&self) -> MethodId {
        self.first.method
    }

    pub(super) fn location(&self) -> Location {
        self.first.location
    }

    /// The class, decorated as the owner in a method's name is: `<Class::Foo>` is the singleton
    /// class of `Foo`.
    pub(super) fn class_name(&self) -> String {
        let owner = Method {
            class_name: self.first.class_name.clone(),
            owner_kind: self.first.owner_kind,
            name: Some(String::new()),
            ..Method::default()
        };
        let mut name = owner.full_name();
        if name.ends_with('#') {
            name.pop();
        }
        name
    }
}

/// What was allocated in `scope` by the methods that are `shown`: by method, most objects first.
pub(super) fn allocated<'a>(
    profile: &'a Profile,
    scope: Scope,
    shown: &[bool],
) -> Vec<Allocated<'a>> {
    type Key<'k> = (MethodId, &'k str, OwnerKind, Location);
    let mut place: HashMap<Key<'a>, usize> = HashMap::new();
    let mut list: Vec<Allocated<'a>> = Vec::new();
    for allocation in profile.allocations() {
        let here = match scope {
            Scope::All => true,
            Scope::Thread(index) => usize::try_from(allocation.thread) == Ok(index),
        };
        if !here
            || !shown
                .get(allocation.method.index())
                .is_some_and(|shown| *shown)
        {
            continue;
        }
        let key = (
            allocation.method,
            allocation.class_name.as_str(),
            allocation.owner_kind,
            allocation.location,
        );
        let index = *place.entry(key).or_insert_with(|| {
            list.push(Allocated {
                first: allocation,
                count: 0,
            });
            list.len() - 1
        });
        list[index].count += allocation.count;
    }
    list.sort_by_key(|made| (made.method(), Reverse(made.count)));
    list
}

//! How many calls of interest each activation of a method leads to: what tells "100 calls" from
//! "one call for each of 100".

use std::collections::HashMap;

use crate::hash::BuildMix;

/// The calls within the activations of one method. Within another activation of the same method an
/// activation is not counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FanOut {
    /// The method, as the embedder numbers it.
    pub method: usize,
    /// How often it was activated and returned.
    pub activations: u64,
    /// The least calls in one activation.
    pub least: u64,
    /// The most.
    pub most: u64,
    /// All.
    pub called: u64,
}

#[derive(Debug)]
struct Activation {
    method: usize,
    tag: u64,
    context: u32,
    /// Calls so far, in it and in what it called that returned.
    called: u64,
}

#[derive(Debug, Default)]
struct Stack {
    activations: Vec<Activation>,
    /// How many activations of a method are open.
    open: HashMap<usize, usize, BuildMix>,
}

/// Watches calls and returns of all methods.
#[derive(Debug, Default)]
pub struct FanOuts {
    fibers: HashMap<u64, Stack, BuildMix>,
    methods: HashMap<usize, FanOut, BuildMix>,
}

impl FanOuts {
    /// Nothing seen.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The context of the fiber's last call that has not returned; 0 if there is none.
    #[must_use]
    pub fn context(&self, fiber: u64) -> u32 {
        let stack = self.fibers.get(&fiber);
        stack
            .and_then(|stack| stack.activations.last())
            .map_or(0, |open| open.context)
    }

    /// A method is called on a fiber. `of_interest` says whether the call is to be counted; `context` is whatever the embedder wants
    /// to know of the call again.
    pub fn enter(&mut self, fiber: u64, method: usize, tag: u64, of_interest: bool, context: u32) {
        let stack = self.fibers.entry(fiber).or_default();
        if of_interest && let Some(caller) = stack.activations.last_mut() {
            caller.called += 1;
        }
        stack.activations.push(Activation {
            method,
            tag,
            context,
            called: 0,
        });
        *stack.open.entry(method).or_default() += 1;
    }

    /// The call with this tag returns; calls above it whose returns the VM did not tell have ended
    /// too. A return of a call that was not seen is of no interest.
    pub fn leave(&mut self, fiber: u64, tag: u64) {
        let Some(stack) = self.fibers.get_mut(&fiber) else {
            return;
        };
        let Some(depth) = stack.activations.iter().rposition(|open| open.tag == tag) else {
            return;
        };
        while stack.activations.len() > depth {
            close(stack, &mut self.methods);
        }
    }

    /// The methods with at least one call of interest in one of their activations, in the order of
    /// their numbers. Activations that are still open are not counted.
    #[must_use]
    pub fn rows(&self) -> Vec<FanOut> {
        let mut all: Vec<FanOut> = self
            .methods
            .values()
            .filter(|fan_out| fan_out.called > 0)
            .copied()
            .collect();
        all.sort_unstable_by_key(|fan_out| fan_out.method);
        all
    }
}

fn close(stack: &mut Stack, methods: &mut HashMap<usize, FanOut, BuildMix>) {
    let Some(ended) = stack.activations.pop() else {
        return;
    };
    if let Some(caller) = stack.activations.last_mut() {
        caller.called += ended.called;
    }
    let open = stack.open.entry(ended.method).or_default();
    *open = open.saturating_sub(1);
    if *open > 0 {
        return;
    }
    let fan_out = methods.entry(ended.method).or_insert(FanOut {
        method: ended.method,
        activations: 0,
        least: u64::MAX,
        most: 0,
        called: 0,
    });
    fan_out.activations += 1;
    fan_out.least = fan_out.least.min(ended.called);
    fan_out.most = fan_out.most.max(ended.called);
    fan_out.called += ended.called;
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 0;
    const POST: usize = 1;
    const QUERY: usize = 2;

    fn call(fan_outs: &mut FanOuts, method: usize, inside: impl FnOnce(&mut FanOuts)) {
        let tag = 100 + method as u64;
        fan_outs.enter(1, method, tag, method == QUERY, 0);
        inside(fan_outs);
        fan_outs.leave(1, tag);
    }

    fn find(fan_outs: FanOuts, method: usize) -> Option<FanOut> {
        let all = fan_outs.rows();
        all.into_iter().find(|fan_out| fan_out.method == method)
    }

    #[test]
    fn one_call_an_activation_is_told_from_many_calls_in_one() {
        let mut fan_outs = FanOuts::new();
        call(&mut fan_outs, PAGE, |fan_outs| {
            for _ in 0..5 {
                call(fan_outs, POST, |fan_outs| {
                    call(fan_outs, QUERY, |_| ());
                });
            }
        });
        let all = fan_outs.rows();
        let rows: Vec<_> = all
            .iter()
            .map(|row| (row.method, row.activations, row.least, row.most, row.called))
            .collect();
        assert_eq!(rows, [(PAGE, 1, 5, 5, 5), (POST, 5, 1, 1, 5)]);
    }

    #[test]
    fn activations_without_a_call_count() {
        let mut fan_outs = FanOuts::new();
        call(&mut fan_outs, POST, |fan_outs| {
            call(fan_outs, QUERY, |_| ())
        });
        call(&mut fan_outs, POST, |_| ());
        let post = find(fan_outs, POST).unwrap();
        assert_eq!((post.activations, post.least, post.most), (2, 0, 1));
    }

    #[test]
    fn a_recursion_is_one_activation() {
        let mut fan_outs = FanOuts::new();
        call(&mut fan_outs, POST, |fan_outs| {
            call(fan_outs, QUERY, |_| ());
            call(fan_outs, POST, |fan_outs| {
                call(fan_outs, QUERY, |_| ());
            });
        });
        let post = find(fan_outs, POST).unwrap();
        assert_eq!((post.activations, post.least, post.called), (1, 2, 2));
    }

    #[test]
    fn a_return_closes_what_was_left_above_it() {
        let mut fan_outs = FanOuts::new();
        fan_outs.enter(1, PAGE, 7, false, 7);
        fan_outs.enter(1, POST, 8, false, 8);
        fan_outs.enter(1, QUERY, 9, true, 9);
        fan_outs.leave(1, 7);
        fan_outs.leave(1, 8);
        let all = fan_outs.rows();
        assert_eq!(all.len(), 2);
        assert!(
            all.iter()
                .all(|row| (row.activations, row.called) == (1, 1))
        );
    }

    #[test]
    fn contexts_are_those_of_open_calls() {
        let mut fan_outs = FanOuts::new();
        assert_eq!(fan_outs.context(1), 0);
        fan_outs.enter(1, PAGE, 7, false, 70);
        fan_outs.enter(1, POST, 8, false, 80);
        assert_eq!((fan_outs.context(1), fan_outs.context(2)), (80, 0));
        fan_outs.leave(1, 8);
        assert_eq!(fan_outs.context(1), 70);
    }

    #[test]
    fn fibers_have_stacks_of_their_own() {
        let mut fan_outs = FanOuts::new();
        fan_outs.enter(1, POST, 7, false, 7);
        fan_outs.enter(2, QUERY, 9, true, 9);
        fan_outs.leave(2, 9);
        fan_outs.leave(1, 7);
        fan_outs.leave(3, 7);
        assert_eq!(find(fan_outs, POST), None);
    }
}

//! Counts calls without recording a tree or a time: of every method, or of some, which then cost the
//! rest of the program nothing.

mod hooks;

use std::any::Any;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rb_sys::VALUE;
use rubyprof_core::{BuildMix, CallCounts, FanOuts, Location, MethodKey, Sources, StackFrame};

use crate::classes::{Admission, Classes, Pins};
use crate::ractor;
use crate::vm::event::{C_RETURN, RETURN, Reader, TraceArg};
use crate::vm::frames;
use crate::vm::stack::{self, A_FRAME, Running};

pub(crate) use hooks::{Functions, Hooks, Watched};

/// What is counted.
pub(crate) struct Wanted {
    /// The methods; `None` for all.
    pub(crate) methods: Option<Vec<MethodKey>>,
    /// Only calls in this thread, if one is given.
    pub(crate) thread: Option<VALUE>,
    /// Methods of these owners are never counted.
    pub(crate) hidden: Arc<[VALUE]>,
    /// Whole stacks, and how many calls each activation of a method leads to.
    pub(crate) detailed: bool,
}

/// What is known of a method that was called.
#[derive(Clone, Copy)]
struct Known {
    /// Its number in the counts, once it was called.
    index: Option<usize>,
    wanted: bool,
}

/// What the hook works on.
pub(crate) struct Counter {
    pub(crate) counts: CallCounts,
    pub(crate) fan_outs: FanOuts,
    /// Objects that were made.
    pub(crate) objects: u64,
    /// What went wrong in the hook. Nothing is counted after that.
    pub(crate) failure: Option<String>,
    known: HashMap<MethodKey, Known, BuildMix>,
    every_method: bool,
    detailed: bool,
    thread: Option<VALUE>,
    hidden: Arc<[VALUE]>,
    classes: Classes,
    pins: Arc<Pins>,
    /// The stack of the call that is being counted.
    callers: Vec<StackFrame>,
    contexts: Contexts,
}

/// Where calls stand: the call within which, the method, and the line from which. Two calls of one context have the same
/// stack, which is looked at for the first of them.
#[derive(Default)]
struct Contexts {
    numbers: HashMap<(u32, usize, StackFrame), u32, BuildMix>,
    /// The stack of a context, once a wanted call was made in it.
    stacks: HashMap<u32, Option<usize>>,
}

/// More contexts than this are those of a recursion. Calls in further ones are not counted by stacks.
const MAX_CONTEXTS: usize = 200_000;

impl Contexts {
    /// The number of a context, from 1 on; `None` if there are too many.
    fn number(&mut self, within: u32, method: usize, caller: StackFrame) -> Option<u32> {
        let next = self.numbers.len();
        match self.numbers.entry((within, method, caller)) {
            Entry::Occupied(entry) => Some(*entry.get()),
            Entry::Vacant(entry) if next < MAX_CONTEXTS => Some(*entry.insert(next as u32 + 1)),
            Entry::Vacant(_) => None,
        }
    }
}

impl Counter {
    /// `pins` must be marked for as long as this lives. The owners of wanted methods must be pinned.
    pub(crate) fn new(wanted: Wanted, pins: Arc<Pins>) -> Self {
        let every_method = wanted.methods.is_none();
        let known = Known {
            index: None,
            wanted: true,
        };
        let methods = wanted.methods.unwrap_or_default();
        Self {
            counts: CallCounts::new(),
            fan_outs: FanOuts::new(),
            objects: 0,
            failure: None,
            known: methods.into_iter().map(|key| (key, known)).collect(),
            every_method,
            detailed: wanted.detailed,
            thread: wanted.thread,
            hidden: wanted.hidden,
            classes: Classes::new(Arc::clone(&pins)),
            pins,
            callers: Vec::new(),
            contexts: Contexts::default(),
        }
    }

    /// # Safety
    ///
    /// `arg` must be the delivered event's, a call or a return.
    unsafe fn event<R: Reader>(&mut self, arg: *mut TraceArg) {
        // SAFETY: the caller's.
        let (event, identity) = unsafe { (R::event(arg), R::identity(arg)) };
        if event & (RETURN | C_RETURN) != 0 {
            if is_elsewhere(self.thread) {
                return;
            }
            // SAFETY: the caller's.
            self.fan_outs.leave(unsafe { R::token(arg) }, identity.tag);
            return;
        }
        let known = self.known.get(&identity.key).copied();
        let known = match known {
            Some(known) => known,
            None if self.every_method || self.detailed => Known {
                index: None,
                wanted: self.every_method && !self.hidden.contains(&(identity.key.owner as VALUE)),
            },
            None => return,
        };
        // Last, since of most calls nobody wants to know.
        if (!known.wanted && !self.detailed) || is_elsewhere(self.thread) {
            return;
        }
        let index = match known.index {
            Some(index) => index,
            // SAFETY: the caller's; a method that is called has a live owner.
            None => unsafe { self.first_call::<R>(arg, identity.key, known.wanted) },
        };
        // SAFETY: the caller's.
        let caller = unsafe { self.callers_of::<R>(arg, 1) };
        if known.wanted {
            self.counts.count(index, caller.method, caller.site);
        }
        if self.detailed {
            // SAFETY: the caller's.
            unsafe { self.look_closer::<R>(arg, index, caller, identity.tag, known.wanted) };
        }
    }

    /// Counts a call by its stack and within the activations of its callers.
    ///
    /// # Safety
    ///
    /// As for [`first_call`](Self::first_call).
    unsafe fn look_closer<R: Reader>(
        &mut self,
        arg: *mut TraceArg,
        callee: usize,
        caller: StackFrame,
        tag: u64,
        wanted: bool,
    ) {
        // SAFETY: the caller's.
        let token = unsafe { R::token(arg) };
        let within = self.fan_outs.context(token);
        let context = self.contexts.number(within, callee, caller);
        if let Some(context) = context.filter(|_| wanted) {
            let known = self.contexts.stacks.get(&context).copied();
            let stack = known.unwrap_or_else(|| {
                // SAFETY: the caller's.
                unsafe { self.callers_of::<R>(arg, stack::DEEPEST) };
                let stack = self.counts.add_stack(&self.callers);
                self.contexts.stacks.insert(context, stack);
                stack
            });
            if let Some(stack) = stack {
                self.counts.count_stack(stack);
            }
        }
        let context = context.unwrap_or(within);
        self.fan_outs.enter(token, callee, tag, wanted, context);
    }

    /// # Safety
    ///
    /// `arg` must be the delivered call's, and `key` its method's.
    #[cold]
    unsafe fn first_call<R: Reader>(
        &mut self,
        arg: *mut TraceArg,
        key: MethodKey,
        wanted: bool,
    ) -> usize {
        // SAFETY: the caller's.
        let recorded = unsafe { self.recorded_as(key) };
        // SAFETY: the caller's.
        let definition = if unsafe { R::is_call_with_frame(arg) } {
            frames::definition(self.counts.sources_mut())
        } else {
            Location::default()
        };
        let index = self.counts.add(recorded, definition);
        // The key of a class that may pass can come to mean another method.
        if recorded == key {
            let index = Some(index);
            self.known.insert(key, Known { index, wanted });
        }
        index
    }

    /// Puts up to `limit` callers into `callers`, innermost first, and returns the first.
    ///
    /// # Safety
    ///
    /// As for [`first_call`](Self::first_call).
    unsafe fn callers_of<R: Reader>(&mut self, arg: *mut TraceArg, limit: usize) -> StackFrame {
        // SAFETY: the caller's. A Ruby method's own frame is there already.
        let skip = usize::from(unsafe { R::is_call_with_frame(arg) });
        let mut callers = std::mem::take(&mut self.callers);
        let mut sources = std::mem::take(self.counts.sources_mut());
        callers.clear();
        // SAFETY: the caller's; a reader that reads frames is one whose layout is known.
        unsafe {
            stack::running(
                arg,
                R::READS_FRAMES,
                skip,
                limit,
                &mut sources,
                |frame, sources| {
                    callers.push(self.caller(frame, sources));
                },
            );
        }
        *self.counts.sources_mut() = sources;
        self.callers = callers;
        self.callers.first().copied().unwrap_or_else(|| StackFrame {
            method: self.counts.add(MethodKey::default(), Location::default()),
            site: Location::default(),
        })
    }

    /// # Safety
    ///
    /// The frame must be one of the running fiber, during an event.
    unsafe fn caller(&mut self, frame: &Running, sources: &mut Sources) -> StackFrame {
        let key = if frame.key.owner == A_FRAME {
            self.pins.add(frame.key.called as VALUE);
            frame.key
        } else {
            // SAFETY: a method that runs has a live owner.
            unsafe { self.recorded_as(frame.key) }
        };
        let method = match self.counts.find(key) {
            Some(method) => method,
            None => self.counts.add(key, frame.definition(sources)),
        };
        StackFrame {
            method,
            site: frame.site,
        }
    }

    /// # Safety
    ///
    /// The method's owner must be live.
    unsafe fn recorded_as(&mut self, key: MethodKey) -> MethodKey {
        if key.owner == 0 {
            return key;
        }
        // SAFETY: the caller's.
        match unsafe { self.classes.admit(key.owner as VALUE) } {
            Admission::Itself => key,
            Admission::Folded(owner) => MethodKey { owner, ..key },
        }
    }

    /// # Safety
    ///
    /// `arg` must be the delivered event's, a new object's.
    unsafe fn object_made(&mut self, arg: *mut TraceArg) {
        if is_elsewhere(self.thread) {
            return;
        }
        // SAFETY: the caller's; the object has its flags already.
        let internal = unsafe {
            let object = rb_sys::rb_tracearg_object(TraceArg::public(arg));
            rb_sys::RB_TYPE_P(object, rb_sys::ruby_value_type::RUBY_T_IMEMO)
        };
        self.objects += u64::from(!internal);
    }

    fn guarded(&mut self, work: impl FnOnce(&mut Self)) {
        if self.failure.is_some() {
            return;
        }
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(self))) {
            self.fail(&*panic);
        }
    }

    #[cold]
    fn fail(&mut self, panic: &(dyn Any + Send)) {
        self.failure = Some(crate::guard::message(panic));
    }
}

/// Whether another thread runs than the one whose calls are counted, if it is one. TracePoints of methods fire in all Ractors.
fn is_elsewhere(thread: Option<VALUE>) -> bool {
    match thread {
        // SAFETY: an event is being delivered, so a thread runs.
        Some(thread) => unsafe { rb_sys::rb_thread_current() != thread },
        None => !ractor::is_ours(),
    }
}

//! The scripted program: answers what a recorder asks.

use rubyprof_core::{
    Away, FiberOrigin, FileId, Host, LiveFrame, Location, MethodKey, MethodName, MethodOrigin,
    Names, OwnerKind, Sources,
};

use super::tape::{self, MethodScript, Place, Tape};

/// Answers from a tape. The clock stands still unless it is moved.
pub(crate) struct ScriptedHost<'a> {
    tape: &'a Tape,
    /// As in the tape, but for the folded methods that have come to mean others.
    methods: Vec<MethodScript>,
    /// How often each fiber was forgotten.
    lives: Vec<u64>,
    pub(crate) clock: u64,
    /// The fiber and the number of the event that questions are about.
    pub(crate) running: usize,
    pub(crate) event: usize,
    /// Questions are about methods that run already: nobody is being called.
    pub(crate) nobody_is_called: bool,
}

/// The identity of a method; number 0 is code outside any method.
pub(crate) fn key(method: usize) -> MethodKey {
    let method = method as u64;
    MethodKey {
        owner: method * 0x28,
        called: method,
    }
}

/// The method that has this identity.
pub(crate) fn number(key: MethodKey) -> usize {
    key.called as usize
}

/// The token of a fiber: not 0.
pub(crate) fn token(fiber: usize) -> u64 {
    0x7f00 + 0x100 * fiber as u64
}

/// The token of a thread.
pub(crate) fn thread_token(thread: usize) -> u64 {
    0x9000 + thread as u64
}

pub(crate) fn locate(sources: &mut Sources, (file, line): Place) -> Location {
    let file: Option<FileId> = file.map(|file| sources.file(file.as_bytes()));
    Location { file, line }
}

impl<'a> ScriptedHost<'a> {
    pub(crate) fn new(tape: &'a Tape) -> Self {
        Self {
            tape,
            methods: tape.methods.clone(),
            lives: Vec::new(),
            // Clocks do not start at 0.
            clock: 1 << 40,
            running: 0,
            event: 0,
            nobody_is_called: false,
        }
    }

    /// The token of `fiber` is given to another one.
    pub(crate) fn forget(&mut self, fiber: usize) {
        self.lives.resize(self.lives.len().max(fiber + 1), 0);
        self.lives[fiber] += 1;
    }

    fn script(&self, method: usize) -> MethodScript {
        self.methods.get(method).copied().unwrap_or_default()
    }

    fn known_as(&self, method: usize) -> usize {
        self.script(method).folded_into.unwrap_or(method)
    }

    pub(crate) fn refold(&mut self, method: usize, into: Option<usize>) {
        if let Some(script) = self.methods.get_mut(method)
            && script.folded_into.is_some()
        {
            script.folded_into = into;
        }
    }
}

impl Host for ScriptedHost<'_> {
    fn now(&mut self) -> u64 {
        self.clock
    }

    fn fiber(&mut self) -> FiberOrigin {
        let script = self.tape.fiber(self.running);
        let lives = self.lives.get(self.running).copied().unwrap_or(0);
        FiberOrigin {
            thread_id: tape::thread_id(script.thread),
            fiber_id: tape::fiber_id(self.running, lives),
            thread_token: thread_token(script.thread),
            ignored: script.ignored,
        }
    }

    /// Known at two of three events, and then anything.
    fn away(&mut self) -> Option<Away> {
        let event = self.event as u64;
        (!event.is_multiple_of(3)).then_some(Away {
            gvl_wait: event % 7,
            worked: event % 5,
        })
    }

    fn live_frames(&mut self, sources: &mut Sources) -> Option<Vec<LiveFrame>> {
        self.nobody_is_called = true;
        let live = self.tape.fiber(self.running).live;
        let frames = live
            .iter()
            .map(|(method, tag)| LiveFrame {
                key: key(*method),
                tag: *tag,
                transparent: false,
                definition: locate(sources, definition(self.known_as(*method))),
                position: locate(sources, tape::live_place(*method)),
            })
            .collect();
        Some(frames)
    }

    fn method(&mut self, asked: MethodKey) -> MethodOrigin {
        let known_as = self.known_as(number(asked));
        MethodOrigin {
            folded_into: self.script(number(asked)).folded_into.map(key),
            hidden: self.script(known_as).hidden,
        }
    }

    fn definition(&mut self, asked: MethodKey, sources: &mut Sources) -> Location {
        let place = match self.nobody_is_called {
            true => (Some("unknown.rb".into()), 1),
            false => definition(self.known_as(number(asked))),
        };
        locate(sources, place)
    }

    fn call_site(&mut self, sources: &mut Sources) -> Location {
        locate(sources, tape::call_place(self.event))
    }
}

/// Where a method is defined; code outside any method is not.
pub(crate) fn definition(method: usize) -> Place {
    match method {
        0 => (None, 0),
        _ => (Some(format!("m{method}.rb")), method as u32),
    }
}

/// Names methods after their numbers, and remembers who was asked for.
#[derive(Default)]
pub(crate) struct ScriptedNames {
    pub(crate) asked: Vec<MethodKey>,
}

impl Names for ScriptedNames {
    fn method(&mut self, key: MethodKey) -> MethodName {
        self.asked.push(key);
        match number(key) {
            0 => MethodName::default(),
            method => MethodName {
                class_name: "Klass".into(),
                owner_kind: OwnerKind::ClassSingleton,
                name: Some(format!("m{method}")),
            },
        }
    }

    fn class(&mut self, class: u64) -> (String, OwnerKind) {
        (format!("Object{class}"), OwnerKind::Plain)
    }
}

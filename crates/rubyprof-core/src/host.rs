//! What a recorder asks of its embedder.

use crate::method::{MethodKey, OwnerKind};
use crate::methods::MethodOrigin;
use crate::source::{Location, Sources};

/// Answers questions that only the running program can answer. All but [`now`](Self::now) are asked
/// rarely: when a method, a call path or a fiber is seen for the first time.
///
/// Questions are asked in the middle of an event, and the answers are about that event.
pub trait Host {
    /// The clock's reading, in ticks. Must not go backwards by more than scheduling noise.
    fn now(&mut self) -> u64;

    /// Which fiber is running.
    fn fiber(&mut self) -> FiberOrigin;

    /// What the running thread did since it stopped running; `None` if that is not known. Asked when a fiber goes on that was seen before.
    fn away(&mut self) -> Option<Away> {
        None
    }

    /// The running fiber's methods that were called before the event, outermost first. `None` if they
    /// cannot be told yet, because the fiber has not begun: then they are asked for again.
    fn live_frames(&mut self, sources: &mut Sources) -> Option<Vec<LiveFrame>>;

    /// How a method that is being called, or runs, is to be recorded.
    fn method(&mut self, key: MethodKey) -> MethodOrigin;

    /// Where the method that is being called is defined.
    fn definition(&mut self, key: MethodKey, sources: &mut Sources) -> Location;

    /// Where the caller is as it makes the call.
    fn call_site(&mut self, sources: &mut Sources) -> Location;
}

/// A fiber as it is first seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FiberOrigin {
    /// The thread's object id.
    pub thread_id: u64,
    /// The fiber's object id.
    pub fiber_id: u64,
    /// Any number that tells live threads apart.
    pub thread_token: u64,
    /// Nothing of it is recorded.
    pub ignored: bool,
}

/// What a thread did between the time it stopped and the time it ran again, in ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Away {
    /// For how long it could have run but for the GVL.
    pub gvl_wait: u64,
    /// For how long it worked without the GVL. What remains it was blocked.
    pub worked: u64,
}

/// A method that was called before its fiber was first seen, and has not returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveFrame {
    /// The method; the default key stands for code outside any method.
    pub key: MethodKey,
    /// What its return will carry.
    pub tag: u64,
    /// Its calls are those of the recorded method below it, as if it were hidden.
    pub transparent: bool,
    /// Where the method is defined.
    pub definition: Location,
    /// Where the method is now.
    pub position: Location,
}

/// Resolves identities when the recording is over.
pub trait Names {
    /// The names of a method.
    fn method(&mut self, key: MethodKey) -> MethodName;
    /// The name of a class.
    fn class(&mut self, class: u64) -> (String, OwnerKind);
    /// Whether a method that has no file is an attribute's reader or writer: to trace its calls costs what those of methods in
    /// Ruby cost, since the VM gives up its shortcut for it.
    fn is_attribute(&mut self, _key: MethodKey) -> bool {
        false
    }
}

/// A method's names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MethodName {
    /// As [`Method::class_name`](crate::Method::class_name).
    pub class_name: String,
    /// As [`Method::owner_kind`](crate::Method::owner_kind).
    pub owner_kind: OwnerKind,
    /// As [`Method::name`](crate::Method::name).
    pub name: Option<String>,
}

//! Objects that are made, by class and line.

use super::Recorder;
use crate::method::MethodKey;
use crate::source::Location;
use crate::tally::TallyKey;

impl Recorder {
    /// An object of `class` was made by code of the method `lexical` (of the running method if that
    /// one is not recorded). Returns the place of its count, for
    /// [`allocated_bytes`](Self::allocated_bytes).
    pub fn allocated(
        &mut self,
        lexical: Option<MethodKey>,
        class: u64,
        location: Location,
    ) -> Option<usize> {
        if self.is_ignoring() || self.paused_at.is_some() {
            return None;
        }
        let thread = self.current?;
        let lexical = lexical
            .and_then(|key| self.methods.find(key))
            .filter(|method| !self.methods.get(*method).hidden);
        let method = lexical.unwrap_or_else(|| self.tree.method(self.top));
        let site = self.sources.site(location);
        if let Some(node) = self.window() {
            self.tree.add_object(node);
        }
        Some(self.tally.add(TallyKey {
            thread: thread as u32,
            method,
            class,
            site,
        }))
    }

    /// An object that was counted at `place` has so many bytes.
    pub fn allocated_bytes(&mut self, place: usize, bytes: u64) {
        self.tally.add_bytes(place, bytes);
    }
}

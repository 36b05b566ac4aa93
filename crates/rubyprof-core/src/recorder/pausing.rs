//! Time in which nothing is recorded.

use super::Recorder;

impl Recorder {
    /// Stops recording; calls and returns still have to be reported, so that frames stay known.
    /// No effect when paused.
    pub fn pause(&mut self, now: u64) {
        if self.paused_at.is_none() {
            self.paused_at = Some(self.profile_time(now));
            self.refresh_token();
        }
    }

    /// Goes on recording. The time since [`pause`](Self::pause) is nobody's. No effect unless paused.
    pub fn resume(&mut self, now: u64) {
        if let Some(paused_at) = self.paused_at.take() {
            self.paused_for = now.wrapping_sub(paused_at);
            self.refresh_token();
        }
    }

    /// Whether the recorder is paused.
    pub fn is_paused(&self) -> bool {
        self.paused_at.is_some()
    }
}

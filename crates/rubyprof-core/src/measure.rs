//! What a profile measures.

/// The quantity whose growth is recorded between a call and its return.
///
/// The numbers are those of ruby-prof's constants (`RubyProf::WALL_TIME` and so on).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MeasureMode {
    /// Elapsed time. Unit: nanoseconds.
    #[default]
    WallTime,
    /// CPU time of the whole process. Unit: nanoseconds.
    ProcessTime,
    /// Objects the VM created. Unit: objects.
    Allocations,
    /// Memory of the objects the VM created. Unit: bytes.
    Memory,
}

/// The unit of every measured number of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Integer nanoseconds.
    Nanoseconds,
    /// A number of objects.
    Objects,
    /// A number of bytes.
    Bytes,
}

impl MeasureMode {
    /// All modes, in the order of their numbers.
    pub const ALL: [Self; 4] = [
        Self::WallTime,
        Self::ProcessTime,
        Self::Allocations,
        Self::Memory,
    ];

    /// The mode with ruby-prof's number `number`; `None` for a number that no mode has.
    pub fn from_number(number: i64) -> Option<Self> {
        usize::try_from(number)
            .ok()
            .and_then(|index| Self::ALL.get(index).copied())
    }

    /// ruby-prof's number of this mode.
    pub fn number(self) -> i64 {
        match self {
            Self::WallTime => 0,
            Self::ProcessTime => 1,
            Self::Allocations => 2,
            Self::Memory => 3,
        }
    }

    /// The identifier, as in `Profile#measure_mode_string`.
    pub fn id(self) -> &'static str {
        match self {
            Self::WallTime => "wall_time",
            Self::ProcessTime => "process_time",
            Self::Allocations => "allocations",
            Self::Memory => "memory",
        }
    }

    /// The name a reader sees.
    pub fn title(self) -> &'static str {
        match self {
            Self::WallTime => "Wall Time",
            Self::ProcessTime => "Process Time",
            Self::Allocations => "Allocations",
            Self::Memory => "Memory",
        }
    }

    /// The unit of the numbers measured in this mode.
    pub fn unit(self) -> Unit {
        match self {
            Self::WallTime | Self::ProcessTime => Unit::Nanoseconds,
            Self::Allocations => Unit::Objects,
            Self::Memory => Unit::Bytes,
        }
    }
}

//! Random tapes: the recorder against the reference model, and files. See README.md.

mod files;

#[allow(dead_code, reason = "shared with the tests, which use more")]
#[path = "../../crates/rubyprof-core/tests/support/mod.rs"]
mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use rubyprof_core::Scale;

use support::decode::{Manners, Record, WORLD, decode};
use support::driver::{Way, record_with};
use support::summary::Summary;
use support::tape::Tape;
use support::{invariants, reference};

struct Options {
    seed: u64,
    tapes: u64,
    events: u64,
}

/// What a tape is made of.
#[derive(Clone)]
struct Case {
    world: [u8; WORLD],
    records: Vec<Record>,
    manners: Manners,
    scale: Scale,
    /// What happens to the files.
    damage: u64,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\nusage: [--seed N] [--tapes N] [--events N]");
            return ExitCode::from(2);
        }
    };
    let mut events = 0;
    for seed in options.seed..options.seed.saturating_add(options.tapes) {
        let case = Case::random(seed, options.events);
        events += case.tape().events.len();
        // A failure prints what differs, and once more for the shrunk tape.
        if !holds(&case) {
            report(seed, case);
            return ExitCode::FAILURE;
        }
    }
    println!("{} tapes, {events} events: no difference", options.tapes);
    ExitCode::SUCCESS
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        seed: 1,
        tapes: 10_000,
        events: 400,
    };
    while let Some(name) = arguments.next() {
        let target = match name.as_str() {
            "--seed" => &mut options.seed,
            "--tapes" => &mut options.tapes,
            "--events" => &mut options.events,
            _ => return Err(format!("unknown option {name}")),
        };
        let value = arguments.next().unwrap_or_default();
        *target = value
            .parse()
            .map_err(|_| format!("{name} needs a number, not {value:?}"))?;
    }
    Ok(options)
}

impl Case {
    fn random(seed: u64, events: u64) -> Self {
        let mut random = Random(seed);
        let length = random.next() % (events + 1);
        Self {
            world: std::array::from_fn(|_| random.next() as u8),
            records: (0..length)
                .map(|_| std::array::from_fn(|_| random.next() as u8))
                .collect(),
            manners: match random.next() % 3 {
                0 => Manners::WellFormed,
                _ => Manners::Wild,
            },
            scale: match random.next() % 2 {
                0 => Scale::ONE,
                _ => Scale::from_ratio(1 + random.next() % 1000, 1 + random.next() % 1000),
            },
            damage: random.next(),
        }
    }

    fn tape(&self) -> Tape {
        decode(&self.world, &self.records, self.manners)
    }

    /// Panics if the recorder and the model come to different ends.
    fn check(&self) {
        let tape = self.tape();
        let expected = reference::summary(&tape, self.scale);
        let usual = record_with(&tape, self.scale, Way::Usual);
        assert_eq!(usual.summary(), expected);
        assert_eq!(
            record_with(&tape, self.scale, Way::Slow).summary(),
            expected
        );
        invariants::check(&usual.profile);
        files::check(&usual.profile, self.damage);

        // The same program again, but ending halfway.
        let mut half = self.clone();
        half.records.truncate(self.records.len() / 2);
        let half = half.tape();
        let later = record_with(&half, self.scale, Way::Usual).profile;
        let both = usual.profile.followed_by(&later);
        let expected = expected.followed_by(&reference::summary(&half, self.scale));
        assert_eq!(Summary::of(&both, expected.unmatched), expected);
        invariants::check(&both);
        files::check(&both, !self.damage);
    }
}

fn holds(case: &Case) -> bool {
    catch_unwind(AssertUnwindSafe(|| case.check())).is_ok()
}

/// Prints the smallest tape like `case` that fails.
fn report(seed: u64, case: Case) {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let case = shrink(case);
    std::panic::set_hook(hook);
    println!("\nseed {seed}, shrunk to:\n{:?}\n", case.tape());
    holds(&case);
}

/// Leaves out events, many at a time and then few, as long as the tape fails without them.
fn shrink(mut case: Case) -> Case {
    let mut chunk = case.records.len().max(1);
    while chunk > 0 {
        let mut from = 0;
        while from < case.records.len() {
            let mut smaller = case.clone();
            let to = (from + chunk).min(case.records.len());
            smaller.records.drain(from..to);
            if holds(&smaller) {
                from += chunk;
            } else {
                case = smaller;
            }
        }
        chunk /= 2;
    }
    for index in 0..WORLD {
        let mut plainer = case.clone();
        plainer.world[index] = 0;
        if !holds(&plainer) {
            case = plainer;
        }
    }
    case
}

/// SplitMix64 (Steele, Lea, Flood 2014): any seed is as good as any other.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

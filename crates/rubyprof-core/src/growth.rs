//! How fast counts grow with the size of the input: complexity from exact call counts.
//!
//! Counts carry no noise of measurement, but they do have structure that is not growth: offsets (`a*n + b`), floors and
//! ceilings, work that is done once, and data (a filter keeps some elements and not others, a sort compares a few per
//! cent more or less). Two questions are answered, and they are not the same:
//!
//! - [`Counts::class`] is the best name for what is seen, a guess where several fit.
//! - [`Counts::exceeds`] is for assertions: it says yes only if no class up to the bound can explain the counts.
//!
//! # Procedure
//!
//! Every class has a model `f`: log2 n, n, n log2 n, n², n³. Counts belong to it if `count = a*f(n) + b`. Differences of
//! counts take `b` out, so the *slope* between two sizes, the difference of the counts over that of `f`, is `a` everywhere; of counts
//! that grow faster than `f` it rises. That is the guess-ratio rule of McGeoch, Sanders, Fleischer, Cohen and Precup
//! ("Using Finite Experiments to Study Asymptotic Performance", 2002), on differences, as in their difference rule.
//! (Goldsmith, Aiken and Wilkerson, "Measuring Empirical Computational Complexity", 2007, fit a power of n to basic-block
//! counts; an offset bends such a fit, so we do not.)
//!
//! Counts grow faster than the class of `f` if all of this holds:
//!
//! 1. They are not on `a*f(n) + b`, give or take rounding (`rounding.rs`). What fits, whatever `a` and `b`, never exceeds.
//! 2. Either the counts are exactly those of a higher class (`exact.rs`: a polynomial with whole coefficients, one with a
//!    point to spare, a multiple of a model; chance would not do that), or the slopes rise by more than data could make
//!    them (`rise.rs`: 2.5 standard deviations of a model of chance which depends on the sizes only).
//!
//! And it holds for every lower class too, so that what exceeds quadratic exceeds linear.
//!
//! # What cannot be told
//!
//! - From two sizes, only whether the counts differ: through two points goes a curve of every class, with some offset.
//!   `class` then takes the offset for zero; `exceeds` is false for every bound but constant.
//! - n log n from linear, unless it is exact, where the sizes are so near that data can do the same. The rule is that
//!   of `rise.rs`: 10, 100, 1000 and 64, 512, 4096 tell, 50, 100, 200, 400 do not. For a class further up (quadratic from linear) sizes
//!   that span a factor of eight tell; below that, only exact counts do.
//! - A function that begins late (`max(0, n - 50)`) from a curve, where fewer than three sizes lie above the beginning.
//! - Whatever lies beyond the largest size: `n + n²/10000` is a line up to a hundred.

mod best;
mod exact;
mod exponential;
mod model;
mod rise;
mod rounding;

use std::fmt;

use model::{MODELS, Model};

/// How counts grow with the size, in order of growth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Growth {
    /// The same at every size.
    Constant,
    /// With the logarithm of the size.
    Logarithmic,
    /// With the size.
    Linear,
    /// With the size times its logarithm.
    NLogN,
    /// With the square of the size.
    Quadratic,
    /// With its cube.
    Cubic,
    /// By a factor with each step of the size.
    Exponential,
    /// None of these: counts that fall, jump, or grow in another way.
    Irregular,
}

impl Growth {
    /// Those that can be a bound, in order of growth: all but [`Growth::Irregular`].
    pub const CLASSES: [Self; 7] = [
        Self::Constant,
        Self::Logarithmic,
        Self::Linear,
        Self::NLogN,
        Self::Quadratic,
        Self::Cubic,
        Self::Exponential,
    ];

    /// Its name in Ruby.
    pub fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Logarithmic => "logarithmic",
            Self::Linear => "linear",
            Self::NLogN => "n_log_n",
            Self::Quadratic => "quadratic",
            Self::Cubic => "cubic",
            Self::Exponential => "exponential",
            Self::Irregular => "irregular",
        }
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Why there is nothing to say about counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCounts {
    /// Fewer than two sizes.
    TooFew,
    /// A size that is 0, or not larger than the one before it.
    NotIncreasing,
    /// Not one count a size.
    OtherLength,
}

/// The counts of one method or edge at several sizes.
#[derive(Clone, Debug)]
pub struct Counts {
    sizes: Vec<u64>,
    counts: Vec<u64>,
}

impl Counts {
    /// `counts[i]` is how often something happened at the size `sizes[i]`.
    ///
    /// # Errors
    ///
    /// [`BadCounts`] unless there are at least two sizes, increasing from 1 upwards, and as many counts.
    pub fn new(sizes: &[u64], counts: &[u64]) -> Result<Self, BadCounts> {
        if sizes.len() < 2 {
            return Err(BadCounts::TooFew);
        }
        if sizes[0] == 0 || sizes.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(BadCounts::NotIncreasing);
        }
        if sizes.len() != counts.len() {
            return Err(BadCounts::OtherLength);
        }
        Ok(Self {
            sizes: sizes.to_vec(),
            counts: counts.to_vec(),
        })
    }

    /// The class that describes the counts best; of classes that do equally well, the lowest.
    pub fn class(&self) -> Growth {
        if self.is_constant() {
            return Growth::Constant;
        }
        if self.len() == 2 {
            return best::of_two(self);
        }
        let models = self.models();
        if let Some(class) = best::rounded(self, &models) {
            return class;
        }
        let exactly = exact::class(self, &models);
        if let Some(class) = exactly {
            return class;
        }
        best::flattest(self, &models, |model| self.outgrows(model, exactly))
    }

    /// Whether the counts grow faster than `bound`. Counts that differ exceed constant, even if they fall; what exceeds a
    /// bound exceeds those below it; nothing exceeds exponential.
    pub fn exceeds(&self, bound: Growth) -> bool {
        if self.is_constant() {
            return false;
        }
        if bound == Growth::Constant {
            return true;
        }
        if self.len() == 2 || bound >= Growth::Exponential || self.class() <= bound {
            return false;
        }
        let models = self.models();
        let exactly = exact::class(self, &models);
        let up_to_bound = MODELS.iter().filter(|class| **class <= bound).count();
        // A model left out (its numbers are too large) is one that cannot be told.
        let told = models.iter().filter(|model| model.class <= bound);
        told.clone().count() == up_to_bound
            && told.into_iter().all(|model| self.outgrows(model, exactly))
    }

    /// Whether the counts grow faster than this one model allows.
    fn outgrows(&self, model: &Model, exactly: Option<Growth>) -> bool {
        if rounding::fits_from_below(self, model) {
            return false;
        }
        exactly.is_some_and(|class| class > model.class) || rise::is_beyond_chance(self, model)
    }

    fn models(&self) -> Vec<Model> {
        let models = MODELS.iter();
        models
            .filter_map(|class| Model::new(*class, &self.sizes))
            .collect()
    }

    fn len(&self) -> usize {
        self.sizes.len()
    }

    fn is_constant(&self) -> bool {
        self.counts.iter().all(|count| *count == self.counts[0])
    }

    /// These points only.
    fn at_points(&self, points: &[usize]) -> Self {
        Self {
            sizes: points.iter().map(|point| self.sizes[*point]).collect(),
            counts: points.iter().map(|point| self.counts[*point]).collect(),
        }
    }

    /// The points whose sizes are well apart: each at least a quarter larger than the one before. Slopes between others say
    /// little. All of them, if that leaves fewer than three.
    fn spread_out(&self) -> Vec<usize> {
        let last = self.len() - 1;
        let is_far = |from: usize, to: usize| {
            u128::from(self.sizes[to]) * 4 >= u128::from(self.sizes[from]) * 5
        };
        let mut kept = vec![0];
        for point in 1..last {
            if is_far(kept[kept.len() - 1], point) && is_far(point, last) {
                kept.push(point);
            }
        }
        kept.push(last);
        if kept.len() < 3 {
            (0..=last).collect()
        } else {
            kept
        }
    }

    /// The largest number that divides all differences: what one step of the function adds. Scaled counts have a scaled unit.
    fn unit(&self) -> u64 {
        let differences = self.counts.windows(2).map(|pair| pair[0].abs_diff(pair[1]));
        differences.fold(0, gcd).max(1)
    }

    /// The unit, as far as it can be taken for one. The squares of 50, 100 and 200 have a unit of 7500 because their
    /// sizes are round, not because 7500 calls are one step; a step that does not depend on the size is seldom more calls than the smallest size.
    fn careful_unit(&self) -> u64 {
        self.unit().min(self.sizes[0])
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    let (mut a, mut b) = (a, b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

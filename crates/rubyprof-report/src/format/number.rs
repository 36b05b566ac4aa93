//! Numbers for readers.
//!
//! Everything is integer arithmetic on the recorded nanoseconds, so a golden file never depends on
//! how a float is rounded. `assets/graph_html.js` does the same for rows it renders itself.

use rubyprof_core::Unit;

/// `1234567` -> `1,234,567`.
pub(crate) fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Nanoseconds in the unit that suits them, three digits: `45 ns`, `1.23 µs`, `12.3 ms`, `123 s`.
pub(crate) fn duration(nanoseconds: u64) -> String {
    if nanoseconds < 1_000 {
        return format!("{nanoseconds} ns");
    }
    let units = [(1_000, "µs"), (1_000_000, "ms"), (1_000_000_000, "s")];
    three_digits(nanoseconds, units).unwrap_or_else(|| {
        let rounded_up = nanoseconds % 1_000_000_000 >= 500_000_000;
        let seconds = nanoseconds / 1_000_000_000 + u64::from(rounded_up);
        format!("{} s", thousands(seconds))
    })
}

/// `value` in the first unit in which it is below 1,000, with three digits.
fn three_digits(value: u64, units: [(u128, &str); 3]) -> Option<String> {
    let value = u128::from(value);
    for (unit, name) in units {
        for (decimals, scale) in [(2, 100), (1, 10), (0, 1)] {
            // Rounding may carry into the next digit (9.999 -> 10.0), so the rounded number decides.
            let rounded: u128 = (value * scale + unit / 2) / unit;
            if rounded < 1_000 {
                let whole = rounded / scale;
                return Some(match decimals {
                    0 => format!("{whole} {name}"),
                    _ => format!("{whole}.{:0decimals$} {name}", rounded % scale),
                });
            }
        }
    }
    None
}

/// A measured value in the unit that suits it; objects as a count.
pub(crate) fn value(value: u64, unit: Unit) -> String {
    match unit {
        Unit::Nanoseconds => duration(value),
        Unit::Objects => thousands(value),
        Unit::Bytes => bytes(value),
    }
}

/// Bytes in the unit that suits them, three digits: `45 B`, `1.23 kB`, `12.3 MB`, powers of 1,000.
pub(crate) fn bytes(value: u64) -> String {
    if value < 1_000 {
        return format!("{value} B");
    }
    let units = [(1_000, "kB"), (1_000_000, "MB"), (1_000_000_000, "GB")];
    three_digits(value, units).unwrap_or_else(|| format!("{} GB", thousands(value / 1_000_000_000)))
}

/// A measured value to the last digit, with its unit.
pub(crate) fn exact(value: u64, unit: Unit) -> String {
    let digits = thousands(value);
    match unit {
        Unit::Nanoseconds => format!("{digits} ns"),
        Unit::Objects if value == 1 => "1 object".to_owned(),
        Unit::Objects => format!("{digits} objects"),
        Unit::Bytes if value == 1 => "1 byte".to_owned(),
        Unit::Bytes => format!("{digits} bytes"),
    }
}

/// A share with two decimals. What is not nothing never looks like nothing.
pub(crate) fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.005 {
        "<0.01%".to_owned()
    } else {
        format!("{share:.2}%")
    }
}

/// Nanoseconds as seconds with as many decimals as ruby-prof's `Total:` has, six, or nine where
/// six would lose something.
pub(crate) fn seconds(nanoseconds: u64) -> String {
    let whole = nanoseconds / 1_000_000_000;
    let rest = nanoseconds % 1_000_000_000;
    if rest.is_multiple_of(1_000) {
        format!("{whole}.{:06}", rest / 1_000)
    } else {
        format!("{whole}.{rest:09}")
    }
}

/// Nanoseconds as seconds with six decimals, rounded up, so that what is not nothing never looks like
/// nothing; nine beside a total below a millisecond.
pub(crate) fn rounded_seconds(nanoseconds: u64, total: u64) -> String {
    match total < 1_000_000 {
        true => format!(
            "{}.{:09}",
            nanoseconds / 1_000_000_000,
            nanoseconds % 1_000_000_000
        ),
        false => {
            let microseconds = nanoseconds.div_ceil(1_000);
            format!(
                "{}.{:06}",
                microseconds / 1_000_000,
                microseconds % 1_000_000
            )
        }
    }
}

/// `part` of `total` in percent with one decimal: enough where the number is uncertain itself.
pub(crate) fn share(part: u64, total: u64) -> String {
    if total == 0 {
        return "0.0%".to_owned();
    }
    let thousandths = (u128::from(part) * 1_000 + u128::from(total) / 2) / u128::from(total);
    match (thousandths, part) {
        (0, 1..) => "<0.1%".to_owned(),
        _ => format!("{}.{}%", thousandths / 10, thousandths % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(thousands(value), text);
        }
    }

    #[test]
    fn durations_have_three_digits_and_carry() {
        for (value, text) in [
            (0, "0 ns"),
            (999, "999 ns"),
            (1_000, "1.00 µs"),
            (9_994, "9.99 µs"),
            (9_995, "10.0 µs"),
            (99_950, "100 µs"),
            (812_000, "812 µs"),
            (999_499, "999 µs"),
            (999_500, "1.00 ms"),
            (2_500_000_000, "2.50 s"),
            (999_499_999_999, "999 s"),
            (1_234_500_000_000, "1,235 s"),
            (u64::MAX, "18,446,744,074 s"),
        ] {
            assert_eq!(duration(value), text, "{value}");
        }
    }

    #[test]
    fn exact_values_name_their_unit() {
        assert_eq!(exact(1_234, Unit::Nanoseconds), "1,234 ns");
        assert_eq!(exact(1, Unit::Objects), "1 object");
        assert_eq!(exact(0, Unit::Objects), "0 objects");
        assert_eq!(value(1_234, Unit::Objects), "1,234");
        assert_eq!(exact(1, Unit::Bytes), "1 byte");
        assert_eq!(value(999, Unit::Bytes), "999 B");
        assert_eq!(value(1_234, Unit::Bytes), "1.23 kB");
        assert_eq!(value(12_345_678, Unit::Bytes), "12.3 MB");
        assert_eq!(value(2_000_000_000_000, Unit::Bytes), "2,000 GB");
    }

    #[test]
    fn a_small_share_is_not_zero() {
        assert_eq!(percent(0.0), "0.00%");
        assert_eq!(percent(0.001), "<0.01%");
        assert_eq!(percent(0.005), "0.01%");
        assert_eq!(percent(100.0), "100.00%");
    }

    #[test]
    fn rounded_seconds_suit_the_total() {
        for (value, total, text) in [
            (0, 0, "0.000000000"),
            (123, 999_999, "0.000000123"),
            (0, 1_000_000, "0.000000"),
            (1, 1_000_000, "0.000001"),
            (12_345_678, 56_789_000, "0.012346"),
            (61_000_000_000, 61_000_000_000, "61.000000"),
            (u64::MAX, u64::MAX, "18446744073.709552"),
        ] {
            assert_eq!(rounded_seconds(value, total), text);
        }
    }

    #[test]
    fn shares_have_one_decimal() {
        for (part, total, text) in [
            (0, 0, "0.0%"),
            (0, 5, "0.0%"),
            (1, 10_000, "<0.1%"),
            (1, 2_000, "0.1%"),
            (217, 1_000, "21.7%"),
            (u64::MAX, u64::MAX, "100.0%"),
        ] {
            assert_eq!(share(part, total), text);
        }
    }

    #[test]
    fn seconds_lose_nothing() {
        assert_eq!(seconds(0), "0.000000");
        assert_eq!(seconds(1_500_000), "0.001500");
        assert_eq!(seconds(1_500_001), "0.001500001");
        assert_eq!(seconds(61_000_000_000), "61.000000");
    }
}

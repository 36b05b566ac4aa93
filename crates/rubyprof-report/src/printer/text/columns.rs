//! How many of a terminal's columns characters take.
//!
//! Scripts of East Asia and most pictures take two, marks that stand on another character none: the ranges that Unicode's
//! EastAsianWidth.txt calls wide or full, put together as far as nothing else lies between them.

/// Ranges of characters of two columns, in order.
const WIDE: [(u32, u32); 28] = [
    (0x1100, 0x115f),
    (0x231a, 0x231b),
    (0x2329, 0x232a),
    (0x23e9, 0x23ec),
    (0x25fd, 0x25fe),
    (0x2614, 0x2615),
    (0x2648, 0x2653),
    (0x26aa, 0x26ab),
    (0x26bd, 0x26be),
    (0x26c4, 0x26c5),
    (0x2705, 0x2705),
    (0x270a, 0x270b),
    (0x2728, 0x2728),
    (0x274c, 0x274c),
    (0x2753, 0x2755),
    (0x2795, 0x2797),
    (0x2b1b, 0x2b1c),
    (0x2e80, 0x303e),
    (0x3041, 0x4dbf),
    (0x4e00, 0xa4cf),
    (0xa960, 0xa97c),
    (0xac00, 0xd7a3),
    (0xf900, 0xfaff),
    (0xfe30, 0xfe6b),
    (0xff01, 0xff60),
    (0xffe0, 0xffe6),
    (0x1f300, 0x1faff),
    (0x2_0000, 0x3_fffd),
];

/// Ranges of characters of none.
const NONE: [(u32, u32); 5] = [
    (0x300, 0x36f),
    (0x1ab0, 0x1aff),
    (0x20d0, 0x20ff),
    (0xfe00, 0xfe0f),
    (0xfe20, 0xfe2f),
];

fn of_char(char: char) -> usize {
    let code = u32::from(char);
    let is_in = |ranges: &[(u32, u32)]| {
        let place = ranges.partition_point(|(_, last)| *last < code);
        ranges.get(place).is_some_and(|(first, _)| *first <= code)
    };
    match code {
        // Most are.
        ..0x300 => 1,
        _ if is_in(&NONE) => 0,
        _ if is_in(&WIDE) => 2,
        _ => 1,
    }
}

/// How many columns a line takes.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(of_char).sum()
}

/// The longest beginning of at most so many columns.
pub(super) fn head(text: &str, limit: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, char)| {
        taken += of_char(*char);
        taken > limit
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

/// The longest end of at most so many columns.
pub(super) fn tail(text: &str, limit: usize) -> &str {
    let mut taken = 0;
    let chars = text.char_indices().rev().take_while(|(_, char)| {
        taken += of_char(*char);
        taken <= limit
    });
    &text[chars.last().map_or(text.len(), |(at, _)| at)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_have_their_widths() {
        assert_eq!(columns("größe…"), 6);
        assert_eq!(columns("Foo#日本語"), 10);
        assert_eq!(columns("한글 Ａ 🎉 𠀀"), 4 + 1 + 2 + 1 + 2 + 1 + 2);
        assert_eq!(columns("e\u{301}"), 1);
    }

    #[test]
    fn ends_are_cut_between_characters() {
        assert_eq!(head("日本語", 3), "日");
        assert_eq!(tail("日本語", 3), "語");
        assert_eq!((head("abc", 9), tail("abc", 9)), ("abc", "abc"));
        assert_eq!((head("abc", 0), tail("日", 1)), ("", ""));
    }

    #[test]
    fn ranges_are_in_order() {
        for ranges in [&WIDE[..], &NONE[..]] {
            let ends = ranges.iter().flat_map(|(first, last)| [first, last]);
            assert!(ends.is_sorted());
        }
    }
}

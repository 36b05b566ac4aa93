//! Numbers as bytes, bytes as text.

/// Appends `value` in groups of seven bits, the lowest first; all but the last have the top bit set.
pub(super) fn number(value: u128, out: &mut Vec<u8>) {
    let mut rest = value;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// A signed number as one without a sign, small ones staying small: 0, -1, 1, -2 become 0, 1, 2, 3.
pub(super) fn folded(value: i128) -> u128 {
    ((value << 1) ^ (value >> 127)) as u128
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `bytes` in base64, padded.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            text.push(if place <= group.len() {
                char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize])
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{base64, folded, number};

    #[test]
    fn small_numbers_are_one_byte() {
        let bytes = |value| {
            let mut out = Vec::new();
            number(value, &mut out);
            out
        };
        assert_eq!(bytes(0), [0]);
        assert_eq!(bytes(127), [127]);
        assert_eq!(bytes(128), [0x80, 1]);
        assert_eq!(bytes(300), [0xac, 2]);
        assert_eq!(bytes(u128::MAX).len(), 19);
    }

    #[test]
    fn signs_are_folded() {
        let values = [0, -1, 1, -2, 2, i128::from(u64::MAX), -i128::from(u64::MAX)];
        let expected = [0, 1, 2, 3, 4, (1 << 65) - 2, (1 << 65) - 3];
        assert_eq!(values.map(folded), expected);
    }

    #[test]
    fn base64_is_what_browsers_read() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"foobar", "Zm9vYmFy"),
            (&[0xff, 0xfe, 0xfd, 0xfc], "//79/A=="),
        ] {
            assert_eq!(base64(bytes), text);
        }
    }
}

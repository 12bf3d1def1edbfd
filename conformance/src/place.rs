//! Where in a text something stands.

/// The line, from 1, of the octet at `offset`; of the end if there are fewer.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|octet| *octet == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_in_octets_wherever_they_fall() {
        for (offset, line) in [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2), (99, 2)] {
            assert_eq!(line_at("é\nb", offset), line, "{offset}");
        }
    }
}

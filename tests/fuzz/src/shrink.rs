//! A finding in as few octets as it takes.

/// Leaves out parts of `input`, ever smaller ones, as long as `fails` says that it still does. At most `tries` questions.
pub fn shrink(input: &[u8], mut tries: usize, mut fails: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut best = input.to_vec();
    let mut size = best.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < best.len() && tries > 0 {
            tries -= 1;
            let mut shorter = best.clone();
            shorter.drain(at..best.len().min(at + size));
            if fails(&shorter) {
                best = shorter;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_it_takes_is_left() {
        let fails = |octets: &[u8]| octets.contains(&b'x') && octets.contains(&b'y');
        assert_eq!(shrink(b"aaaaxbbbbbbbycc", 1000, fails), b"xy");
        assert_eq!(shrink(b"axy", 0, fails), b"axy", "no questions left");
    }
}

//! Bending octets.

use fastrand::Rng;

/// Longest input, in octets.
pub const LONGEST: usize = 1 << 14;

/// Octets where decoders break: ends of ranges, lengths, quotes, brackets, the beginning of longer characters.
const ODD: &[u8] = b"\x00\x01\x7f\x80\x81\x84\xff\xc3\xe2\xf0()[]{}<>'\"\\%&$,;:=*/+-._ \t\r\n09aZ";

/// Bends `input` one to six times; `other` lends parts, `words` are strewn in.
pub fn bend(rng: &mut Rng, input: &[u8], other: &[u8], words: &[&str]) -> Vec<u8> {
    let mut octets = input.to_vec();
    for _ in 0..rng.usize(1..=6) {
        once(rng, &mut octets, other, words);
    }
    octets.truncate(LONGEST);
    octets
}

fn once(rng: &mut Rng, octets: &mut Vec<u8>, other: &[u8], words: &[&str]) {
    match rng.u8(0..9) {
        0 => flip(rng, octets),
        1 => replace(rng, octets),
        2 => {
            let odd = rng_odd(rng);
            insert(rng, octets, &[odd]);
        }
        3 => cut(rng, octets),
        4 => repeat(rng, octets),
        5 => splice(rng, octets, other),
        6 => end(rng, octets),
        7 => number(rng, octets),
        _ => word(rng, octets, words),
    }
}

fn rng_odd(rng: &mut Rng) -> u8 {
    ODD[rng.usize(..ODD.len())]
}

fn flip(rng: &mut Rng, octets: &mut [u8]) {
    if let Some(octet) = pick(rng, octets) {
        *octet ^= 1 << rng.u8(0..8);
    }
}

fn replace(rng: &mut Rng, octets: &mut [u8]) {
    let odd = rng_odd(rng);
    if let Some(octet) = pick(rng, octets) {
        *octet = odd;
    }
}

fn pick<'a>(rng: &mut Rng, octets: &'a mut [u8]) -> Option<&'a mut u8> {
    let at = rng.usize(..octets.len().max(1));
    octets.get_mut(at)
}

fn insert(rng: &mut Rng, octets: &mut Vec<u8>, part: &[u8]) {
    let at = rng.usize(..=octets.len());
    octets.splice(at..at, part.iter().copied());
}

/// A part of up to 64 octets.
fn range(rng: &mut Rng, len: usize) -> std::ops::Range<usize> {
    let from = rng.usize(..=len);
    from..len.min(from + rng.usize(..=64))
}

fn cut(rng: &mut Rng, octets: &mut Vec<u8>) {
    let range = range(rng, octets.len());
    octets.drain(range);
}

/// Up to 300 times: nesting, long names.
fn repeat(rng: &mut Rng, octets: &mut Vec<u8>) {
    let range = range(rng, octets.len());
    let part = octets[range].to_vec();
    let times = if rng.u8(0..8) == 0 { rng.usize(2..=300) } else { rng.usize(1..=3) };
    insert(rng, octets, &part.repeat(times));
    octets.truncate(LONGEST);
}

fn splice(rng: &mut Rng, octets: &mut Vec<u8>, other: &[u8]) {
    let part = &other[range(rng, other.len())];
    insert(rng, octets, part);
}

fn end(rng: &mut Rng, octets: &mut Vec<u8>) {
    let len = rng.usize(..=octets.len());
    octets.truncate(len);
}

/// Numbers at the ends of their types, as text.
fn number(rng: &mut Rng, octets: &mut Vec<u8>) {
    const NUMBERS: [&str; 8] =
        ["0", "-1", "255", "65536", "2147483648", "-9223372036854775808", "18446744073709551616", "1e999"];
    let number = NUMBERS[rng.usize(..NUMBERS.len())];
    insert(rng, octets, number.as_bytes());
}

fn word(rng: &mut Rng, octets: &mut Vec<u8>, words: &[&str]) {
    let at = rng.usize(..words.len().max(1));
    if let Some(word) = words.get(at) {
        insert(rng, octets, word.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_bends_one_way_and_another_another() {
        let bent = |seed| {
            let mut rng = Rng::with_seed(seed);
            (0..200).map(|_| bend(&mut rng, b"(cn=alice)", b"abc", &["objectClass"])).collect::<Vec<_>>()
        };
        assert_eq!(bent(1), bent(1));
        assert_ne!(bent(1), bent(2));
        assert!(bent(1).iter().any(|octets| octets.len() > 100), "some grow");
    }

    #[test]
    fn nothing_grows_without_end() {
        let mut rng = Rng::with_seed(3);
        let mut octets = vec![b'('; LONGEST];
        for _ in 0..200 {
            octets = bend(&mut rng, &octets, b")))", &[]);
            assert!(octets.len() <= LONGEST);
        }
    }
}

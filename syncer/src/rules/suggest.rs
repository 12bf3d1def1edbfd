//! "Did you mean": the nearest known name.

/// The candidate nearest to `name`, if it is near enough to be meant: another case, or a third of the letters off.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let limit = (wanted.chars().count() / 3).max(1);
    let scored = candidates.into_iter().map(|c| (distance(&wanted, &c.to_lowercase()), c));
    scored.filter(|(d, _)| *d <= limit).min().map(|(_, c)| c)
}

/// ` (did you mean "x"?)`, or nothing.
#[must_use]
pub fn hint<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, candidates).map(|n| format!(" (did you mean \"{n}\"?)")).unwrap_or_default()
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_typos() {
        let known = ["userCertificate", "userSMIMECertificate", "mail"];
        assert_eq!(nearest("Usercertificate", known), Some("userCertificate"));
        assert_eq!(nearest("userSMIMECertificates", known), Some("userSMIMECertificate"));
        assert_eq!(nearest("department", known), None);
        assert_eq!(hint("mial", ["mail", "x"]), "", "two of four letters off is a guess");
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}

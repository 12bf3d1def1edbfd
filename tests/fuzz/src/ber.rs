//! Just enough BER to write well-formed requests to begin with.

/// One element of up to 65,535 octets.
pub(crate) fn element(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    let mut octets = vec![tag];
    match (u8::try_from(content.len()), u16::try_from(content.len())) {
        (Ok(short @ 0..0x80), _) => octets.push(short),
        (_, long) => {
            octets.push(0x82);
            octets.extend(long.unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    octets.extend(content);
    octets
}

/// OCTET STRING.
pub(crate) fn text(text: &str) -> Vec<u8> {
    element(4, &[text.as_bytes().to_vec()])
}

/// INTEGER (2), ENUMERATED (10) or BOOLEAN (1) of one octet.
pub(crate) fn small(tag: u8, value: u8) -> Vec<u8> {
    element(tag, &[vec![value]])
}

/// SEQUENCE.
pub(crate) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, parts)
}

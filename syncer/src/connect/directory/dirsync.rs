//! The DirSync control, MS-ADTS 3.1.1.3.4.1.3.

use ldap3::controls::RawControl;

use super::ber;

/// OID of the control, in requests and answers.
const OID: &str = "1.2.840.113556.1.4.841";

/// LDAP_DIRSYNC_ANCESTORS_FIRST_ORDER: parents come before their children.
const ANCESTORS_FIRST: u32 = 0x800;

/// How much one answer may carry; the server is free to send less or more.
const MAX_BYTES: i32 = 10 * 1024 * 1024;

/// The flags this connector asks for. Incremental values (`0x8000_0000`) are left out on purpose: a linked attribute
/// then comes as its whole list, like every other, and "apply as latest state" holds for replays too.
const FLAGS: u32 = ANCESTORS_FIRST;

/// What the server says at the end of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Round {
    /// There is more to fetch with the new cookie.
    pub(super) more: bool,
    /// Where to go on.
    pub(super) cookie: Vec<u8>,
}

/// The request control; critical, because a server that ignored it would answer with everything.
pub(super) fn request(cookie: &[u8]) -> RawControl {
    RawControl { ctype: OID.to_owned(), crit: true, val: Some(value(FLAGS, cookie)) }
}

/// `SEQUENCE { Flags, MaxBytes, Cookie }`. Flags are a *signed* 32-bit integer on Windows: `0x8000_0000` has to be
/// `02 04 80 00 00 00`; the five-octet positive form loses the flag silently.
fn value(flags: u32, cookie: &[u8]) -> Vec<u8> {
    ber::sequence(&[ber::integer(flags.cast_signed()), ber::integer(MAX_BYTES), ber::octets(cookie)])
}

/// Finds and reads the answer control.
pub(super) fn answer(controls: &[ldap3::controls::Control]) -> Option<Round> {
    let raw = &controls.iter().find(|control| control.1.ctype == OID)?.1;
    let mut fields = ber::Reader::sequence(raw.val.as_deref()?)?;
    let more = fields.integer()? != 0;
    fields.integer()?;
    Some(Round { more, cookie: fields.octets()?.to_vec() })
}

#[cfg(test)]
mod tests {
    use ldap3::controls::Control;

    use super::*;

    #[test]
    fn incremental_values_flag_is_four_octets() {
        let octets = value(0x8000_0000, b"c");
        assert_eq!(octets[2..8], [0x02, 0x04, 0x80, 0, 0, 0]);
    }

    #[test]
    fn request_is_critical_and_carries_the_cookie() {
        let control = request(b"cookie");
        assert!(control.crit);
        let octets = control.val.unwrap();
        let mut fields = ber::Reader::sequence(&octets).unwrap();
        assert_eq!(fields.integer(), Some(0x800));
        assert_eq!(fields.integer(), Some(i64::from(MAX_BYTES)));
        assert_eq!(fields.octets(), Some(&b"cookie"[..]));
    }

    #[test]
    fn answer_reads_more_and_cookie() {
        let val = ber::sequence(&[ber::integer(1), ber::integer(0), ber::octets(b"next")]);
        let control = Control(None, RawControl { ctype: OID.into(), crit: false, val: Some(val) });
        assert_eq!(answer(&[control]), Some(Round { more: true, cookie: b"next".to_vec() }));
    }

    #[test]
    fn answer_without_or_with_broken_control_is_none() {
        assert_eq!(answer(&[]), None);
        let control = Control(None, RawControl { ctype: OID.into(), crit: false, val: Some(vec![0x30, 9]) });
        assert_eq!(answer(&[control]), None);
    }
}

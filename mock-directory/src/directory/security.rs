//! Rights and security descriptors: administrators may everything, other accounts read.

use bytes::{BufMut, Bytes, BytesMut};

use super::entry::EntryId;
use super::forest::Forest;
use crate::schema::known;

/// SD_FLAGS bits (MS-ADTS 3.1.1.3.4.1.11).
const OWNER: u32 = 1;
const GROUP: u32 = 2;
const DACL: u32 = 4;
const SACL: u32 = 8;

/// Authenticated Users.
const AUTHENTICATED: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 5, 11, 0, 0, 0];
/// Local System.
const SYSTEM: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
/// Everyone.
const EVERYONE: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];

/// All of a directory object's rights, and those that reading takes.
const FULL_CONTROL: u32 = 0x000f_01ff;
const READ: u32 = 0x0002_0094;

/// The parts of an object's security descriptor that `flags` ask for, self-relative (MS-DTYP 2.4.6). A stored one of a
/// loaded dump comes back whole.
pub(crate) fn descriptor(forest: &Forest, id: EntryId, flags: u32) -> Bytes {
    if let Some(stored) = forest.entry(id).stored(known::NT_SECURITY_DESCRIPTOR).first() {
        return stored.clone();
    }
    let flags = if flags & 0xf == 0 { 0xf } else { flags };
    let admins = forest.sid_of(512);
    let rights = [(0, FULL_CONTROL, &*admins), (0, FULL_CONTROL, SYSTEM), (0, READ, AUTHENTICATED)];
    let audit = [(2, 0x000d_0000, EVERYONE)];
    let part = |flag: u32, octets: Vec<u8>| if flags & flag != 0 { octets } else { Vec::new() };
    let parts = [
        part(OWNER, admins.to_vec()),
        part(GROUP, admins.to_vec()),
        part(SACL, acl(&audit)),
        part(DACL, acl(&rights)),
    ];
    let mut control = 0x8000u16;
    control |= if parts[2].is_empty() { 0 } else { 0x0810 };
    control |= if parts[3].is_empty() { 0 } else { 0x0404 };
    assemble(control, &parts)
}

fn assemble(control: u16, parts: &[Vec<u8>; 4]) -> Bytes {
    let mut out = BytesMut::new();
    out.put_slice(&[1, 0]);
    out.put_u16_le(control);
    let mut offset = 20u32;
    for part in parts {
        out.put_u32_le(if part.is_empty() { 0 } else { offset });
        offset += u32::try_from(part.len()).unwrap_or(0);
    }
    for part in parts {
        out.put_slice(part);
    }
    out.freeze()
}

/// An access control list of (ACE type, mask, SID).
fn acl(aces: &[(u8, u32, &[u8])]) -> Vec<u8> {
    let mut body = BytesMut::new();
    for (kind, mask, sid) in aces {
        body.put_u8(*kind);
        // an audit entry names what it records: success and failure
        body.put_u8(if *kind == 2 { 0xc0 } else { 0 });
        body.put_u16_le(u16::try_from(8 + sid.len()).unwrap_or(u16::MAX));
        body.put_u32_le(*mask);
        body.put_slice(sid);
    }
    let mut out = BytesMut::new();
    out.put_slice(&[4, 0]);
    out.put_u16_le(u16::try_from(8 + body.len()).unwrap_or(u16::MAX));
    out.put_u16_le(u16::try_from(aces.len()).unwrap_or(u16::MAX));
    out.put_u16_le(0);
    out.put_slice(&body);
    out.to_vec()
}

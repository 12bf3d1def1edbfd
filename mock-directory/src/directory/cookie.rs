//! The DirSync cookie in the layout of real servers (observed on a Samba AD DC, librpc/idl/drsblobs.idl).

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// Greatest cookie that is looked at: a vector of about 4,000 servers.
const MAX_LENGTH: usize = 100_000;

/// How far a client has read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cookie {
    /// When it was made, as FILETIME.
    pub(crate) time: u64,
    /// USN of the last object that was sent; below `usn`'s successor set while there is more.
    pub(crate) object_usn: u64,
    /// Changes up to here are known to the client.
    pub(crate) usn: u64,
    /// The server that made it.
    pub(crate) invocation_id: [u8; 16],
    /// Servers and how far each of their changes are known.
    pub(crate) up_to_date: Vec<([u8; 16], u64)>,
}

impl Cookie {
    pub(crate) fn encode(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(84 + 24 * self.up_to_date.len());
        out.put_slice(b"MSDS");
        out.put_u32_le(3);
        out.put_u64_le(self.time);
        out.put_u64_le(0);
        out.put_u32_le(u32::try_from(16 + 24 * self.up_to_date.len()).unwrap_or(u32::MAX));
        out.put_u64_le(self.object_usn);
        out.put_u64_le(0);
        out.put_u64_le(self.usn);
        out.put_slice(&self.invocation_id);
        out.put_u32_le(1);
        out.put_u32_le(0);
        out.put_u32_le(u32::try_from(self.up_to_date.len()).unwrap_or(u32::MAX));
        out.put_u32_le(0);
        for (server, usn) in &self.up_to_date {
            out.put_slice(server);
            out.put_u64_le(*usn);
        }
        out.freeze()
    }

    /// `None`: not a cookie. The vector may be absent.
    pub(crate) fn decode(octets: &Bytes) -> Option<Self> {
        let mut rest = octets.clone();
        if rest.len() > MAX_LENGTH || rest.len() < 68 || &rest[..4] != b"MSDS" {
            return None;
        }
        rest.advance(4);
        if rest.get_u32_le() != 3 {
            return None;
        }
        let time = rest.get_u64_le();
        rest.advance(8);
        let extra = rest.get_u32_le();
        let object_usn = rest.get_u64_le();
        rest.advance(8);
        let usn = rest.get_u64_le();
        let mut invocation_id = [0; 16];
        rest.copy_to_slice(&mut invocation_id);
        if rest.len() != usize::try_from(extra).ok()? {
            return None;
        }
        Some(Self { time, object_usn, usn, invocation_id, up_to_date: vector(rest)? })
    }
}

fn vector(mut rest: Bytes) -> Option<Vec<([u8; 16], u64)>> {
    if rest.is_empty() {
        return Some(Vec::new());
    }
    if rest.len() < 16 || rest.get_u32_le() != 1 {
        return None;
    }
    rest.advance(4);
    let count = usize::try_from(rest.get_u32_le()).ok()?;
    rest.advance(4);
    if rest.len() != count.checked_mul(24)? {
        return None;
    }
    let cursor = |rest: &mut Bytes| {
        let mut server = [0; 16];
        rest.copy_to_slice(&mut server);
        (server, rest.get_u64_le())
    };
    Some((0..count).map(|_| cursor(&mut rest)).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_recorded_cookie_reads_and_writes_back() {
        let recorded = "4d5344530300000000876d113c7add0100000000000000002800000\
                        05b18000000000000000000000000000\
                        05b180000000000007e9b9c0e2b1a3d4c8e4f5a6b7c8d9e0f\
                        0100000000000000010000000000000\
                        07e9b9c0e2b1a3d4c8e4f5a6b7c8d9e0f5b18000000000000";
        let octets = Bytes::from(hex::decode(recorded.replace(' ', "")).unwrap());
        assert_eq!(octets.len(), 108);
        let cookie = Cookie::decode(&octets).unwrap();
        assert_eq!((cookie.usn, cookie.object_usn, cookie.up_to_date.len()), (0x185b, 0x185b, 1));
        assert_eq!(cookie.encode(), octets);
    }

    proptest! {
        #[test]
        fn garbage_is_no_cookie_and_no_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Cookie::decode(&Bytes::from(octets));
        }

        #[test]
        fn what_is_written_is_read(usn in any::<u64>(), servers in prop::collection::vec((any::<[u8; 16]>(), any::<u64>()), 0..4)) {
            let cookie = Cookie { usn, object_usn: usn, up_to_date: servers, ..Cookie::default() };
            prop_assert_eq!(Cookie::decode(&cookie.encode()), Some(cookie));
        }
    }
}

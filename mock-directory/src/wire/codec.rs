//! Cuts the byte stream into LDAPMessage PDUs, within the server's MaxReceiveBuffer.

use bytes::{Bytes, BytesMut};
use tokio_util::codec::Decoder;

use super::ber::{self, BerError};

/// Default of the policy MaxReceiveBuffer in octets (MS-ADTS 3.1.1.3.4.6).
pub const MAX_RECEIVE_BUFFER: usize = 10_485_760;

/// The stream can't be cut into messages any more.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// What starts here is no SEQUENCE.
    #[error("an LDAPMessage starts with 0x30, not {0:#04x}")]
    NotAMessage(u8),
    /// Its length can't be read.
    #[error("the length of an LDAPMessage can't be read: {0}")]
    Length(#[from] BerError),
    /// It is larger than the policy allows.
    #[error("a message of {size} octets, MaxReceiveBuffer is {max}")]
    TooLarge {
        /// What the header says.
        size: usize,
        /// The policy.
        max: usize,
    },
    /// The connection broke.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A decoder of whole PDUs, header included. What a header promises is never allocated in advance.
#[derive(Debug, Clone)]
pub struct PduDecoder {
    max: usize,
}

impl PduDecoder {
    /// Takes messages of at most `max` octets.
    #[must_use]
    pub const fn new(max: usize) -> Self {
        Self { max }
    }
}

impl Decoder for PduDecoder {
    type Item = Bytes;
    type Error = FrameError;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Bytes>, FrameError> {
        match buffer.first() {
            Some(&first) if first != ber::SEQUENCE => return Err(FrameError::NotAMessage(first)),
            _ => {}
        }
        let Some(header) = ber::header(buffer)? else { return Ok(None) };
        let size = header.size + header.content;
        if size > self.max {
            return Err(FrameError::TooLarge { size, max: self.max });
        }
        Ok((buffer.len() >= size).then(|| buffer.split_to(size).freeze()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_whole_however_they_arrive() {
        let stream = [0x30, 3, 2, 1, 1, 0x30, 0x84, 0, 0, 0, 3, 2, 1, 2];
        let mut decoder = PduDecoder::new(100);
        let mut buffer = BytesMut::new();
        let mut messages = Vec::new();
        for octet in stream {
            buffer.extend_from_slice(&[octet]);
            messages.extend(decoder.decode(&mut buffer).unwrap());
        }
        assert_eq!(messages, [Bytes::from_static(&[0x30, 3, 2, 1, 1]), Bytes::copy_from_slice(&stream[5..])]);
    }

    #[test]
    fn hostile_headers_end_the_stream_without_memory() {
        let decode = |octets: &[u8]| {
            let mut buffer = BytesMut::from(octets);
            let outcome = PduDecoder::new(1000).decode(&mut buffer);
            assert!(buffer.capacity() < 4096);
            outcome
        };
        assert!(matches!(decode(b"GET / HTTP"), Err(FrameError::NotAMessage(b'G'))));
        assert!(matches!(decode(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), Err(FrameError::TooLarge { .. })));
        assert!(matches!(decode(&[0x30, 0x80]), Err(FrameError::Length(BerError::Indefinite))));
        assert!(matches!(decode(&[0x30, 0xff]), Err(FrameError::Length(BerError::TooLong))));
        assert!(matches!(decode(&[0x30, 0x84, 0, 0]), Ok(None)));
    }
}

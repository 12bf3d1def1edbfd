//! AD's two clocks: GeneralizedTime text and FILETIME numbers.

use bytes::Bytes;
use jiff::Timestamp;

/// Seconds from 1601 to 1970.
const EPOCH_GAP: i64 = 11_644_473_600;
/// 100 ns in a second.
const TICKS: i64 = 10_000_000;

/// `20260901120000.0Z`
pub(crate) fn generalized(seconds: i64) -> Bytes {
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    let civil = time.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    Bytes::from(format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}.0Z",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second()
    ))
}

/// 100 ns steps since 1601.
pub(crate) fn filetime(time: Timestamp) -> i64 {
    (time.as_second() + EPOCH_GAP) * TICKS + i64::from(time.subsec_nanosecond()) / 100
}

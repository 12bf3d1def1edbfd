//! Times of certificates.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer};

use crate::der::{self, tag};

/// A moment in a recipe: RFC 3339 (`2026-02-01T10:00:00Z`) or a date, which means its first second. Held as
/// UTC's calendar, because `99991231235959Z`, which RFC 5280 4.1.2.5 uses for "never", is more than a timestamp holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub DateTime);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).map(Self).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "{text:?} is no time such as 2026-02-01 or 2026-02-01T10:00:00Z"
            ))
        })
    }
}

fn parse(text: &str) -> Option<DateTime> {
    if let Some(utc) = text.strip_suffix('Z') {
        return utc.parse().ok();
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(Offset::UTC.to_datetime(time));
    }
    Some(text.parse::<Date>().ok()?.to_datetime(Time::midnight()))
}

impl Moment {
    /// The first second of a year.
    pub(crate) const fn year(year: i16) -> Self {
        Self(DateTime::constant(year, 1, 1, 0, 0, 0, 0))
    }

    /// UTCTime from 1950 to 2049, otherwise GeneralizedTime (RFC 5280 4.1.2.5).
    pub(crate) fn encode(self) -> Vec<u8> {
        if (1950..2050).contains(&self.0.year()) {
            return der::tlv(tag::UTC_TIME, self.0.strftime("%y%m%d%H%M%SZ").to_string().as_bytes());
        }
        der::tlv(tag::GENERALIZED_TIME, self.0.strftime("%Y%m%d%H%M%SZ").to_string().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pivot_is_between_49_and_50() {
        let encoded =
            |text: &str| String::from_utf8(Moment(parse(text).unwrap()).encode()[2..].to_vec()).unwrap();
        assert_eq!(encoded("1950-01-01"), "500101000000Z");
        assert_eq!(encoded("2049-12-31T23:59:59Z"), "491231235959Z");
        assert_eq!(encoded("2050-01-01"), "20500101000000Z");
        assert_eq!(encoded("9999-12-31T23:59:59Z"), "99991231235959Z");
        assert_eq!(encoded("2026-02-01T10:00:00+02:00"), "260201080000Z");
        assert_eq!(parse("tomorrow"), None);
    }
}

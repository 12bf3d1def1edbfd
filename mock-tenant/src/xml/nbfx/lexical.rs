//! The characters that binary values stand for ([MC-NBFX] 2.2.3).

use std::fmt::Write as _;

/// 100 nanoseconds in a second: the unit of .NET's times.
const TICKS: i64 = 10_000_000;
const SECONDS_A_DAY: i64 = 86_400;
/// The first tick that is beyond the year 9999.
const TICKS_MAX: i64 = 3_155_378_976_000_000_000;

/// A single: the fewest digits that tell it, with an exponent from seven digits on.
pub(super) fn float(value: f32) -> String {
    floating(f64::from(value), &format!("{value:e}"), 7)
}

/// A double: the fewest digits that tell it, with an exponent from fifteen digits on.
pub(super) fn double(value: f64) -> String {
    floating(value, &format!("{value:e}"), 15)
}

/// `shortest` is Rust's exponential form, which has the fewest digits; .NET writes an exponent below -4 and from
/// `precision` on, with a sign and two digits.
fn floating(value: f64, shortest: &str, precision: i32) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "INF" } else { "-INF" }.to_owned();
    }
    let (digits, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 || exponent >= precision {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}E{sign}{:02}", exponent.abs());
    }
    shifted(digits, exponent)
}

/// `1.25` and 1 make `12.5`.
fn shifted(digits: &str, exponent: i32) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let fraction = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let plain: String = digits.chars().filter(char::is_ascii_digit).collect();
    let after = i32::try_from(fraction).unwrap_or(0) - exponent;
    format!("{sign}{}", pointed(&plain, after))
}

/// Digits with a decimal point before the last `after` of them.
fn pointed(digits: &str, after: i32) -> String {
    let Ok(after) = usize::try_from(after) else {
        return digits.to_owned() + &"0".repeat(usize::try_from(-after).unwrap_or(0));
    };
    if after == 0 {
        return digits.to_owned();
    }
    let padded = format!("{digits:0>width$}", width = after + 1);
    let (whole, fraction) = padded.split_at(padded.len() - after);
    format!("{whole}.{fraction}")
}

/// A DECIMAL of [MS-OAUT] 2.2.26: reserved, scale, sign, the high 32 bits and the low 64 bits.
pub(super) fn decimal(octets: [u8; 16]) -> Result<String, String> {
    let [_, _, scale, sign, high @ .., l0, l1, l2, l3, l4, l5, l6, l7] = octets;
    if scale > 28 || sign & 0x7f != 0 {
        return Err("no decimal: its scale is above 28, or its sign is no sign".to_owned());
    }
    let low = u64::from_le_bytes([l0, l1, l2, l3, l4, l5, l6, l7]);
    let digits = (u128::from(u32::from_le_bytes(high)) << 64 | u128::from(low)).to_string();
    let sign = if sign == 0 { "" } else { "-" };
    Ok(format!("{sign}{}", pointed(&digits, i32::from(scale))))
}

/// 62 bits of ticks since the year 1, and two bits that tell the zone. A local time is told as of a server in UTC.
pub(super) fn date_time(value: u64) -> Result<String, String> {
    let zone = match value >> 62 {
        0 => "",
        1 => "Z",
        2 => "+00:00",
        _ => return Err("a time of no zone that there is".to_owned()),
    };
    let ticks = i64::try_from(value & (u64::MAX >> 2)).unwrap_or(i64::MAX);
    if ticks >= TICKS_MAX {
        return Err("a time beyond the year 9999".to_owned());
    }
    let (days, of_day) = (ticks / (SECONDS_A_DAY * TICKS), ticks % (SECONDS_A_DAY * TICKS));
    let mut text = date(days);
    if of_day != 0 {
        let seconds = of_day / TICKS;
        let _ = write!(text, "T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        text.push_str(&fraction(of_day % TICKS));
    }
    Ok(text + zone)
}

/// The date that many days after 0001-01-01. Source: H. Hinnant, "chrono-compatible low-level date algorithms".
fn date(days: i64) -> String {
    let days = days + 306;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A TimeSpan as an xs:duration.
pub(super) fn duration(ticks: i64) -> String {
    let (sign, ticks) = (if ticks < 0 { "-" } else { "" }, ticks.unsigned_abs());
    let seconds = ticks / TICKS.unsigned_abs();
    let rest = fraction(i64::try_from(ticks % TICKS.unsigned_abs()).unwrap_or(0));
    let parts = [(seconds / 86_400, 'D'), (seconds / 3_600 % 24, 'H'), (seconds / 60 % 60, 'M')];
    let mut text = format!("{sign}P");
    for (value, unit) in parts {
        if unit == 'H' && seconds % 86_400 + u64::from(!rest.is_empty()) > 0 {
            text.push('T');
        }
        if value > 0 {
            let _ = write!(text, "{value}{unit}");
        }
    }
    if !seconds.is_multiple_of(60) || !rest.is_empty() {
        let _ = write!(text, "{}{rest}S", seconds % 60);
    }
    if ticks == 0 { "PT0S".to_owned() } else { text }
}

/// `.5` of five million ticks; nothing of none.
fn fraction(ticks: i64) -> String {
    if ticks == 0 {
        return String::new();
    }
    format!(".{ticks:07}").trim_end_matches('0').to_owned()
}

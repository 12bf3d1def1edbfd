//! Dates: .NET custom formats, the texts that CDate reads, FILETIME, DateAdd.

use jiff::{
    SignedDuration, Span,
    civil::{Date, DateTime, Time, date},
};

/// 100-nanosecond ticks in a second.
const TICKS: i128 = 10_000_000;

/// The instant at which FILETIME begins.
const EPOCH: DateTime = date(1601, 1, 1).at(0, 0, 0, 0);

/// FILETIME → date; `None` outside of years 1601 - 9999.
pub(super) fn from_filetime(ticks: i64) -> Option<DateTime> {
    let nanoseconds = i128::from(ticks).checked_mul(100).filter(|_| ticks >= 0)?;
    let seconds = i64::try_from(nanoseconds / 1_000_000_000).ok()?;
    let rest = i32::try_from(nanoseconds % 1_000_000_000).ok()?;
    EPOCH.checked_add(SignedDuration::new(seconds, rest)).ok()
}

/// Date → FILETIME.
pub(super) fn to_filetime(date: DateTime) -> Option<i64> {
    let since = date.duration_since(EPOCH);
    let ticks = i128::from(since.as_secs()) * TICKS + i128::from(since.subsec_nanos()) / 100;
    i64::try_from(ticks).ok()
}

/// DateAdd's units (those of VBScript): `yyyy q m y d w ww h n s`.
pub(super) fn add(date: DateTime, unit: &str, amount: i64) -> Result<DateTime, String> {
    let span = match unit {
        "yyyy" => Span::new().try_years(amount),
        "q" => Span::new().try_months(amount.saturating_mul(3)),
        "m" => Span::new().try_months(amount),
        "y" | "d" | "w" => Span::new().try_days(amount),
        "ww" => Span::new().try_weeks(amount),
        "h" => Span::new().try_hours(amount),
        "n" => Span::new().try_minutes(amount),
        "s" => Span::new().try_seconds(amount),
        _ => return Err(format!("`{unit}` is no interval; expected yyyy, q, m, y, d, w, ww, h, n or s")),
    };
    let beyond = |_| format!("{amount} {unit} from {date} is beyond the calendar");
    date.checked_add(span.map_err(beyond)?)
        .map_err(|_| format!("{amount} {unit} from {date} is beyond the calendar"))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A .NET custom date format, invariant culture. A letter that is no specifier stands for itself.
pub(super) fn format(date: DateTime, pattern: &str) -> String {
    let mut out = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '\'' | '"' => out.extend(chars.by_ref().take_while(|inner| *inner != c)),
            '%' => {}
            _ => {
                let mut run = 1;
                while chars.next_if_eq(&c).is_some() {
                    run += 1;
                }
                specifier(&mut out, date, c, run);
            }
        }
    }
    out
}

fn specifier(out: &mut String, date: DateTime, letter: char, run: usize) {
    let number = |value: i64| format!("{value:0width$}", width = run.min(2));
    let name = |names: &[&str], index: usize| {
        let full = names.get(index).copied().unwrap_or_default();
        if run == 3 { full.chars().take(3).collect() } else { full.to_owned() }
    };
    let text = match letter {
        'y' if run <= 2 => number(i64::from(date.year() % 100)),
        'y' => format!("{:0run$}", date.year()),
        'M' if run <= 2 => number(date.month().into()),
        'M' => name(&MONTHS, usize::from(date.month().unsigned_abs()) - 1),
        'd' if run <= 2 => number(date.day().into()),
        'd' => name(&DAYS, usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())),
        'H' => number(date.hour().into()),
        'h' => number(((i64::from(date.hour()) + 11) % 12) + 1),
        'm' => number(date.minute().into()),
        's' => number(date.second().into()),
        'f' => format!("{:09}", date.subsec_nanosecond()).chars().take(run).collect(),
        't' => (if date.hour() < 12 { "AM" } else { "PM" }).chars().take(run).collect(),
        // Dates are UTC in the language: the offset is zero.
        'z' if run == 1 => "+0".to_owned(),
        'z' if run == 2 => "+00".to_owned(),
        'z' => "+00:00".to_owned(),
        other => other.to_string().repeat(run),
    };
    out.push_str(&text);
}

/// What CDate reads: a date (`2013-01-10`, `2013/01/10`, `1/10/2013`, `20130110…Z` as the directory writes it), then
/// optionally a time (`16:00[:00[.0]]`, `4:00 PM`) and an offset (`Z`, `-8`, `+02:00`). The result is UTC.
pub(super) fn parse(text: &str) -> Option<DateTime> {
    let text = text.trim();
    if let Some(generalized) = generalized_time(text) {
        return Some(generalized);
    }
    let normal = text.replacen(
        ['T', 't'],
        " ",
        usize::from(text.as_bytes().get(10).is_some_and(|c| c.eq_ignore_ascii_case(&b'T'))),
    );
    let (day, rest) = normal.split_once(' ').unwrap_or((&normal, ""));
    let (time, offset) = time_and_offset(rest.trim())?;
    day_of(day)?.to_datetime(time).checked_sub(SignedDuration::from_secs(offset)).ok()
}

fn generalized_time(text: &str) -> Option<DateTime> {
    let (digits, rest) = text.split_at_checked(14)?;
    let ends_well = rest == "Z" || (rest.starts_with('.') && rest.ends_with('Z'));
    if !ends_well || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize, to: usize| digits.get(from..to)?.parse::<i8>().ok();
    let day = Date::new(part(0, 4)?, small(4, 6)?, small(6, 8)?).ok()?;
    Some(day.to_datetime(Time::new(small(8, 10)?, small(10, 12)?, small(12, 14)?, 0).ok()?))
}

fn day_of(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [a, b, c] = parts[..] else { return None };
    let number = |part: &str| part.parse::<i16>().ok();
    let (year, month, day) = if a.len() == 4 {
        (number(a)?, number(b)?, number(c)?)
    } else {
        (number(c)?, number(a)?, number(b)?)
    };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn time_and_offset(text: &str) -> Option<(Time, i64)> {
    let mut time = Time::midnight();
    let mut offset = 0;
    for (index, part) in text.split_whitespace().enumerate() {
        match part {
            "AM" | "am" => time = twelve_hours(time, 0)?,
            "PM" | "pm" => time = twelve_hours(time, 12)?,
            _ if index == 0 && part.contains(':') => (time, offset) = clock(part)?,
            _ => offset = offset_of(part)?,
        }
    }
    Some((time, offset))
}

fn twelve_hours(time: Time, half: i8) -> Option<Time> {
    let hour = Some(time.hour()).filter(|hour| (1..=12).contains(hour))? % 12 + half;
    Time::new(hour, time.minute(), time.second(), time.subsec_nanosecond()).ok()
}

fn clock(text: &str) -> Option<(Time, i64)> {
    let end = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (time, zone) = text.split_at_checked(end)?;
    let offset = if zone.is_empty() { 0 } else { offset_of(zone)? };
    let parts: Vec<&str> = time.split(':').collect();
    let number = |part: &str| part.parse::<i8>().ok();
    let (hour, minute, seconds) = match parts[..] {
        [h, m] => (number(h)?, number(m)?, "0"),
        [h, m, s] => (number(h)?, number(m)?, s),
        _ => return None,
    };
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let nanoseconds = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some((Time::new(hour, minute, number(second)?, nanoseconds).ok()?, offset))
}

fn offset_of(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("Z") {
        return Some(0);
    }
    let (sign, offset) = match text.split_at_checked(1)? {
        ("+", offset) => (1, offset),
        ("-", offset) => (-1, offset),
        _ => return None,
    };
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "0"));
    let hours: i64 = hours.parse().ok().filter(|hours| (0..=14).contains(hours))?;
    let minutes: i64 = minutes.parse().ok().filter(|minutes| (0..60).contains(minutes))?;
    Some(sign * (hours * 3600 + minutes * 60))
}

//! Dates as Salesforce writes them. Stored dates and times are texts in UTC, so that they sort as
//! they are.

use std::time::{SystemTime, UNIX_EPOCH};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const DAY: i64 = 86_400;

/// Milliseconds since 1970.
pub fn now_millis() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis()
}

/// Seconds since 1970; Salesforce keeps no finer time for records.
pub fn now() -> i64 {
    i64::try_from(now_millis() / 1000).unwrap_or_default()
}

/// `2012-07-12T17:49:01.000+0000`.
pub fn datetime(seconds: i64) -> String {
    datetime_with(seconds, 0)
}

fn datetime_with(seconds: i64, millis: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let time = seconds.rem_euclid(DAY);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{millis:03}+0000",
        time / 3600,
        time / 60 % 60,
        time % 60
    )
}

/// The stored form of an ISO 8601 time with seconds and an offset, such as `…Z`, `…+02:00` or
/// `….000+0000`.
pub fn parse_datetime(text: &str) -> Option<String> {
    let (date, rest) = text.split_at_checked(10)?;
    let days = parse_days(date)?;
    let rest = rest.strip_prefix('T')?;
    let zone_at = rest.find(['Z', '+', '-'])?;
    let (clock, zone) = rest.split_at_checked(zone_at)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':');
    let hour = number(parts.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = number(parts.next()?, 2).filter(|minute| *minute < 60)?;
    let second = number(parts.next()?, 2).filter(|second| *second < 60)?;
    if parts.next().is_some()
        || fraction.is_empty()
        || !fraction.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let millis: String = fraction.chars().chain("00".chars()).take(3).collect();
    let seconds = days * DAY + hour * 3600 + minute * 60 + second - offset(zone)?;
    Some(datetime_with(seconds, millis.parse().ok()?))
}

/// A date that exists, such as `2026-02-28`.
pub fn parse_date(text: &str) -> Option<String> {
    parse_days(text).map(|_| text.to_owned())
}

/// The time of a stored text, in seconds since 1970.
pub fn seconds(stored: &str) -> Option<i64> {
    let (date, rest) = stored.split_at_checked(10)?;
    let hour = number(rest.get(1..3)?, 2)?;
    let minute = number(rest.get(4..6)?, 2)?;
    let second = number(rest.get(7..9)?, 2)?;
    Some(parse_days(date)? * DAY + hour * 3600 + minute * 60 + second)
}

/// `Thu, 12 Jul 2012 17:49:01 GMT`.
pub fn http_date(seconds: i64) -> String {
    let days = seconds.div_euclid(DAY);
    let (year, month, day) = civil(days);
    let time = seconds.rem_euclid(DAY);
    let weekday = usize::try_from(days.rem_euclid(7))
        .ok()
        .and_then(|at| WEEKDAYS.get(at));
    let month = usize::try_from(month - 1)
        .ok()
        .and_then(|at| MONTHS.get(at));
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        weekday.unwrap_or(&"Thu"),
        month.unwrap_or(&"Jan"),
        time / 3600,
        time / 60 % 60,
        time % 60
    )
}

/// Seconds since 1970 of the form above.
pub fn parse_http_date(text: &str) -> Option<i64> {
    let mut parts = text.split_once(", ")?.1.split(' ');
    let day = parts.next()?;
    let name = parts.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? + 1;
    let year = parts.next()?;
    let clock = parts.next()?;
    if parts.next() != Some("GMT") {
        return None;
    }
    seconds(&parse_datetime(&format!(
        "{year}-{month:02}-{day}T{clock}Z"
    ))?)
}

fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits = zone.get(1..)?.replacen(':', "", 1);
    Some(sign * (number(digits.get(..2)?, 2)? * 3600 + number(digits.get(2..)?, 2)? * 60))
}

fn parse_days(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4).filter(|year| (1700..=4000).contains(year))?;
    let month = number(parts.next()?, 2)?;
    let day = number(parts.next()?, 2)?;
    if parts.next().is_some() {
        return None;
    }
    let days = days(year, month, day);
    // A day that does not exist comes back as another one.
    (civil(days) == (year, month, day)).then_some(days)
}

fn number(text: &str, length: usize) -> Option<i64> {
    let right = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    right.then(|| text.parse().ok()).flatten()
}

/// Days since 1970 of a date, and back: the usual arithmetic on years that start in March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_stored_in_utc() {
        for text in [
            "2012-07-12T17:49:01Z",
            "2012-07-12T17:49:01.000+0000",
            "2012-07-12T19:49:01+02:00",
            "2012-07-12T12:19:01.0-05:30",
        ] {
            assert_eq!(
                parse_datetime(text).as_deref(),
                Some("2012-07-12T17:49:01.000+0000"),
                "{text}"
            );
        }
        assert_eq!(seconds("2012-07-12T17:49:01.000+0000"), Some(1_342_115_341));
        assert_eq!(datetime(1_342_115_341), "2012-07-12T17:49:01.000+0000");
    }

    #[test]
    fn dates_have_to_exist() {
        assert!(parse_date("2024-02-29").is_some());
        for text in [
            "2023-02-29",
            "2023-13-01",
            "2023-00-10",
            "23-01-01",
            "2023-1-1",
            "tomorrow",
            "2023-01-01x",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
        for text in [
            "2023-01-01T00:00:00",
            "2023-01-01T24:00:00Z",
            "2023-01-01 00:00:00Z",
            "2023-01-01T00:00Z",
        ] {
            assert_eq!(parse_datetime(text), None, "{text}");
        }
    }

    #[test]
    fn http_dates_go_both_ways() {
        assert_eq!(http_date(1_342_115_341), "Thu, 12 Jul 2012 17:49:01 GMT");
        assert_eq!(
            parse_http_date("Thu, 12 Jul 2012 17:49:01 GMT"),
            Some(1_342_115_341)
        );
        assert_eq!(parse_http_date("yesterday"), None);
    }
}

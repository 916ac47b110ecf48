//! Dates in headers.

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Reads a date such as `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that is still written:
/// the seconds since 1970.
pub fn unix_seconds(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once(", ")?;
    let mut parts = rest.strip_suffix(" GMT")?.split([' ', ':']);
    let mut part = || parts.next();
    let day: u64 = part()?.parse().ok()?;
    let month = part()?;
    let month = MONTHS.iter().position(|name| *name == month)? as u64;
    let year: u64 = part()?.parse().ok()?;
    let mut time = 0;
    for _ in 0..3 {
        let sixtieths: u64 = part()?.parse().ok()?;
        time = time * 60 + (sixtieths < 61).then_some(sixtieths)?;
    }
    if !(1970..10_000).contains(&year) || !(1..=31).contains(&day) || part().is_some() {
        return None;
    }
    // Years that begin in March have their odd day at the end.
    let (year, month) = match month {
        0 | 1 => (year - 1, month + 10),
        _ => (year, month - 2),
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Some((days - 719_468) * 86_400 + time)
}

#[cfg(test)]
mod tests {
    use super::unix_seconds;

    #[test]
    fn dates_are_seconds_since_1970() {
        let table = [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Tue, 29 Feb 2000 23:59:60 GMT", Some(951_868_800)),
            ("Wed, 01 Mar 2000 00:00:00 GMT", Some(951_868_800)),
            ("Sun, 28 Feb 2100 12:00:00 GMT", Some(4_107_499_200)),
            ("Mon, 01 Mar 2100 12:00:00 GMT", Some(4_107_585_600)),
            ("Tue, 14 Nov 2023 22:13:20 GMT", Some(1_700_000_000)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799)),
        ];
        for (text, expected) in table {
            assert_eq!(unix_seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "120",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
            "Sun, 06 Nov 10000 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:99:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
        ] {
            assert_eq!(unix_seconds(text), None, "{text}");
        }
    }
}

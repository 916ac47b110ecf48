//! SOQL queries: the interface `query`.

mod ahead;

use self::ahead::{Here, Window};
use super::{Outcome, Response};
use crate::actions::options::Options;
use crate::failure::{Failure, Kind, code};
use crate::http::Method;
use crate::http::retry::Class;
use crate::input;
use crate::json::More;
use crate::salesforce::pages::{AROUND, Gathered, Page};
use crate::salesforce::{composite, names, paths};
use crate::session::connection::{Ask, Call, Connection};
use crate::session::verdict::Reply;
use std::ops::RangeInclusive;

/// Parameters, as failures and the dynamic face name them.
pub mod parameter {
    /// A SOQL query.
    pub const QUERY: &str = "salesforceQuery";
    /// Where a result goes on.
    pub const LOCATOR: &str = "locator";
    /// The most rows of a gathered result.
    pub const MAX_ROWS: &str = "maxRows";
    /// The most bytes of a gathered result.
    pub const MAX_BYTES: &str = "maxBytes";
    /// Whether rows in the recycle bin count.
    pub const INCLUDE_DELETED: &str = "includeDeleted";
}

use parameter::{INCLUDE_DELETED, LOCATOR, MAX_BYTES, MAX_ROWS, QUERY};

/// The most characters of a query that Salesforce takes.
pub const LONGEST_QUERY: usize = 100_000;

/// Longer paths go as a composite request. Salesforce refuses 16,384 bytes of URL and headers,
/// and a token alone may have thousands.
const LONGEST_PATH: usize = 8_192;

/// Rows of a gathered result: a page is the least.
pub const ROWS: RangeInclusive<u32> = 2_000..=u32::MAX;
/// Where none are given.
pub const DEFAULT_ROWS: u32 = 10_000;
/// Bytes of a gathered result. As a string inside the output of `invoke` it may take twice as
/// many, and hosts copy at most 128 MiB out of a component.
pub const BYTES: RangeInclusive<u32> = 4_096..=52_428_800;
/// Where none are given.
pub const DEFAULT_BYTES: u32 = 16_777_216;

/// Where a gathered result starts.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// At the first row of a query.
    Soql(&'a str),
    /// Where an earlier result ended.
    Locator(&'a str),
}

/// What a gathered result may hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Most {
    /// Rows.
    pub rows: Option<u32>,
    /// Bytes of the body.
    pub bytes: Option<u32>,
}

/// Answers the first page of a query: `GET /query` or `/queryAll`.
pub fn query(c: &mut Connection, soql: &str, include_deleted: bool, options: Options) -> Outcome {
    check_soql(soql)?;
    let mut call = c.begin(options.headers.clone(), options.deadline_ms);
    let reply = first_page(c, &mut call, soql, include_deleted, &options, usize::MAX)?;
    paged(reply)
}

/// Answers the next page of a result: `GET {locator}`.
pub fn query_more(c: &mut Connection, locator: &str, options: Options) -> Outcome {
    check_locator(locator)?;
    let mut call = c.begin(options.headers, options.deadline_ms);
    paged(c.ask(&mut call, &Ask::page(locator, usize::MAX))?)
}

/// Gathers the pages of a result.
pub fn query_pages(
    c: &mut Connection,
    start: Start<'_>,
    most: Most,
    include_deleted: bool,
    options: Options,
) -> Outcome {
    match start {
        Start::Soql(soql) => check_soql(soql)?,
        Start::Locator(_) if include_deleted => {
            let expected = "to be left out with a locator, which keeps what its query asked for";
            return Err(Failure::invalid_input(INCLUDE_DELETED, expected));
        }
        Start::Locator(locator) => check_locator(locator)?,
    }
    let rows = u64::from(input::within(
        MAX_ROWS,
        most.rows.unwrap_or(DEFAULT_ROWS),
        &ROWS,
    )?);
    let bytes = input::within(MAX_BYTES, most.bytes.unwrap_or(DEFAULT_BYTES), &BYTES)? as usize;
    let mut call = c.begin(options.headers.clone(), options.deadline_ms);
    let first = match start {
        Start::Soql(soql) => first_page(
            c,
            &mut call,
            soql,
            include_deleted,
            &options,
            bytes - AROUND,
        ),
        Start::Locator(locator) => c.ask(&mut call, &Ask::page(locator, bytes - AROUND)),
    };
    let limits = c.settings().limits;
    let mut reply = first.map_err(|failure| {
        // The setting may be the lower bound, and then its failure says what to do.
        match failure.detail.too_large && bytes - AROUND < limits.response_bytes {
            false => failure,
            true => {
                let expected = format!(
                    "more than {bytes} bytes, since the first page alone has more (or select \
                     fewer fields, or set options.headers.Sforce-Query-Options to a smaller \
                     batchSize)"
                );
                Failure::invalid_input(MAX_BYTES, &expected)
            }
        }
    })?;

    let mut gathered = Gathered::default();
    let status = reply.status;
    let mut here = match start {
        Start::Locator(locator) => Some(locator.to_owned()),
        Start::Soql(_) => None,
    };
    let mut window = Window::new(limits.pages_ahead, here.as_deref());
    let mut page = take_page(&mut reply)?;
    let (locator, cut, mut more) = loop {
        let body = reply.body.take().unwrap_or_default();
        let more = std::mem::take(&mut reply.more);
        let taken = gathered.rows() + page.rows;
        let left = bytes.saturating_sub(gathered.bytes() + body.len());
        let total: u64 = page.total_size.parse().unwrap_or_default();
        // The next page is taken to be like this one, but for what is left of the result.
        let following = match total > taken {
            true => page.rows.min(total - taken),
            false => page.rows,
        };
        let of_a_row = body.len() as u64 / page.rows.max(1);
        let next = match page.locator() {
            None => {
                gathered.add(&body, &page);
                break (None, None, more);
            }
            Some(locator) if taken >= rows || taken + following > rows => {
                Err((by_limit(MAX_ROWS), locator.to_owned()))
            }
            Some(locator) if following * of_a_row > left as u64 => {
                Err((by_limit(MAX_BYTES), locator.to_owned()))
            }
            Some(locator) if page.rows == 0 && here.as_deref() == Some(locator) => {
                let message = "a page without rows led to itself";
                let failure = Failure::permanent(code::UNKNOWN_ERROR, message);
                Err((by_failure(&failure, false), locator.to_owned()))
            }
            Some(locator) => Ok(locator.to_owned()),
        };
        let ahead = match &next {
            Err(_) => None,
            Ok(locator) => {
                let by_rows = (rows - taken) / page.rows.max(1);
                let by_bytes = left / body.len().max(1);
                let here = Here {
                    locator,
                    rows: page.rows,
                    total,
                    room: by_rows.min(by_bytes as u64),
                };
                window.next(c, &mut call, &here)
            }
        };
        if next.is_ok() {
            let expected = of_a_row.saturating_mul(total.min(rows));
            gathered
                .expect(usize::try_from(expected).map_or(bytes, |expected| expected.min(bytes)));
        }
        gathered.add(&body, &page);
        // Frees the page before the next one comes.
        drop(body);
        let locator = match next {
            Ok(locator) => locator,
            Err((cut, locator)) => break (Some(locator), Some(cut), more),
        };
        // A page is taken whole or not at all, so that the locator never splits one.
        let left = bytes.saturating_sub(gathered.bytes());
        let asked = c.ask_again(&mut call, &Ask::page(&locator, left), ahead);
        let asked = asked.and_then(|mut next| Ok((take_page(&mut next)?, next)));
        match asked {
            Ok((next, _)) if gathered.rows() + next.rows > rows => {
                break (Some(locator), Some(by_limit(MAX_ROWS)), more);
            }
            Ok((next, answer)) => (page, reply) = (next, answer),
            Err(failure) => {
                let cut = by_failure(&failure, left < limits.response_bytes);
                break (Some(locator), Some(cut), more);
            }
        }
        here = Some(locator);
    };
    more.set("attempts", u64::from(call.attempts()));
    if let Some(cut) = cut {
        more.set("cut", &cut);
    }
    if let Some(locator) = &locator {
        more.set("locator", locator.as_str());
    }
    let body = gathered.finish(&page.total_size, locator.as_deref());
    Ok(Response {
        status,
        body: Some(body),
        more,
    })
}

/// The limit that ends a gathered result early.
fn by_limit(name: &str) -> More {
    More::default().with("by", name)
}

/// The failure of a later page, which ends a gathered result early. `bounded` says whether the
/// limit of bytes was what bounded the page.
fn by_failure(failure: &Failure, bounded: bool) -> More {
    match failure.detail.too_large && bounded {
        true => by_limit(MAX_BYTES),
        false => More::default()
            .with("by", "failure")
            .with("code", failure.detail.code.as_ref())
            .with("message", failure.detail.message.as_str())
            .with("transient", failure.kind == Kind::Transient),
    }
}

/// Checks a query for what can be told without knowing the org.
pub fn check_soql(soql: &str) -> Result<(), Failure> {
    names::present(QUERY, soql, "a SOQL query")?;
    match soql.len() <= LONGEST_QUERY || soql.chars().count() <= LONGEST_QUERY {
        true => Ok(()),
        false => {
            let expected = format!("a SOQL query of at most {LONGEST_QUERY} characters");
            Err(Failure::invalid_input(QUERY, &expected))
        }
    }
}

/// Checks where a result goes on.
pub fn check_locator(locator: &str) -> Result<(), Failure> {
    names::present(LOCATOR, locator, "the locator of a query result")?;
    paths::check_locator(LOCATOR, locator)
}

fn first_page(
    c: &mut Connection,
    call: &mut Call,
    soql: &str,
    include_deleted: bool,
    options: &Options,
    max_body: usize,
) -> Result<Reply, Failure> {
    let version = c.settings().version.clone();
    let path = paths::query(&version, soql, include_deleted);
    if path.len() <= LONGEST_PATH {
        return c.ask(call, &Ask::page(&path, max_body));
    }
    let body = composite::wrap(&path, &options.headers);
    let outer = paths::composite(&version);
    let ask = Ask::new(Method::Post, &outer, Class::Read).with_body(&body);
    c.ask(
        call,
        &Ask {
            composite: true,
            page: true,
            max_body,
            ..ask
        },
    )
}

/// Takes the page that a reply has, which leads to none but a usable locator.
fn take_page(reply: &mut Reply) -> Result<Page, Failure> {
    let page = reply.page.take();
    let usable = page.filter(|page| page.locator().is_none_or(|l| check_locator(l).is_ok()));
    usable.ok_or_else(|| {
        let message = "Salesforce answered a status of success and no query result";
        let mut failure = Failure::permanent(code::UNKNOWN_ERROR, message);
        failure.detail.more = reply.more.clone();
        let body = reply.body.as_deref().unwrap_or_default();
        failure.answered(reply.status, body.as_bytes())
    })
}

/// The response of one page, which says where it goes on.
pub fn paged(mut reply: Reply) -> Outcome {
    let page = take_page(&mut reply)?;
    let mut response = Response::from(reply);
    if let Some(locator) = page.locator() {
        response.more.set("locator", locator);
    }
    Ok(response)
}

#[cfg(test)]
mod tests;

//! A tour of the connector against the fake Salesforce, without an account. Each step prints the
//! requests that were really made, and checks that it did what it should.

mod approvals;
mod org;
mod steps;

use crate::config::HostConfig;
use crate::error::Error;
use crate::fake::{Fake, FakeConfig, Flow};
use crate::host::Host;
use crate::trace::Exchange;
use org::Org;
use std::io::Write;

/// Rows of a page in the demo, few so that paging shows.
const PAGE_SIZE: usize = 5;
/// Generated accounts, enough for several pages.
const ACCOUNTS: usize = 12;

/// How much of a path is shown, in characters: queries are long.
const SHOWN: usize = 110;

/// How the demo went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Steps that did what they should.
    pub passed: usize,
    /// Steps that did not.
    pub failed: usize,
    /// HTTP requests that were made.
    pub requests: usize,
}

/// Runs the demo: starts a fake Salesforce and an instance of `component`, and takes it through
/// login, the records and query actions, an object of the org's own and its approvals, and
/// failures that every user meets. Prints a line for
/// each step.
///
/// # Errors
///
/// Those of [`Host::new`] and [`Host::instance`], [`Error::Fake`], and [`Error::Output`] where
/// nothing can be printed. A step that fails is no error, but counted.
pub async fn run(component: &[u8], out: &mut (impl Write + Send)) -> Result<Summary, Error> {
    let host = Host::new(
        component,
        HostConfig {
            trace: true,
            ..HostConfig::default()
        },
    )?;
    let fake = Fake::start(FakeConfig {
        page_size: PAGE_SIZE,
        extra_accounts: ACCOUNTS,
        ..FakeConfig::default()
    })
    .await
    .map_err(Error::Fake)?;
    writeln!(out, "A fake Salesforce answers at {}.\n", fake.url())?;
    let instance = host.instance(fake.settings(Flow::UsernamePassword)).await?;
    let mut tour = Tour {
        org: Org::new(instance, fake),
        out,
        summary: Summary::default(),
    };

    let outcome = steps::login(&mut tour.org).await;
    tour.report("login", outcome)?;
    let outcome = steps::create(&mut tour.org).await;
    tour.report("CREATE an account", outcome)?;
    let outcome = steps::get(&mut tour.org).await;
    tour.report("GET three fields", outcome)?;
    let outcome = steps::update(&mut tour.org).await;
    tour.report("UPDATE a field", outcome)?;
    let outcome = steps::query(&mut tour.org).await;
    tour.report("QUERY, QUERY_MORE", outcome)?;
    let outcome = steps::query_pages(&mut tour.org).await;
    tour.report("QUERY_PAGES", outcome)?;
    let outcome = steps::delete(&mut tour.org).await;
    tour.report("DELETE", outcome)?;
    let outcome = approvals::create_object(&mut tour.org).await;
    tour.report("CUSTOM_OBJECT_CREATE", outcome)?;
    let outcome = approvals::create_record(&mut tour.org).await;
    tour.report("CREATE an invoice", outcome)?;
    let outcome = approvals::submit(&mut tour.org).await;
    tour.report("APPROVAL_SUBMIT", outcome)?;
    let outcome = approvals::inbox(&mut tour.org).await;
    tour.report("APPROVAL_INBOX", outcome)?;
    let outcome = approvals::approve_record(&mut tour.org).await;
    tour.report("APPROVAL_APPROVE_RECORD", outcome)?;
    let outcome = approvals::history(&mut tour.org).await;
    tour.report("APPROVAL_HISTORY", outcome)?;
    let outcome = approvals::list(&mut tour.org).await;
    tour.report("APPROVAL_LIST", outcome)?;
    let outcome = approvals::decide(&mut tour.org, "APPROVAL_APPROVE", "Approved").await;
    tour.report("APPROVAL_APPROVE", outcome)?;
    let outcome = approvals::decide(&mut tour.org, "APPROVAL_REJECT", "Rejected").await;
    tour.report("APPROVAL_REJECT", outcome)?;
    let outcome = steps::missing_input(&mut tour.org).await;
    tour.report("a parameter is missing", outcome)?;
    let outcome = steps::unknown_field(&mut tour.org).await;
    tour.report("a field is unknown", outcome)?;
    let outcome = steps::expired_session(&mut tour.org).await;
    tour.report("the session expired", outcome)?;

    let Summary {
        passed,
        failed,
        requests,
    } = tour.summary;
    writeln!(
        tour.out,
        "\n{passed} steps ok, {failed} failed, {requests} requests."
    )?;
    Ok(tour.summary)
}

/// The demo while it runs.
struct Tour<'a, W> {
    org: Org,
    out: &'a mut W,
    summary: Summary,
}

impl<W: Write> Tour<'_, W> {
    /// Prints what became of a step: its result in a word or two, or why it failed.
    fn report(&mut self, name: &str, outcome: Result<String, String>) -> Result<(), Error> {
        let requests = self.org.take_requests();
        self.summary.requests += requests.len();
        let (mark, note) = match outcome {
            Ok(note) => {
                self.summary.passed += 1;
                ("[ok]    ", note)
            }
            Err(reason) => {
                self.summary.failed += 1;
                ("[FAILED]", reason)
            }
        };
        let lines: Vec<String> = requests.iter().map(line).collect();
        match lines.split_first() {
            None => writeln!(self.out, "{mark} {name:<23} no request   {note}")?,
            Some((first, rest)) => {
                // The note stands behind the last request.
                let last = |here: bool| {
                    if here {
                        format!("   {note}")
                    } else {
                        String::new()
                    }
                };
                writeln!(
                    self.out,
                    "{mark} {name:<23} {first}{}",
                    last(rest.is_empty())
                )?;
                for (index, line) in rest.iter().enumerate() {
                    let end = last(index + 1 == rest.len());
                    writeln!(self.out, "{:32} {line}{end}", "")?;
                }
            }
        }
        Ok(())
    }
}

/// A request in one line.
fn line(exchange: &Exchange) -> String {
    let outcome = match (exchange.status, &exchange.failure) {
        (Some(status), None) => status.to_string(),
        (Some(status), Some(failure)) => format!("{status}, then {failure}"),
        (None, Some(failure)) => failure.clone(),
        (None, None) => "no answer yet".to_owned(),
    };
    let path = &exchange.path_and_query;
    let shown: String = path.chars().take(SHOWN).collect();
    let more = if shown.len() < path.len() { "…" } else { "" };
    format!("{} {shown}{more} → {outcome}", exchange.method)
}

//! The component in this host.

use super::answers::{FIELDS, ID, TOKEN};
use super::native::{CREATE, UPDATE, count, soql};
use super::worker::Work;
use crate::wit::Start;
use crate::{Allocation, Answer, Connections, Host, HostConfig, Org};
use serde::Deserialize;
use std::net::SocketAddr;

/// Instances at a time.
pub(super) const INSTANCES: u32 = 100;

/// Rows of a call that gathers pages, unless its limit of bytes is reached before.
const MOST_ROWS: u32 = 100_000;

/// The component, with a session or with credentials.
pub(super) struct Sandbox {
    org: Org,
    compressing: Org,
    host: Host,
    credentials: Vec<(String, String)>,
}

impl Sandbox {
    /// `fresh` starts a new instance for each call.
    pub(super) fn new(component: &[u8], address: SocketAddr, fresh: bool) -> Result<Self, String> {
        let config = HostConfig {
            allocation: Allocation::Pooling {
                instances: INSTANCES,
            },
            ..HostConfig::default()
        };
        let host = Host::new(component, config).map_err(|error| error.to_string())?;
        let mut connections = Connections::new(host.clone(), INSTANCES as usize);
        if fresh {
            connections = connections.recycle_above(0);
        }
        let url = format!("http://{address}");
        let session = [
            ("SALESFORCE_INSTANCE_URL", url.as_str()),
            ("SALESFORCE_ACCESS_TOKEN", TOKEN),
            ("SALESFORCE_VERSION", "66.0"),
        ];
        let credentials = [
            ("SALESFORCE_INSTANCE_URL", url.as_str()),
            ("SALESFORCE_CLIENT_ID", "app"),
            ("SALESFORCE_CLIENT_SECRET", "hush"),
        ];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let compressing = session.iter().chain(&[("SALESFORCE_COMPRESSION", "true")]);
        Ok(Self {
            compressing: connections.org(compressing.map(|(n, v)| (*n, *v))),
            org: connections.org(session),
            host,
            credentials: credentials.map(owned).into(),
        })
    }

    pub(super) async fn work(&self, work: Work, compressed: bool) -> Result<u64, String> {
        let answer = match work {
            Work::Create => {
                self.org
                    .call(&(), |i, ()| Box::pin(i.create("Account", CREATE, None)))
                    .await
            }
            Work::Get => {
                let fields: Vec<String> = FIELDS.split(", ").map(str::to_owned).collect();
                self.org
                    .call(&fields, |i, fields| {
                        Box::pin(i.get("Account", ID, fields, None))
                    })
                    .await
            }
            Work::Update => {
                self.org
                    .call(&(), |i, ()| Box::pin(i.update("Account", ID, UPDATE, None)))
                    .await
            }
            Work::Login => return self.login().await,
            Work::Read | Work::ReadParsed => return self.read(work, compressed).await,
        };
        said(answer).map(|_| 1)
    }

    /// A new instance, whose first act is to log in.
    async fn login(&self) -> Result<u64, String> {
        let settings = self.credentials.iter().map(|(n, v)| (n, v));
        let instance = self.host.instance(settings).await;
        let mut instance = instance.map_err(|error| error.to_string())?;
        said(instance.login().await).map(|_| 1)
    }

    /// As many rows with each call as have 16 MiB.
    async fn read(&self, work: Work, compressed: bool) -> Result<u64, String> {
        let org = match compressed {
            true => &self.compressing,
            false => &self.org,
        };
        let mut start = Start::Soql(soql());
        let mut rows = 0;
        loop {
            let pages = org.call(&start, |i, start| {
                Box::pin(i.query_pages(start, Some(MOST_ROWS), None, false, None))
            });
            let pages = said(pages.await)?;
            let body = pages.body.unwrap_or_default();
            rows += count(&body, work)?;
            match locator(&pages.more) {
                Some(locator) => start = Start::Locator(locator),
                None => return Ok(rows),
            }
        }
    }
}

fn locator(more: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct More {
        locator: Option<String>,
    }
    serde_json::from_str::<More>(more).ok()?.locator
}

/// What the connector answered, or either error as a message.
fn said<T>(answer: Answer<T>) -> Result<T, String> {
    let answer = answer.map_err(|error| error.to_string())?;
    answer.map_err(|failure| failure.to_string())
}

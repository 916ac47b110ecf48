//! The same requests without the component: the limit of what a client can reach.

use super::answers::{FIELDS, ID, TOKEN};
use super::worker::Work;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use std::net::SocketAddr;

/// The payload of a create.
pub(super) const CREATE: &str =
    r#"{"Name":"Acme","Industry":"Manufacturing","NumberOfEmployees":42}"#;
/// The payload of an update.
pub(super) const UPDATE: &str = r#"{"NumberOfEmployees":43}"#;
/// The query of a read.
pub(super) fn soql() -> String {
    format!("SELECT {FIELDS} FROM Account")
}

/// A pooled client of hyper.
pub(super) struct Native {
    client: Client<HttpConnector, Full<Bytes>>,
    origin: String,
}

impl Native {
    pub(super) fn new(address: SocketAddr) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        Self {
            client: Client::builder(TokioExecutor::new()).build(tcp),
            origin: format!("http://{address}"),
        }
    }

    pub(super) async fn work(&self, work: Work) -> Result<u64, String> {
        let record = format!("/services/data/v66.0/sobjects/Account/{ID}");
        match work {
            Work::Create => {
                let path = "/services/data/v66.0/sobjects/Account";
                self.send(Method::POST, path, CREATE).await.map(|_| 1)
            }
            Work::Get => {
                let fields = FIELDS.replace(", ", "%2C");
                let path = format!("{record}?fields={fields}");
                self.send(Method::GET, &path, "").await.map(|_| 1)
            }
            Work::Update => self.send(Method::PATCH, &record, UPDATE).await.map(|_| 1),
            Work::Login => {
                let form = "grant_type=client_credentials&client_id=app&client_secret=hush";
                let path = "/services/oauth2/token";
                self.send(Method::POST, path, form).await.map(|_| 1)
            }
            Work::Read | Work::ReadParsed => self.read(work).await,
        }
    }

    async fn read(&self, work: Work) -> Result<u64, String> {
        let soql = soql().replace(' ', "%20").replace(',', "%2C");
        let mut path = format!("/services/data/v66.0/query?q={soql}");
        let mut rows = 0;
        loop {
            let body = self.send(Method::GET, &path, "").await?;
            let page = std::str::from_utf8(&body).map_err(|error| error.to_string())?;
            rows += count(page, work)?;
            // Where the server puts it.
            let head = page.split("\"records\"").next().unwrap_or_default();
            match head.split("\"nextRecordsUrl\":\"").nth(1) {
                Some(next) => path = next.split('"').next().unwrap_or_default().to_owned(),
                None => return Ok(rows),
            }
        }
    }

    async fn send(&self, method: Method, path: &str, body: &str) -> Result<Bytes, String> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.origin))
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("accept", "application/json");
        if !body.is_empty() {
            request = request.header("content-type", "application/json; charset=UTF-8");
        }
        let body = Full::new(Bytes::copy_from_slice(body.as_bytes()));
        let request = request.body(body).map_err(|error| error.to_string())?;
        let answer = self.client.request(request).await;
        let answer = answer.map_err(|error| error.to_string())?;
        let status = answer.status();
        if !status.is_success() {
            return Err(format!("{path} answered {status}"));
        }
        let body = answer.into_body().collect().await;
        Ok(body.map_err(|error| error.to_string())?.to_bytes())
    }
}

/// How many rows there are in a page.
pub(super) fn count(page: &str, work: Work) -> Result<u64, String> {
    #[derive(Deserialize)]
    struct Page {
        records: Vec<serde_json::Value>,
    }
    let rows = match work {
        Work::ReadParsed => serde_json::from_str::<Page>(page)
            .map_err(|error| error.to_string())?
            .records
            .len(),
        // Each row of the benchmark's server begins so, and nothing else has it.
        _ => page.matches(r#"{"attributes":"#).count(),
    };
    Ok(rows as u64)
}

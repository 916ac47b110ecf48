//! One function from a request to an answer. What disturbs answers can be put in front of it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::{Request, Response};

use super::approvals::Processes;
use super::auth::{Asked, Sessions};
use super::call::{Call, Content};
use super::deploy::Deployments;
use super::errors::ApiError;
use super::metadata::{Catalog, Org};
use super::query::Cursors;
use super::reply::Reply;
use super::rest::Data;
use super::soap::{self, Desk};
use super::{Exchange, FakeConfig, org, versions};

/// The longest path with its query, and the most that it and all headers may have together.
const MAX_TARGET: usize = 16_384;
const DAILY_CALLS: u32 = 15_000;

const TOO_LONG: &str =
    "<html><head><title>Error Page</title></head><body><h1>414 URI Too Long</h1></body></html>";
const TOO_LARGE: &str = "<html><head><title>Error Page</title></head><body><h1>431 Request Header Fields Too Large</h1></body></html>";

/// The org behind the server.
pub struct Service {
    pub(super) config: FakeConfig,
    pub(super) url: String,
    state: Mutex<State>,
}

/// What changes.
pub struct State {
    /// The tokens.
    pub sessions: Sessions,
    /// The org.
    pub data: Data,
    /// What was received.
    pub exchanges: Vec<Exchange>,
    calls: u32,
}

impl Service {
    /// A fresh org that believes to be at this address.
    pub fn new(config: FakeConfig, url: String) -> Result<Service, ApiError> {
        let mut store = org::seeded(&config)?;
        let data = Data {
            processes: Processes::seeded(&mut store),
            store,
            catalog: Catalog::default(),
            deployments: Deployments::default(),
            cursors: Cursors::new(config.page_size),
            not_understood: Vec::new(),
        };
        let state = State {
            sessions: Sessions::default(),
            data,
            exchanges: Vec::new(),
            calls: 0,
        };
        Ok(Service {
            config,
            url,
            state: Mutex::new(state),
        })
    }

    /// Answers a request.
    pub async fn handle(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes());
        let target = head
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let mut state = self.state();
        let reply = match body {
            Ok(body) => self.answer(&mut state, head.method.as_str(), target, head.headers, body),
            Err(_) => ApiError::json("The request body ended too early").into(),
        };
        // Whoever logs in with a query string has put secrets there.
        let (path, _) = target.split_once('?').unwrap_or((target, ""));
        let kept = if path.starts_with("/services/data/") {
            target
        } else {
            path
        };
        state.exchanges.push(Exchange {
            method: head.method.to_string(),
            path: kept.to_owned(),
            status: reply.status,
        });
        drop(state);
        reply.into_http()
    }

    fn answer(
        &self,
        state: &mut State,
        method: &str,
        target: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Reply {
        if target.len() > MAX_TARGET {
            return Reply::html(414, TOO_LONG);
        }
        let of_headers: usize = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 4)
            .sum();
        if target.len() + of_headers > MAX_TARGET {
            return Reply::html(431, TOO_LARGE);
        }
        let path = target.split('?').next().unwrap_or_default();
        let asked = Asked {
            config: &self.config,
            url: &self.url,
            store: &state.data.store,
            method,
            target,
            headers: &headers,
            body: &body,
        };
        if let Some(reply) = state.sessions.answer(&asked) {
            return reply;
        }
        if method == "POST"
            && let Some(reply) = soap::answer(&mut self.desk(state), path, &headers, &body)
        {
            return reply;
        }
        match path.trim_end_matches('/') {
            "/services/data" if matches!(method, "GET" | "HEAD") => {
                Reply::json(200, versions::list())
            }
            "/services/data" => ApiError::method(method, "GET,HEAD").into(),
            _ => match Call::new(method, target, headers, Content::Bytes(body)) {
                Ok(mut call) => data_call(state, &mut call),
                Err(error) => {
                    state.data.not_understood.push(format!("{method} {path}"));
                    error.into()
                }
            },
        }
    }

    fn desk<'a>(&'a self, state: &'a mut State) -> Desk<'a> {
        let data = &mut state.data;
        Desk {
            config: &self.config,
            url: &self.url,
            sessions: &mut state.sessions,
            org: Org {
                store: &mut data.store,
                processes: &mut data.processes,
                catalog: &mut data.catalog,
            },
            not_understood: &mut data.not_understood,
        }
    }

    /// The state, for a moment; it must not be held over an `await`.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn data_call(state: &mut State, call: &mut Call) -> Reply {
    if let Err(error) = state.sessions.check(&call.headers) {
        return error.into();
    }
    state.calls += 1;
    let usage = format!("api-usage={}/{DAILY_CALLS}", state.calls);
    state.data.answer(call).with("Sforce-Limit-Info", usage)
}

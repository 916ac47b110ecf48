//! One function from a request to an answer, or to what a fault makes of it.

use std::net::SocketAddr;
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::Request;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use serde_json::Value;
use tokio::sync::watch;

use super::approvals::Processes;
use super::auth::{Asked, Sessions};
use super::call::{Call, Content};
use super::deploy::Deployments;
use super::errors::ApiError;
use super::faults::{Answer, Fault, Outage, Plan, Script, Target, script};
use super::ledger::Entry;
use super::metadata::{Catalog, Org};
use super::query::Cursors;
use super::reply::Reply;
use super::rest::Data;
use super::soap::{self, Desk};
use super::tls::Tls;
use super::ui_api::Keyed;
use super::{Exchange, FakeConfig, Strike, org, versions};

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
    pub(super) address: SocketAddr,
    pub(super) tls: Option<Tls>,
    state: Mutex<State>,
    /// Connections that stand.
    pub(super) open: AtomicUsize,
    /// Connections on which something is going on.
    pub(super) busy: AtomicUsize,
    lifted: watch::Sender<u64>,
    changed: watch::Sender<u64>,
    hung_up: watch::Sender<u64>,
}

/// What changes.
pub struct State {
    /// The tokens.
    pub sessions: Sessions,
    /// The org.
    pub data: Data,
    /// What was received.
    pub exchanges: Vec<Exchange>,
    /// What goes wrong, and when.
    pub faults: Plan,
    /// What went wrong.
    pub strikes: Vec<Strike>,
    /// What changed.
    pub ledger: Vec<Entry>,
    requests: u64,
    calls: u32,
}

impl State {
    fn strike(&mut self, fault: Fault, method: &str, path: &str) {
        self.strikes.push(Strike {
            fault,
            method: method.to_owned(),
            path: path.to_owned(),
            status: 0,
        });
    }
}

impl Service {
    /// A fresh org that believes to be at this address.
    pub fn new(
        config: FakeConfig,
        address: SocketAddr,
        tls: Option<Tls>,
    ) -> Result<Service, ApiError> {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let mut store = org::seeded(&config)?;
        let processes = Processes::seeded(&mut store);
        store.watch();
        let data = Data {
            processes,
            store,
            catalog: Catalog::default(),
            deployments: Deployments::default(),
            keyed: Keyed::default(),
            cursors: Cursors::new(config.page_size),
            not_understood: Vec::new(),
        };
        let state = State {
            sessions: Sessions::default(),
            data,
            exchanges: Vec::new(),
            faults: Plan::default(),
            strikes: Vec::new(),
            ledger: Vec::new(),
            requests: 0,
            calls: 0,
        };
        Ok(Service {
            config,
            url: format!("{scheme}://{address}"),
            address,
            tls,
            state: Mutex::new(state),
            open: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            lifted: watch::Sender::new(0),
            changed: watch::Sender::new(0),
            hung_up: watch::Sender::new(0),
        })
    }

    /// Does what a request asks for, unless a fault keeps it from that, and says what goes over
    /// the wire.
    pub async fn handle(&self, request: Request<Incoming>) -> Script {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes());
        let target = head
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let method = head.method.as_str();
        let mut guard = self.state();
        let state = &mut *guard;
        state.requests += 1;
        let fault = state.faults.read(method, target);
        let answer = match body {
            _ if fault.is_some_and(|fault| !fault.applies()) => Reply::empty(200),
            Ok(body) => self.answer(state, method, target, head.headers, body),
            Err(_) => ApiError::json("The request body ended too early").into(),
        };
        // Whoever logs in with a query string has put secrets there.
        let (path, _) = target.split_once('?').unwrap_or((target, ""));
        let kept = if path.starts_with("/services/data/") {
            target
        } else {
            path
        };
        let mut answer = Answer::from(answer);
        if !self.config.keep_alive {
            answer = answer.with("Connection", "close");
        }
        let changes = state.data.store.take_changes();
        state.ledger.extend(changes.into_iter().map(|change| Entry {
            request: state.requests,
            method: method.to_owned(),
            path: path.to_owned(),
            change,
        }));
        let script = match fault {
            None => answer.script(method == "HEAD"),
            Some(fault) => {
                state.strikes.push(Strike {
                    fault,
                    method: method.to_owned(),
                    path: kept.to_owned(),
                    status: answer.status,
                });
                let elsewhere = &self.config.elsewhere;
                answer.clone().struck(fault, Target::at(path), elsewhere)
            }
        };
        state.exchanges.push(Exchange {
            method: method.to_owned(),
            path: kept.to_owned(),
            status: fault.map_or(answer.status, |_| script::status(&script)),
        });
        script
    }

    /// What strikes a request before it is read.
    pub fn unread(&self, method: &str, target: &str) -> Option<Fault> {
        let mut state = self.state();
        let fault = state.faults.unread(method, target)?;
        state.strike(fault, method, target);
        Some(fault)
    }

    /// What strikes a connection before there is a request.
    pub fn accepted(&self) -> Option<Fault> {
        let mut state = self.state();
        let fault = state.faults.accepted()?;
        state.strike(fault, "", "");
        Some(fault)
    }

    /// The outage that begins now.
    pub fn outage(&self) -> Option<Outage> {
        let mut state = self.state();
        let outage = state.faults.outage()?;
        state.strike(outage.fault, "", "");
        Some(outage)
    }

    /// Does something to the plan of faults, and lets the server know.
    pub fn plan(&self, change: impl FnOnce(&mut Plan)) {
        change(&mut self.state().faults);
        self.changed.send_modify(|number| *number += 1);
    }

    /// Takes all faults away, and ends what hangs.
    pub fn lift(&self) {
        self.state().faults = Plan::default();
        self.lifted.send_modify(|number| *number += 1);
    }

    /// Closes what is idle.
    pub fn hang_up(&self) {
        self.hung_up.send_modify(|number| *number += 1);
    }

    /// Waits until idle connections are to be closed after now.
    pub fn until_hung_up(&self) -> impl Future<Output = ()> + use<> {
        let mut hung_up = self.hung_up.subscribe();
        async move {
            let _ = hung_up.changed().await;
        }
    }

    /// Waits until faults are lifted after now.
    pub fn until_lifted(&self) -> impl Future<Output = ()> + use<> {
        let mut lifted = self.lifted.subscribe();
        async move {
            let _ = lifted.changed().await;
        }
    }

    /// Waits until the plan changes after now.
    pub fn until_changed(&self) -> impl Future<Output = ()> + use<> {
        let mut changed = self.changed.subscribe();
        async move {
            let _ = changed.changed().await;
        }
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

/// The same as a request of the data API with a good session, but it is not counted, and no fault
/// strikes it.
pub fn inside(state: &mut State, method: &str, target: &str, body: Option<Value>) -> Reply {
    let reply = match Call::new(method, target, HeaderMap::new(), Content::Json(body)) {
        Ok(mut call) => state.data.answer(&mut call),
        Err(error) => error.into(),
    };
    state.data.store.take_changes();
    reply
}

fn data_call(state: &mut State, call: &mut Call) -> Reply {
    if let Err(error) = state.sessions.check(&call.headers) {
        return error.into();
    }
    state.calls += 1;
    let usage = format!("api-usage={}/{DAILY_CALLS}", state.calls);
    state.data.answer(call).with("Sforce-Limit-Info", usage)
}

//! A fake Salesforce: an org in memory behind real HTTP on 127.0.0.1, for trying things out without
//! an account and for tests. It has the logins of OAuth, `/services/data/` with single records,
//! upserts by external id, relationships, SOQL with paging, composite requests and approvals, and
//! below `/services/Soap/` a login and the calls that make custom objects, which can be deployed as
//! well. Statuses and bodies are those of Salesforce; what it does not know is 404 `NOT_FOUND` and
//! listed by [`Fake::not_understood`].

mod approvals;
mod auth;
mod call;
mod clock;
mod composite;
mod conditional;
mod deletion;
mod deploy;
mod errors;
pub mod faults;
mod ids;
pub mod ledger;
mod metadata;
mod objects;
mod org;
mod permissions;
mod query;
mod records;
mod references;
mod relationships;
mod reply;
mod rest;
mod schema;
mod service;
mod settings;
mod soap;
mod soql;
mod store;
mod stream;
#[cfg(test)]
mod tests;
mod tls;
mod ui_api;
mod values;
mod versions;
mod wire;

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use faults::{Elsewhere, Fault, Rule, Seed};
use ledger::Entry;
use service::Service;
use tls::Tls;

/// How a fake starts.
#[derive(Clone)]
pub struct FakeConfig {
    /// The port on 127.0.0.1; 0 lets the system choose one.
    pub port: u16,
    /// The most rows of a page of query results. Real pages have up to 2,000; a small number shows
    /// paging with little data.
    pub page_size: usize,
    /// Generated accounts beside the small org.
    pub extra_accounts: usize,
    /// The client id that may log in.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The user who may log in with a password.
    pub username: String,
    /// Its password.
    pub password: String,
    /// Its security token, which logins append to the password.
    pub security_token: String,
    /// The RSA key, in PEM, that the assertions of the JWT bearer flow must be signed for.
    pub public_key: String,
    /// Whether the password must be changed, which SOAP's `login()` tells after the fact.
    pub password_expired: bool,
    /// What access tokens look like.
    pub token_form: TokenForm,
    /// Whether a refresh token is good once, and answers with the next one.
    pub rotate_refresh_tokens: bool,
    /// Where faults lead astray.
    pub elsewhere: Elsewhere,
    /// Whether connections are kept after an answer, as they are by default. Where each request
    /// has a connection of its own, what strikes connections strikes requests.
    pub keep_alive: bool,
    /// Whether connections have TLS, with a certificate of an authority that is made for this
    /// fake. See [`Fake::ca_pem`].
    pub tls: bool,
    /// Permissions that the user of the API is told not to have, such as `ManageUsers`. They are
    /// told alone: the fake lets the user do everything.
    pub lacking_permissions: Vec<String>,
}

/// What access tokens look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenForm {
    /// The id of the org, an exclamation mark, and noise.
    Opaque,
    /// Three parts with dots; SOAP refuses them.
    Jwt,
}

/// How a private key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyForm {
    /// `-----BEGIN RSA PRIVATE KEY-----`
    Pkcs1,
    /// `-----BEGIN PRIVATE KEY-----`
    Pkcs8,
}

impl Default for FakeConfig {
    fn default() -> FakeConfig {
        FakeConfig {
            port: 0,
            page_size: 2000,
            extra_accounts: 0,
            client_id: "3MVG9fakeConsumerKey.for_the.fake_org_only".to_owned(),
            client_secret: "FA4E5EC2E700000000000000000000000000000000000000000000000000FA4E"
                .to_owned(),
            username: "integration@fake-org.example".to_owned(),
            password: "correct-horse-7".to_owned(),
            security_token: "fAk3t0k3nF4kEt0KeN".to_owned(),
            public_key: auth::keys::PUBLIC.to_owned(),
            password_expired: false,
            token_form: TokenForm::Opaque,
            rotate_refresh_tokens: false,
            elsewhere: Elsewhere::default(),
            keep_alive: true,
            tls: false,
            lacking_permissions: Vec::new(),
        }
    }
}

impl fmt::Debug for FakeConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FakeConfig")
            .field("port", &self.port)
            .field("page_size", &self.page_size)
            .field("extra_accounts", &self.extra_accounts)
            .field("username", &self.username)
            .field("password_expired", &self.password_expired)
            .field("token_form", &self.token_form)
            .field("rotate_refresh_tokens", &self.rotate_refresh_tokens)
            .field("elsewhere", &self.elsewhere)
            .field("keep_alive", &self.keep_alive)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

/// A way to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// A token that exists already.
    Bearer,
    /// Client id and secret.
    ClientCredentials,
    /// Client id and secret with user name, password and security token.
    UsernamePassword,
    /// An assertion signed with a private key.
    Jwt,
    /// A refresh token that exists already, with client id and secret.
    RefreshToken,
    /// SOAP's `login()` with user name, password and security token.
    Soap,
}

/// A request that the fake received, and how it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The path; with the query below `/services/data/`.
    pub path: String,
    /// The status of the answer; 0 where a fault let none be sent.
    pub status: u16,
}

/// The connections with TLS, by how they began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Handshakes {
    /// With the certificate, which costs both sides milliseconds of CPU and the wire more bytes.
    pub full: usize,
    /// With what was left of an earlier connection.
    pub resumed: usize,
}

/// A fault that struck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    /// What went wrong.
    pub fault: Fault,
    /// The method of the request; empty where there was none yet.
    pub method: String,
    /// Its path; with the query below `/services/data/`.
    pub path: String,
    /// The status that the answer had, or would have had; 0 where nothing was done.
    pub status: u16,
}

/// A running fake. Dropping it stops the server and closes all connections.
pub struct Fake {
    service: Arc<Service>,
    server: JoinHandle<()>,
}

impl Fake {
    /// Starts a fake.
    pub async fn start(config: FakeConfig) -> io::Result<Fake> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?;
        let address = listener.local_addr()?;
        let tls = config.tls.then(Tls::new).transpose();
        let service = Service::new(config, address, tls.map_err(io::Error::other)?)
            .map_err(|error| io::Error::other(error.message))?;
        let service = Arc::new(service);
        let server = tokio::spawn(wire::serve(listener, Arc::clone(&service)));
        Ok(Fake { service, server })
    }

    /// The address, `http://127.0.0.1:PORT`, or `https` with TLS: login host, My Domain and
    /// instance at once.
    pub fn url(&self) -> String {
        self.service.url.clone()
    }

    /// The certificate of the authority that vouches for the fake, in PEM form, where it has TLS.
    /// It is another one for each fake, and its key is kept nowhere.
    pub fn ca_pem(&self) -> Option<&str> {
        self.service.tls.as_ref().map(|tls| tls.ca_pem.as_str())
    }

    /// How the connections so far began; none without TLS.
    pub fn handshakes(&self) -> Handshakes {
        let tls = self.service.tls.as_ref();
        tls.map(Tls::handshakes).unwrap_or_default()
    }

    /// The settings of a connector that logs in this way. `Bearer` opens a session, and
    /// `RefreshToken` hands out a token of its own each time.
    pub fn settings(&self, flow: Flow) -> Vec<(String, String)> {
        let mut settings = settings::of(&self.service, flow);
        settings.push(("SALESFORCE_VERSION", "66.0".to_owned()));
        settings
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The private key that belongs to the public key of [`FakeConfig::default`].
    pub fn private_key_pem(form: KeyForm) -> &'static str {
        match form {
            KeyForm::Pkcs1 => auth::keys::PRIVATE_PKCS1,
            KeyForm::Pkcs8 => auth::keys::PRIVATE_PKCS8,
        }
    }

    /// Makes all access tokens handed out so far answer 401 `INVALID_SESSION_ID`.
    pub fn expire_sessions(&self) {
        self.service.state().sessions.expire();
    }

    /// Everything received so far, in order. Never headers, bodies or secrets.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.service.state().exchanges.clone()
    }

    /// Lets something go wrong from now on. Of several rules that fit a request, the first
    /// strikes.
    pub fn inject(&self, rule: Rule) {
        self.service.plan(|plan| plan.add(rule));
    }

    /// Lets things go wrong by chance from now on, in the same way for the same seed and the same
    /// requests.
    pub fn leave_to_chance(&self, seed: Seed) {
        self.service.plan(|plan| plan.leave_to(seed));
    }

    /// Takes all faults away and ends what hangs.
    pub fn lift(&self) {
        self.service.lift();
    }

    /// The same, and waits until every request that ever reached this machine was done or
    /// dropped, so that the ledger is complete.
    pub async fn settle(&self) -> io::Result<()> {
        self.service.lift();
        wire::settled(&self.service).await
    }

    /// Closes all connections on which nothing is going on, and waits until the callers have
    /// noticed.
    pub async fn hang_up(&self) {
        wire::hung_up(&self.service).await;
    }

    /// The faults that struck, in order.
    pub fn strikes(&self) -> Vec<Strike> {
        self.service.state().strikes.clone()
    }

    /// Everything that requests changed, in order, whatever was answered to them.
    pub fn ledger(&self) -> Vec<Entry> {
        self.service.state().ledger.clone()
    }

    /// Does what a request below `/services/data/` would do with a good session, without HTTP,
    /// faults and an entry in the ledger, and answers its status and its JSON.
    pub fn call(&self, method: &str, target: &str, body: Option<Value>) -> (u16, Value) {
        let reply = service::inside(&mut self.service.state(), method, target, body);
        let json = match reply.body {
            reply::Body::Json(json) => json,
            _ => Value::Null,
        };
        (reply.status, json)
    }

    /// The id of the first record, live or not, that has this text in a field.
    pub fn id_of(&self, sobject: &str, field: &str, text: &str) -> Option<String> {
        let state = self.service.state();
        let store = &state.data.store;
        let table = store.table(store.object(sobject)?);
        let at = table.schema.find(field)?;
        let found = table
            .records()
            .iter()
            .find(|record| record.text(at) == text);
        found.map(|record| record.id().to_owned())
    }

    /// Requests and SOQL that the fake could not understand, one line each. SOQL that Salesforce
    /// would refuse as well is among them.
    pub fn not_understood(&self) -> Vec<String> {
        self.service.state().data.not_understood.clone()
    }

    /// How many live records an object has; none where there is no such object.
    pub fn record_count(&self, sobject: &str) -> usize {
        let state = self.service.state();
        let store = &state.data.store;
        let count = |object| {
            store
                .table(object)
                .records()
                .iter()
                .filter(|record| !record.deleted())
                .count()
        };
        store.object(sobject).map_or(0, count)
    }
}

impl fmt::Debug for Fake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the service, which holds tokens.
        formatter
            .debug_struct("Fake")
            .field("url", &self.service.url)
            .finish_non_exhaustive()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.server.abort();
    }
}

//! Which resource answers which path below `/services/data/vXX.X/`.

use super::approvals::{self, Processes};
use super::call::Call;
use super::deploy::{self, Deployments};
use super::errors::ApiError;
use super::metadata::{Catalog, Org};
use super::query::Cursors;
use super::reply::Reply;
use super::store::{ObjectRef, Store};
use super::ui_api::Keyed;
use super::{composite, ids, permissions, records, relationships, ui_api, versions};

/// The data of the org and what is needed to answer about it.
#[derive(Debug)]
pub struct Data {
    /// The records.
    pub store: Store,
    /// The ways to an approval.
    pub processes: Processes,
    /// The custom objects and fields as they were described.
    pub catalog: Catalog,
    /// What was deployed, or will be.
    pub deployments: Deployments,
    /// The creates that came with a key.
    pub keyed: Keyed,
    /// The query results with more pages.
    pub cursors: Cursors,
    /// What could not be understood, a line each.
    pub not_understood: Vec<String>,
}

impl Data {
    /// Answers a call that comes with a good session.
    pub fn answer(&mut self, call: &mut Call) -> Reply {
        let path = std::mem::take(&mut call.path);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let result = match path.as_slice() {
            ["composite"] if call.method == "POST" => composite::run(self, call),
            ["composite"] => Err(ApiError::method(&call.method, "POST")),
            path => self.single(path, call),
        };
        let mut reply = result.unwrap_or_else(Reply::from);
        if versions::DEPRECATED.contains(&call.version) {
            let text = "This API is deprecated and will be removed in Summer '28.";
            reply = reply.with("Warning", format!("299 - \"{text}\""));
        }
        reply
    }

    /// Answers a call that may also be a part of a composite one.
    pub fn single(&mut self, path: &[&str], call: &mut Call) -> Result<Reply, ApiError> {
        permissions::apply(&mut self.store);
        match path {
            [] => only_get(call).map(|()| Reply::json(200, versions::resources(call.version))),
            ["query"] => self.query(false, call),
            ["queryAll"] => self.query(true, call),
            ["query" | "queryAll", locator] => {
                only_get(call)?;
                self.cursors.next_page(&self.store, locator, call)
            }
            ["process", "approvals"] => match call.method.as_str() {
                "GET" | "HEAD" => Ok(approvals::list(&self.processes)),
                "POST" => approvals::act(&mut self.store, &self.processes, call),
                other => Err(ApiError::method(other, "GET,HEAD,POST")),
            },
            ["metadata", "deployRequest"] => match call.method.as_str() {
                "POST" => deploy::start(&mut self.deployments, &mut self.store, call),
                other => Err(ApiError::method(other, "POST")),
            },
            ["metadata", "deployRequest", id] => {
                only_get(call)?;
                let mut org = Org {
                    store: &mut self.store,
                    processes: &mut self.processes,
                    catalog: &mut self.catalog,
                };
                deploy::look(&mut self.deployments, &mut org, id, call)
            }
            ["ui-api", "records"] => match call.method.as_str() {
                "POST" => ui_api::create(&mut self.keyed, &mut self.store, call),
                other => Err(ApiError::method(other, "POST")),
            },
            ["sobjects", name] => self.collection(name, call),
            ["sobjects", name, rest @ ..] => {
                let object = self.object(name, call)?;
                self.record(object, rest, call)
            }
            _ => Err(self.unknown(path, call)),
        }
    }

    fn collection(&mut self, name: &str, call: &mut Call) -> Result<Reply, ApiError> {
        let object = self.object(name, call)?;
        match call.method.as_str() {
            "POST" => records::create(&mut self.store, object, call),
            // Real, but not built here.
            "GET" | "HEAD" => Err(self.unknown(&["sobjects", name], call)),
            other => Err(ApiError::method(other, "GET,HEAD,POST")),
        }
    }

    fn record(
        &mut self,
        object: ObjectRef,
        path: &[&str],
        call: &mut Call,
    ) -> Result<Reply, ApiError> {
        let store = &mut self.store;
        match path {
            [id] if id.eq_ignore_ascii_case("Id")
                && call.method == "POST"
                && call.version >= 37 =>
            {
                records::create(store, object, call)
            }
            // A field that does not exist must not hide behind one that looks like an id.
            [id, names @ ..]
                if names.is_empty()
                    || (ids::looks_like_id(id) && !has_field(store, object, id)) =>
            {
                if !matches!(call.method.as_str(), "GET" | "HEAD" | "PATCH" | "DELETE") {
                    return Err(ApiError::method(&call.method, "GET,HEAD,PATCH,DELETE"));
                }
                let row = records::locate(store, object, call, id)?;
                relationships::follow(store, &mut self.cursors, (object, row), names, call)
            }
            [field, value] => records::by_key(store, object, (field, value), call),
            _ => Err(self.unknown(path, call)),
        }
    }

    fn query(&mut self, deleted_too: bool, call: &Call) -> Result<Reply, ApiError> {
        only_get(call)?;
        let answer = self.cursors.query(&self.store, deleted_too, call);
        if let Err(error) = &answer
            && matches!(error.code, "MALFORMED_QUERY" | "INVALID_TYPE")
        {
            let soql: String = call
                .parameter("q")
                .unwrap_or_default()
                .chars()
                .take(500)
                .collect();
            let reason = error.message.lines().last().unwrap_or_default();
            self.not_understood
                .push(format!("SOQL: {} ({reason})", soql.replace('\n', " ")));
        }
        answer
    }

    fn object(&mut self, name: &str, call: &Call) -> Result<ObjectRef, ApiError> {
        match self.store.object(name) {
            Some(object) => Ok(object),
            None => Err(self.unknown(&["sobjects", name], call)),
        }
    }

    fn unknown(&mut self, path: &[&str], call: &Call) -> ApiError {
        self.not_understood.push(format!(
            "{} /services/data/v{}.0/{}",
            call.method,
            call.version,
            path.join("/")
        ));
        ApiError::not_found()
    }
}

fn has_field(store: &Store, object: ObjectRef, name: &str) -> bool {
    store.table(object).schema.find(name).is_some()
}

fn only_get(call: &Call) -> Result<(), ApiError> {
    match call.method.as_str() {
        "GET" | "HEAD" => Ok(()),
        other => Err(ApiError::method(other, "GET,HEAD")),
    }
}

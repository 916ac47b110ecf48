//! Requests of a component on their way: `wasi:http/outgoing-handler`, and the
//! `future-incoming-response` that it answers.
//!
//! Those of `wasmtime-wasi-http` 48 start a task for each request, and with it a second thread
//! that the first has to be woken by; and they leave the options of each request in the table of
//! handles until it is full. Here a request that found a kept connection stays with the instance
//! that waits for it.

use super::body::Progress;
use http_body_util::{BodyExt, Empty};
use hyper::header::{CONTENT_LENGTH, HOST};
use hyper::http::uri::{Scheme, Uri};
use hyper::{HeaderMap, Method, Request, Response};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::{Pollable, subscribe};
use wasmtime_wasi::runtime::{AbortOnDropJoinHandle, spawn};
use wasmtime_wasi_http::p2::bindings::http::types::{self, ErrorCode, HostFutureIncomingResponse};
use wasmtime_wasi_http::p2::body::HostIncomingBody;
use wasmtime_wasi_http::p2::types::{
    HostFutureIncomingResponse as Theirs, HostIncomingResponse, HostOutgoingRequest,
};
use wasmtime_wasi_http::{
    Error as Code, FieldMap, RequestOptions, WasiBody, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

type Outcome = Result<Response<WasiBody>, Code>;

/// A request on its way.
enum Outgoing {
    /// Goes on while somebody waits for it.
    Here(Pin<Box<dyn Future<Output = Outcome> + Send>>),
    /// Goes on by itself.
    Elsewhere(AbortOnDropJoinHandle<Outcome>),
    Answered(Outcome),
    Taken,
}

#[async_trait]
impl Pollable for Outgoing {
    async fn ready(&mut self) {
        let outcome = match self {
            Self::Here(sending) => sending.await,
            Self::Elsewhere(sending) => sending.await,
            Self::Answered(_) | Self::Taken => return,
        };
        *self = Self::Answered(outcome);
    }
}

/// Puts them into the place of the others.
pub(crate) fn link<T: WasiHttpView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut handler = linker.instance("wasi:http/outgoing-handler@0.2.12")?;
    handler.func_wrap(
        "handle",
        |mut store: StoreContextMut<'_, T>, (request, options): (Resource<_>, Option<_>)| {
            Ok((handle(&mut store.data_mut().http(), request, options)?,))
        },
    )?;
    let mut types = linker.instance("wasi:http/types@0.2.12")?;
    types.resource(
        "future-incoming-response",
        ResourceType::host::<Outgoing>(),
        |mut store, outgoing| {
            let outgoing = Resource::<Outgoing>::new_own(outgoing);
            store.data_mut().http().table.delete(outgoing)?;
            Ok(())
        },
    )?;
    types.func_wrap(
        "[method]future-incoming-response.subscribe",
        |mut store: StoreContextMut<'_, T>, (outgoing,): (Resource<Outgoing>,)| {
            Ok((subscribe(store.data_mut().http().table, outgoing)?,))
        },
    )?;
    types.func_wrap(
        "[method]future-incoming-response.get",
        |mut store: StoreContextMut<'_, T>, (outgoing,): (Resource<Outgoing>,)| {
            Ok((get(&mut store.data_mut().http(), &outgoing)?,))
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

fn handle(
    view: &mut WasiHttpCtxView<'_>,
    request: Resource<HostOutgoingRequest>,
    options: Option<Resource<RequestOptions>>,
) -> wasmtime::Result<Result<Resource<Outgoing>, ErrorCode>> {
    let request = view.table.delete(request)?;
    let options = match options {
        Some(options) => Some(view.table.delete(options)?),
        None => None,
    };
    let mut request = match message(view.hooks, request) {
        Ok(request) => request,
        Err(code) => return Ok(Err(code)),
    };
    let progress = Arc::new(Progress::now());
    request.extensions_mut().insert(Arc::clone(&progress));
    let sending = view
        .hooks
        .send_request(request, options, Box::new(async { Ok(()) }));
    let mut sending: Pin<Box<dyn Future<Output = Outcome> + Send>> = Box::pin(async move {
        // The pool drives its connections itself, so that nothing else is left to be done.
        let (response, _) = Pin::from(sending).await?;
        Ok(response)
    });
    // So far that it is with a connection, if there is one. Whoever waits wakes it later.
    let mut nobody = Context::from_waker(Waker::noop());
    let outgoing = match sending.as_mut().poll(&mut nobody) {
        Poll::Ready(outcome) => Outgoing::Answered(outcome),
        Poll::Pending if progress.is_connected() => Outgoing::Here(sending),
        // A component may start several requests, and wait for one of them.
        Poll::Pending => Outgoing::Elsewhere(spawn(sending)),
    };
    Ok(Ok(view.table.push(outgoing)?))
}

/// The request as HTTP has it.
fn message(
    hooks: &mut dyn WasiHttpHooks,
    request: HostOutgoingRequest,
) -> Result<Request<WasiBody>, ErrorCode> {
    let headers = HeaderMap::from(request.headers);
    let length = headers.get(CONTENT_LENGTH);
    if request.body.is_none() && length.is_some_and(|length| length != "0") {
        return Err(ErrorCode::HttpRequestBodySize(Some(0)));
    }
    let method = match &request.method {
        types::Method::Get => Method::GET,
        types::Method::Head => Method::HEAD,
        types::Method::Post => Method::POST,
        types::Method::Put => Method::PUT,
        types::Method::Delete => Method::DELETE,
        types::Method::Connect => Method::CONNECT,
        types::Method::Options => Method::OPTIONS,
        types::Method::Trace => Method::TRACE,
        types::Method::Patch => Method::PATCH,
        types::Method::Other(name) => {
            Method::from_bytes(name.as_bytes()).map_err(|_| ErrorCode::HttpRequestMethodInvalid)?
        }
    };
    let scheme = match request.scheme {
        Some(types::Scheme::Http) => Scheme::HTTP,
        Some(types::Scheme::Https) => Scheme::HTTPS,
        Some(types::Scheme::Other(_)) | None => return Err(ErrorCode::HttpProtocolError),
    };
    let authority = request.authority.unwrap_or_default();
    let host = hooks.set_host_header().then(|| authority.parse());
    let uri = Uri::builder()
        .scheme(scheme)
        .authority(authority)
        .path_and_query(request.path_with_query.unwrap_or_default())
        .build()
        .map_err(|_| ErrorCode::HttpRequestUriInvalid)?;
    let body = request
        .body
        .unwrap_or_else(|| Empty::new().map_err(|never| match never {}).boxed_unsync());
    let mut message = Request::new(body);
    *message.method_mut() = method;
    *message.uri_mut() = uri;
    *message.headers_mut() = headers;
    if let Some(host) = host {
        let host = host.map_err(|_| ErrorCode::HttpRequestUriInvalid)?;
        message.headers_mut().insert(HOST, host);
    }
    Ok(message)
}

/// What `future-incoming-response.get` answers: nothing yet; that it was taken before; or the
/// answer.
type Got = Option<Result<Result<Resource<HostIncomingResponse>, ErrorCode>, ()>>;

fn get(view: &mut WasiHttpCtxView<'_>, outgoing: &Resource<Outgoing>) -> wasmtime::Result<Got> {
    let outgoing = view.table.get_mut(outgoing)?;
    let outcome = match std::mem::replace(outgoing, Outgoing::Taken) {
        Outgoing::Answered(outcome) => outcome,
        Outgoing::Taken => return Ok(Some(Err(()))),
        waiting => {
            *outgoing = waiting;
            return Ok(None);
        }
    };
    let response = match outcome {
        Ok(response) => response,
        // Theirs knows what each error is in the terms of this version.
        Err(code) => {
            let failed = view.table.push(Theirs::Ready(Err(code)))?;
            let code = HostFutureIncomingResponse::get(view, Resource::new_borrow(failed.rep()))?;
            view.table.delete(failed)?;
            return Ok(code);
        }
    };
    let (parts, body) = response.into_parts();
    let headers = FieldMap::new_immutable(view.hooks, parts.headers);
    let response = view.table.push(HostIncomingResponse {
        status: parts.status.as_u16(),
        headers,
        body: Some(HostIncomingBody::new(body)),
    })?;
    Ok(Some(Ok(Ok(response))))
}

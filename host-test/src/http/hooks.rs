//! What the host does where the component sends a request.

use super::egress::Egress;
use super::failed::Failed;
use super::pool::Pool;
use crate::trace::Trace;
use hyper::{Request, Response};
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::p2::IoError;
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::{Error as Code, RequestOptions, WasiBody, WasiHttpHooks, WasiHttpView};

/// The way out for one instance.
pub(crate) struct Hooks {
    pub(crate) pool: Pool,
    pub(crate) egress: Egress,
    pub(crate) trace: Trace,
}

type Io = Box<dyn Future<Output = Result<(), Code>> + Send>;
type Sending = Box<dyn Future<Output = Result<(Response<WasiBody>, Io), Code>> + Send>;

impl WasiHttpHooks for Hooks {
    /// The pool sets `Host` for HTTP/1.1, without a default port; HTTP/2 has `:authority`.
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), Code>> + Send>,
    ) -> Sending {
        let uri = request.uri();
        let record = self.trace.record(request.method(), uri);

        if !self.egress.allows(uri) {
            let denied = Failed::new(Code::HttpRequestDenied, "the egress rules do not name it");
            let failure = denied.describe();
            record.note(|exchange| exchange.failure = Some(failure));
            return Box::new(async move { Err(denied.code) });
        }
        let pool = self.pool.clone();
        Box::new(async move {
            let response = pool.send(request, options, record).await?;
            // The pool drives its connections in tasks of its own.
            Ok((response, Box::new(async { Ok(()) }) as Io))
        })
    }
}

/// Lets the component learn why an answer broke off. In `wasmtime-wasi-http` 48 the body of an
/// answer fails with an error that its own `http-error-code` does not recognise, so that a
/// timeout in the middle of an answer could not be told from a lost connection. This one
/// recognises both.
pub(crate) fn add_error_codes<T>(linker: &mut Linker<T>) -> wasmtime::Result<()>
where
    T: WasiHttpView + 'static,
{
    linker.allow_shadowing(true);
    linker.instance("wasi:http/types@0.2.12")?.func_wrap(
        "http-error-code",
        |mut store: StoreContextMut<'_, T>, (error,): (Resource<IoError>,)| {
            let view = store.data_mut().http();
            let error = view.table.get(&error)?;
            let code = match error.downcast_ref::<ErrorCode>() {
                Some(code) => Some(code.clone()),
                None => error.downcast_ref::<Code>().and_then(body_error),
            };
            Ok((code,))
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

/// The codes with which the body of an answer fails in this host.
fn body_error(code: &Code) -> Option<ErrorCode> {
    match code {
        Code::ConnectionReadTimeout => Some(ErrorCode::ConnectionReadTimeout),
        Code::ConnectionTerminated => Some(ErrorCode::ConnectionTerminated),
        Code::HttpProtocolError => Some(ErrorCode::HttpProtocolError),
        Code::HttpResponseTimeout => Some(ErrorCode::HttpResponseTimeout),
        _ => None,
    }
}

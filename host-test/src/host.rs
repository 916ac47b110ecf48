//! The host: one compiled component, from which instances are started.

use crate::cache;
use crate::config::{Allocation, HostConfig};
use crate::error::Error;
use crate::http::{Egress, Hooks, Pool, add_error_codes, add_outgoing};
use crate::instance::Instance;
use crate::limits::{Limits, Meter, Usage};
use crate::ticker::Ticker;
use crate::trace::Trace;
use crate::wit::Indices;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use wasmtime::component::{self, Component, InstancePre, Linker, ResourceTable};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};
use wasmtime_wasi::cli::{WasiCli, WasiCliView};
use wasmtime_wasi::p2::bindings::cli;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// A compiled connector and what its instances share: the engine, the pool of connections, the
/// limits. Cheap to clone; one is enough for a process.
///
/// The component gets `wasi:http`, `wasi:io`, `wasi:clocks`, `wasi:random` and `wasi:cli`. Files
/// and sockets do not exist for it: a component that imports them is refused.
#[derive(Clone)]
pub struct Host {
    inner: Arc<Inner>,
}

struct Inner {
    pre: InstancePre<State>,
    indices: Indices,
    pool: Pool,
    egress: Egress,
    limits: Limits,
    trace: bool,
    _ticker: Ticker,
}

/// What belongs to one instance.
pub(crate) struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    hooks: Hooks,
    meter: Meter,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// The most that an instance may hold of requests, answers, headers, streams and the like, each
/// of which takes memory of the host. The connector holds about ten at a time.
const HANDLES: usize = 256;

/// Bytes of a pooled slot that stay with the process when its instance ends: what an instance has
/// after a small call.
const KEPT_RESIDENT: usize = 1024 * 1024;

/// No settings, for an instance that is only asked for its catalog, or is given its settings by
/// [`Instance::configure`].
pub const NO_SETTINGS: [(&str, &str); 0] = [];

impl Host {
    /// Reads and compiles the component in a file. Compiling takes a second or so.
    ///
    /// # Errors
    ///
    /// [`Error::Read`], and those of [`Host::new`].
    pub fn load(path: impl AsRef<Path>, config: HostConfig) -> Result<Self, Error> {
        let path = path.as_ref();
        let component = std::fs::read(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::new(&component, config)
    }

    /// Compiles a component, or finds it in [`HostConfig::cache`].
    ///
    /// # Errors
    ///
    /// [`Error::Component`] where it is not one that the host can run, [`Error::Config`] where
    /// the configuration cannot be used.
    pub fn new(component: &[u8], config: HostConfig) -> Result<Self, Error> {
        let engine = engine(&config)?;
        let component = match &config.cache {
            Some(folder) => cache::component(&engine, component, folder),
            None => Component::from_binary(&engine, component),
        };
        let component = component.map_err(not_a_connector)?;
        let linker = linker(&engine).map_err(not_a_connector)?;
        let pre = linker
            .instantiate_pre(&component)
            .map_err(not_a_connector)?;
        Ok(Self {
            inner: Arc::new(Inner {
                indices: Indices::new(&pre).map_err(not_a_connector)?,
                pre,
                pool: Pool::new(&config)?,
                egress: config.egress,
                limits: config.limits,
                trace: config.trace,
                _ticker: Ticker::start(engine)
                    .map_err(|error| Error::Config(format!("no thread can be started: {error}")))?,
            }),
        })
    }

    /// Starts an instance: one connection to one Salesforce org, with these settings, which are
    /// the only thing it gets. It has no arguments, no files, and what it prints goes nowhere.
    ///
    /// # Errors
    ///
    /// [`Error::Trap`], [`Error::Memory`] or [`Error::Deadline`] where it does not start.
    pub async fn instance<I, N, V>(&self, settings: I) -> Result<Instance, Error>
    where
        I: IntoIterator<Item = (N, V)>,
        N: AsRef<str>,
        V: AsRef<str>,
    {
        let trace = Trace::new(self.inner.trace);
        let usage = Arc::new(Usage::default());
        let settings: Vec<(N, V)> = settings.into_iter().collect();
        let store = self.store(&settings, trace.clone(), Arc::clone(&usage))?;
        Instance::start(self.clone(), store, trace, usage).await
    }

    /// The interfaces that the component imports, such as `wasi:http/types@0.2.12`: all that it
    /// can reach.
    #[must_use]
    pub fn imports(&self) -> Vec<String> {
        let component = self.inner.pre.component();
        let types = component.component_type();
        types
            .imports(self.inner.pre.engine())
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// The limits of each instance.
    pub(crate) fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Where the functions of the component are.
    pub(crate) fn indices(&self) -> &Indices {
        &self.inner.indices
    }

    /// Fills a new store with the component.
    pub(crate) async fn instantiate(
        &self,
        store: &mut Store<State>,
    ) -> wasmtime::Result<component::Instance> {
        self.inner.pre.instantiate_async(store).await
    }

    /// Lets the instance of a store go where these settings imply, if that is the rule.
    pub(crate) fn follow(&self, store: &mut Store<State>, settings: &[(String, String)]) {
        if self.inner.egress == Egress::Settings {
            store.data_mut().hooks.egress = self.inner.egress.of(settings);
        }
    }

    fn store<N, V>(
        &self,
        settings: &[(N, V)],
        trace: Trace,
        usage: Arc<Usage>,
    ) -> Result<Store<State>, Error>
    where
        N: AsRef<str>,
        V: AsRef<str>,
    {
        let mut wasi = WasiCtx::builder();
        for (name, value) in settings {
            wasi.env(name, value);
        }
        let mut table = ResourceTable::new();
        table.set_max_capacity(HANDLES);
        let state = State {
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            table,
            hooks: Hooks {
                pool: self.inner.pool.clone(),
                egress: self.inner.egress.of(settings),
                trace,
            },
            meter: Meter {
                limit: self.inner.limits.memory,
                usage,
            },
        };
        let mut store = Store::new(self.inner.pre.engine(), state);
        store.limiter(|state| &mut state.meter);
        // Each tick gives others a turn, among them the timer of the deadline.
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        if let Some(fuel) = self.inner.limits.fuel {
            store
                .set_fuel(fuel)
                .map_err(|error| Error::Config(error.to_string()))?;
        }
        Ok(store)
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("limits", &self.inner.limits)
            .field("egress", &self.inner.egress)
            .field("trace", &self.inner.trace)
            .finish_non_exhaustive()
    }
}

fn engine(config: &HostConfig) -> Result<Engine, Error> {
    let mut engine = Config::new();
    engine.epoch_interruption(true);
    engine.consume_fuel(config.limits.fuel.is_some());
    if let Allocation::Pooling { instances } = config.allocation {
        let mut pooling = PoolingAllocationConfig::new();
        // A component is a few core instances: its program, and adapters without memory.
        pooling
            .total_component_instances(instances)
            .total_core_instances(instances.saturating_mul(8))
            .total_memories(instances)
            .total_tables(instances.saturating_mul(4))
            .total_stacks(instances)
            .max_memory_size(config.limits.memory)
            // What a call touches is cleared by writing to it: giving it back to the system would
            // cost a fault for each of its pages in the next instance.
            .linear_memory_keep_resident(KEPT_RESIDENT)
            .async_stack_keep_resident(KEPT_RESIDENT / 16);
        engine.allocation_strategy(InstanceAllocationStrategy::Pooling(pooling));
    }
    Engine::new(&engine).map_err(|error| Error::Config(format!("{error:#}")))
}

/// What the component may import. The shipped one needs environment, clocks, random, io and
/// http; one
/// that is built with the standard library of `wasm32-wasip2` also wants the rest of `wasi:cli`.
fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    let l = &mut linker;
    // wasi:io, wasi:clocks, wasi:random, wasi:cli/{stdin,stdout,stderr} and wasi:http.
    wasmtime_wasi_http::p2::add_to_linker_async(l)?;
    cli::environment::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::exit::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::terminal_input::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::terminal_output::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::terminal_stdin::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::terminal_stdout::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::terminal_stderr::add_to_linker::<State, WasiCli>(l, State::cli)?;
    add_outgoing(l)?;
    add_error_codes(l)?;
    Ok(linker)
}

fn not_a_connector(error: wasmtime::Error) -> Error {
    Error::Component(format!("{error:#}"))
}

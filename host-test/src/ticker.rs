//! The clock that interrupts computing components.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;
use wasmtime::Engine;

/// How often a component that only computes lets others, and its deadline, have a turn.
const TICK: Duration = Duration::from_millis(10);

/// Advances the epoch of an engine until it is dropped. A thread, since a task would wait behind
/// the very component that it is to interrupt where the runtime has one thread.
#[derive(Debug)]
pub(crate) struct Ticker {
    /// Never used: that it is dropped ends the thread.
    _stop: Sender<()>,
}

impl Ticker {
    pub(crate) fn start(engine: Engine) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel::<()>();
        std::thread::Builder::new()
            .name("epoch-ticker".to_owned())
            .spawn(move || {
                while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                    engine.increment_epoch();
                }
            })?;
        Ok(Self { _stop: stop })
    }
}

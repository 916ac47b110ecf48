//! The machine that is measured on.

use serde::Serialize;

/// The machine, and what its neighbours took of it meanwhile.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// The name of the processor, where the system tells.
    pub processor: String,
    /// How many cores there are to use.
    pub cores: usize,
    /// The part of all CPU time that the hypervisor gave to others, from 0 to 1; none where the
    /// system does not tell.
    pub stolen: Option<f64>,
}

/// CPU time of the whole machine.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    total: u64,
    stolen: u64,
}

impl Clock {
    pub(super) fn now() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/stat").ok()?;
        let line = stat.lines().next()?.strip_prefix("cpu ")?;
        let times: Vec<u64> = line
            .split_whitespace()
            .filter_map(|time| time.parse().ok())
            .collect();
        Some(Self {
            // The last two are part of the first two.
            total: times.iter().take(8).sum(),
            stolen: *times.get(7)?,
        })
    }
}

impl Machine {
    /// The machine, with what was stolen since then.
    pub(super) fn since(start: Option<Clock>) -> Self {
        let stolen = start.zip(Clock::now()).map(|(start, now)| {
            let total = now.total.saturating_sub(start.total).max(1);
            now.stolen.saturating_sub(start.stolen) as f64 / total as f64
        });
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let name = info.lines().find(|line| line.starts_with("model name"));
        let name = name.and_then(|line| line.split_once(':'));
        Self {
            processor: name.map_or("unknown", |(_, name)| name.trim()).to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            stolen,
        }
    }
}

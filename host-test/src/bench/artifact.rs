//! The component by itself: what it takes to compile, to load and to start.

use super::answers::TOKEN;
use super::driver::percentile;
use super::server::Server;
use super::worker::cpu_time;
use crate::{Allocation, Error, Host, HostConfig, Instance, Limits};
use serde::Serialize;
use std::time::Instant;

/// How often each start is measured.
const STARTS: usize = 1_000;
/// How often each page is read.
const PAGES: usize = 60;

/// The component by itself. Times are in nanoseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Artifact {
    /// Bytes of the file.
    pub bytes: usize,
    /// From the bytes to a host that can start instances, with all cores.
    pub compile: u64,
    /// The same from the cache of compiled components.
    pub load: u64,
    /// From a host to an instance that can be called.
    pub starts: Vec<Start>,
    /// CPU time of a query that answers 2,000 rows, in various circumstances.
    pub pages: Vec<PageTime>,
}

/// The CPU time of a page, the server's part in it included.
#[derive(Clone, Debug, Serialize)]
pub struct PageTime {
    /// What is particular.
    pub with: String,
    /// The median, in nanoseconds.
    pub cpu: u64,
}

/// The start of an instance, in one kind of allocation.
#[derive(Clone, Debug, Serialize)]
pub struct Start {
    /// Where its memory comes from.
    pub allocation: String,
    /// The median, in nanoseconds, up to its end, which gives the memory back.
    pub p50: u64,
    /// Bytes of linear memory before the first call.
    pub memory: usize,
}

pub(super) async fn measure(component: &[u8]) -> Result<Artifact, String> {
    let text = |error: Error| error.to_string();
    let start = Instant::now();
    let host = Host::new(component, HostConfig::default()).map_err(text)?;
    let compile = since(start);

    let folder = std::env::temp_dir().join(format!("salesforce-bench-{}", std::process::id()));
    let cached = HostConfig {
        cache: Some(folder.clone()),
        ..HostConfig::default()
    };
    Host::new(component, cached.clone()).map_err(text)?;
    let mut loads = Vec::new();
    for _ in 0..20 {
        let start = Instant::now();
        drop(Host::new(component, cached.clone()).map_err(text)?);
        loads.push(since(start));
    }
    std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;

    let pooling = HostConfig {
        allocation: Allocation::Pooling { instances: 100 },
        ..HostConfig::default()
    };
    let fuelled = HostConfig {
        limits: Limits {
            fuel: Some(u64::MAX),
            ..Limits::default()
        },
        ..HostConfig::default()
    };
    let pooled = Host::new(component, pooling).map_err(text)?;
    let fuelled = Host::new(component, fuelled).map_err(text)?;
    let starts = vec![
        starts("on demand", &host).await.map_err(text)?,
        starts("pooled", &pooled).await.map_err(text)?,
    ];
    let ways = [
        ("epochs", &host, "false"),
        ("epochs and fuel", &fuelled, "false"),
        ("epochs, compressed", &host, "true"),
    ];
    Ok(Artifact {
        bytes: component.len(),
        compile,
        load: percentile(&mut loads, 50),
        starts,
        pages: pages(&ways).await?,
    })
}

fn since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

async fn starts(allocation: &str, host: &Host) -> Result<Start, Error> {
    let settings = [
        (
            "SALESFORCE_INSTANCE_URL",
            "https://example.my.salesforce.com",
        ),
        ("SALESFORCE_ACCESS_TOKEN", TOKEN),
    ];
    let (mut times, mut memory) = (Vec::new(), 0);
    for _ in 0..STARTS {
        let start = Instant::now();
        let instance = host.instance(settings).await?;
        memory = instance.memory_bytes();
        drop(instance);
        times.push(since(start));
    }
    Ok(Start {
        allocation: allocation.to_owned(),
        p50: percentile(&mut times, 50),
        memory,
    })
}

/// The CPU time of the same page in several ways, in turns.
async fn pages(ways: &[(&str, &Host, &str)]) -> Result<Vec<PageTime>, String> {
    let started = Server::start(super::answers::PAGE).await;
    let (address, _server) = started.map_err(|error| error.to_string())?;
    let url = format!("http://{address}");
    let mut instances: Vec<(Instance, Vec<u64>)> = Vec::new();
    for (_, host, compressed) in ways {
        let settings = [
            ("SALESFORCE_INSTANCE_URL", url.as_str()),
            ("SALESFORCE_ACCESS_TOKEN", TOKEN),
            ("SALESFORCE_COMPRESSION", compressed),
        ];
        let instance = host.instance(settings).await;
        instances.push((instance.map_err(|error| error.to_string())?, Vec::new()));
    }
    for _ in 0..PAGES {
        for (instance, times) in &mut instances {
            let before = cpu_time();
            let page = instance.query("SELECT Id FROM Account", false, None).await;
            let page = page.map_err(|error| error.to_string())?;
            page.map_err(|failure| failure.to_string())?;
            times.push(cpu_time() - before);
        }
    }
    let times = ways.iter().zip(&mut instances);
    Ok(times
        .map(|((with, ..), (_, times))| PageTime {
            with: (*with).to_owned(),
            cpu: percentile(times, 50),
        })
        .collect())
}

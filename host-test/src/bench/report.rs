//! What a run found, as tables.

use super::driver::{Bench, Measured};
use super::worker::Work;
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};
use std::io::{Result, Write};

pub(super) fn print(bench: &Bench, out: &mut dyn Write) -> Result<()> {
    let machine = &bench.machine;
    let stolen = match machine.stolen {
        Some(part) => format!("{:.1} % of CPU time stolen meanwhile", part * 100.0),
        None => "stolen CPU time unknown".to_owned(),
    };
    writeln!(
        out,
        "{} cores of {}; {stolen}",
        machine.cores, machine.processor
    )?;
    for (name, what) in &bench.clients {
        writeln!(out, "- {name}: {what}")?;
    }
    writeln!(out)?;
    artifact(bench, out)?;
    let mut latencies: Vec<u64> = bench.measured.iter().map(|m| m.latency_ms).collect();
    latencies.dedup();
    for latency in latencies {
        writeln!(out, "Latency {latency} ms\n{}\n", works(bench, latency))?;
    }
    writeln!(out, "Calls of GET in a second\n{}", callers(bench))
}

fn artifact(bench: &Bench, out: &mut dyn Write) -> Result<()> {
    let artifact = &bench.artifact;
    let mut table = table(&["the component", ""]);
    table.add_row(["bytes", &artifact.bytes.to_string()]);
    table.add_row(["compile", &time(artifact.compile)]);
    table.add_row(["load the compiled form", &time(artifact.load)]);
    for start in &artifact.starts {
        let name = format!("start and end of an instance, {}", start.allocation);
        table.add_row([name, time(start.p50)]);
        let name = format!("memory before the first call, {}", start.allocation);
        table.add_row([name, format!("{} MB", megabytes(start.memory as u64))]);
    }
    for page in &artifact.pages {
        let name = format!("CPU of a page of 2,000 rows, {}", page.with);
        table.add_row([name, time(page.cpu)]);
    }
    writeln!(out, "{table}\n")
}

fn works(bench: &Bench, latency: u64) -> Table {
    let mut table = table(&[
        "work",
        "client",
        "p50",
        "p99",
        "calls/s",
        "p50 to native",
        "CPU",
        "CPU to native",
        "peak MB",
        "requests",
        "sent",
        "received",
    ]);
    for found in bench.measured.iter().filter(|m| m.latency_ms == latency) {
        let native = bench
            .measured
            .iter()
            .find(|m| m.latency_ms == latency && m.work == found.work && m.client == "native");
        let ratio = |of: fn(&Measured) -> u64| {
            native.map_or_else(String::new, |native| {
                format!("{:.2}", of(found) as f64 / of(native).max(1) as f64)
            })
        };
        let turn = found.traffic.requests.max(1);
        // A turn of reads is one call.
        let calls = match found.work {
            Work::Read | Work::ReadParsed => 1,
            _ => turn,
        };
        table.add_row([
            name(found.work).to_owned(),
            found.client.clone(),
            time(found.p50),
            time(found.p99),
            format!(
                "{:.0}",
                1e9 / found.p50.max(1) as f64 * found.rows.max(1) as f64
            ),
            ratio(|m| m.p50),
            time(found.cpu),
            ratio(|m| m.cpu),
            megabytes(found.peak),
            format!("{:.0}", turn as f64 / calls as f64),
            (found.traffic.sent / calls).to_string(),
            (found.traffic.received / calls).to_string(),
        ]);
    }
    table
}

fn callers(bench: &Bench) -> Table {
    let mut header = vec!["client".to_owned(), "latency".to_owned()];
    let mut counts: Vec<usize> = bench.callers.iter().map(|c| c.callers).collect();
    counts.sort_unstable();
    counts.dedup();
    header.extend(counts.iter().map(|count| format!("{count} callers")));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = table(&header);
    let mut rows: Vec<(&str, u64)> = Vec::new();
    for found in &bench.callers {
        let row = (found.client.as_str(), found.latency_ms);
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    for (client, latency) in rows {
        let of = bench
            .callers
            .iter()
            .filter(|c| c.client == client && c.latency_ms == latency);
        let mut cells = vec![client.to_owned(), format!("{latency} ms")];
        cells.extend(of.map(|found| format!("{:.0}", found.per_second)));
        table.add_row(cells);
    }
    table
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header(header);
    let texts = header.len().min(if header.len() > 2 { 2 } else { 1 });
    for column in table.column_iter_mut().skip(texts) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn name(work: Work) -> &'static str {
    match work {
        Work::Create => "create",
        Work::Get => "get",
        Work::Update => "update",
        Work::Login => "login",
        Work::Read => "read",
        Work::ReadParsed => "read, parsed",
    }
}

fn time(nanoseconds: u64) -> String {
    match nanoseconds {
        0..10_000_000 => format!("{:.1} us", nanoseconds as f64 / 1e3),
        10_000_000.. => format!("{:.1} ms", nanoseconds as f64 / 1e6),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.2}", bytes as f64 / 1024.0 / 1024.0)
}

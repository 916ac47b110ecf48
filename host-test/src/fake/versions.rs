//! The API versions: 31.0 to 67.0 are served, 21.0 to 30.0 are retired.

use std::ops::RangeInclusive;

use serde_json::{Value, json};

/// The versions that answer.
pub const SERVED: RangeInclusive<u16> = 31..=67;

/// The versions that answer with a warning.
pub const DEPRECATED: RangeInclusive<u16> = 31..=40;

/// The body of `GET /services/data/`.
pub fn list() -> Value {
    SERVED
        .map(|version| {
            json!({
                "label": label(version),
                "url": format!("/services/data/v{version}.0"),
                "version": format!("{version}.0"),
            })
        })
        .collect()
}

/// The body of `GET /services/data/vXX.X/`, with what this fake has.
pub fn resources(version: u16) -> Value {
    let path = |name: &str| format!("/services/data/v{version}.0/{name}");
    json!({
        "sobjects": path("sobjects"),
        "query": path("query"),
        "queryAll": path("queryAll"),
        "composite": path("composite"),
        "process": path("process"),
        "metadata": path("metadata"),
    })
}

/// Three releases a year: 66.0 is Spring '26.
fn label(version: u16) -> String {
    let season = match version % 3 {
        0 => "Spring",
        1 => "Summer",
        _ => "Winter",
    };
    format!("{season} '{}", (version + 13) / 3)
}

//! What the component imports, and nothing else. A release is refused by this very file.

/// The interfaces, without their versions.
pub const IMPORTS: [&str; 10] = [
    // Types that its own interfaces share, and no function.
    "connector:salesforce/types",
    "wasi:cli/environment",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/random",
];

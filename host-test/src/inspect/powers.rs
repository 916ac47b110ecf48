//! What a component can do, from the interfaces that it imports and exports. It has no other way
//! to the world outside.

/// What interfaces that begin in these ways give, and what is out of reach without them.
struct Power {
    interfaces: &'static [&'static str],
    can: &'static str,
    cannot: Option<&'static str>,
}

const POWERS: [Power; 10] = [
    Power {
        interfaces: &["wasi:http/outgoing-handler", "wasi:http/client"],
        can: "make HTTP requests: each goes through the host, which sees it and may refuse it",
        cannot: Some("make HTTP requests"),
    },
    Power {
        interfaces: &["wasi:sockets/"],
        can: "open network connections of its own, and look names up",
        cannot: Some("open network connections of its own, or look names up (no sockets)"),
    },
    Power {
        interfaces: &["wasi:filesystem/"],
        can: "reach files, in the folders that the host opens for it",
        cannot: Some("reach files or folders"),
    },
    Power {
        interfaces: &["wasi:cli/environment"],
        can: "read the variables and arguments that the host gives it, and none of the host's own",
        cannot: Some("read variables or arguments"),
    },
    Power {
        interfaces: &["wasi:cli/stdin", "wasi:cli/terminal-stdin"],
        can: "read the standard input",
        cannot: Some("read the standard input"),
    },
    Power {
        interfaces: &[
            "wasi:cli/stdout",
            "wasi:cli/stderr",
            "wasi:cli/terminal-stdout",
            "wasi:cli/terminal-stderr",
        ],
        can: "write to the standard output or error output",
        cannot: Some("write to the standard output or error output"),
    },
    Power {
        interfaces: &["wasi:clocks/"],
        can: "tell the time, and wait",
        cannot: Some("tell the time"),
    },
    Power {
        interfaces: &["wasi:random/"],
        can: "get random numbers",
        cannot: Some("get random numbers"),
    },
    Power {
        interfaces: &["wasi:cli/exit"],
        can: "end itself",
        cannot: None,
    },
    // Errors, streams and waits of the others, and what requests consist of: nothing by themselves.
    Power {
        interfaces: &[
            "wasi:io/",
            "wasi:http/types",
            "wasi:cli/terminal-input",
            "wasi:cli/terminal-output",
        ],
        can: "",
        cannot: None,
    },
];

/// What a host does that knows these exports.
const SERVES: [(&str, &str); 3] = [
    (
        "wasi:http/incoming-handler",
        "answer HTTP requests that the host passes to it",
    ),
    (
        "wasi:http/handler",
        "answer HTTP requests that the host passes to it",
    ),
    ("wasi:cli/run", "be run as a program"),
];

/// What no component can do, whatever it imports.
const NEVER: &str = "start programs, load libraries, or read memory of the host or of other \
                     components";

/// What a component can do and cannot.
#[derive(Debug)]
pub struct Powers {
    /// What is possible through functions of its imports, and to whoever calls its exports.
    pub can: Vec<String>,
    /// What is not.
    pub cannot: Vec<String>,
    /// Whether it has imports of which it is not known what they do.
    pub unknown: bool,
}

impl Powers {
    /// Those of a component with these imports and exports.
    pub fn of(imports: &[String], exports: &[String]) -> Self {
        let mut can = Vec::new();
        let mut cannot = vec![NEVER.to_owned()];
        for power in &POWERS {
            let given = imports.iter().any(|import| power.covers(import));
            match power.cannot {
                _ if given && power.can.is_empty() => {}
                _ if given => can.push(power.can.to_owned()),
                Some(cannot_do) => cannot.push(cannot_do.to_owned()),
                None => {}
            }
        }
        let known = |import: &&String| POWERS.iter().any(|power| power.covers(import));
        let unknown: Vec<_> = imports.iter().filter(|import| !known(import)).collect();
        for import in &unknown {
            can.push(format!(
                "call {import}, which is not known here: ask the host what that does"
            ));
        }
        for (export, does) in SERVES {
            let named = |name: &String| name.split('@').next() == Some(export);
            if exports.iter().any(named) {
                can.push(does.to_owned());
            }
        }
        Self {
            can,
            cannot,
            unknown: !unknown.is_empty(),
        }
    }
}

impl Power {
    fn covers(&self, import: &str) -> bool {
        let name = import.split('@').next().unwrap_or_default();
        let matches = |known: &&str| match known.ends_with('/') {
            true => name.starts_with(known),
            false => name == *known,
        };
        self.interfaces.iter().any(matches)
    }
}

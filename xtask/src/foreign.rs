//! The hosts of the README's section "Loading it": their commands, run as they stand there
//! against the fake Salesforce, and what they print, compared with what stands there.

use std::process::Stdio;

use crate::fake::Fake;
use crate::process::{self, Outcome};
use crate::tools::{self, Needs};
use crate::workspace::Workspace;

const SECTION: &str = "Loading it";

/// A host of the README.
struct Host {
    heading: &'static str,
    needs: Needs,
}

const HOSTS: [Host; 5] = [
    Host {
        heading: "Rust",
        needs: tools::NOTHING,
    },
    Host {
        heading: "Python",
        needs: tools::PYTHON,
    },
    Host {
        heading: "Node",
        needs: tools::NODE,
    },
    Host {
        heading: "The wasmtime command",
        needs: tools::PYTHON,
    },
    Host {
        heading: "AI tools",
        needs: tools::PYTHON,
    },
];

/// Runs all hosts, and says which are left out because something is not installed. In CI that is
/// a failure. The component must have been built.
pub fn run(workspace: &Workspace) -> Outcome {
    let readme = workspace.root.join("README.md");
    let readme =
        std::fs::read_to_string(&readme).map_err(|e| format!("{}: {e}", readme.display()))?;
    process::run(workspace.cargo().args(["build", "-p", "host-test"]))?;
    let fake = Fake::start(workspace)?;
    let mut ran = Vec::new();
    let mut missing = Vec::new();
    for host in &HOSTS {
        if let Some(reason) = host.needs.missing() {
            missing.push(format!("{} ({reason})", host.heading));
            continue;
        }
        let example = example(&readme, host.heading)?;
        try_out(workspace, &fake, host.heading, &example)?;
        ran.push(host.heading);
    }
    println!("The hosts of the README that ran: {}", ran.join(", "));
    tools::skipped("hosts of the README", &missing)
}

/// What the README says about a host.
#[derive(Debug, PartialEq, Eq)]
struct Example {
    commands: String,
    prints: String,
}

/// The first commands below a heading, and what they print: below the same heading, or else at
/// the head of the section.
fn example(readme: &str, heading: &str) -> Outcome<Example> {
    let section = below(readme, &format!("## {SECTION}"), &["## "]);
    let host = below(section, &format!("### {heading}"), &["## ", "### "]);
    let commands = block(host, "sh");
    let prints = block(host, "text").or_else(|| block(section, "text"));
    match (commands, prints) {
        (Some(commands), Some(prints)) => Ok(Example { commands, prints }),
        _ => Err(format!("README.md, {SECTION}: no commands or no output for {heading}").into()),
    }
}

/// The lines after `start` and before the next that begins with one of `ends`.
fn below<'t>(text: &'t str, start: &str, ends: &[&str]) -> &'t str {
    let Some((_, rest)) = text.split_once(&format!("{start}\n")) else {
        return "";
    };
    let ends = ends.iter().filter_map(|end| rest.find(&format!("\n{end}")));
    match ends.min().and_then(|end| rest.split_at_checked(end)) {
        Some((before, _)) => before,
        None => rest,
    }
}

/// The first fenced block of a language.
fn block(text: &str, language: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("```{language}\n"))?;
    let (block, _) = rest.split_once("```")?;
    Some(block.to_owned())
}

fn try_out(workspace: &Workspace, fake: &Fake, heading: &str, example: &Example) -> Outcome {
    eprintln!("$ # README.md, {SECTION}, {heading}");
    let mut commands = example.commands.clone();
    // As the README has it, unless cargo builds elsewhere.
    if workspace.target_dir != workspace.root.join("target") {
        let elsewhere = format!("{}/", workspace.target_dir.display());
        let commands_here = commands.replace("$PWD/target/", "target/");
        commands = commands_here.replace("target/", &elsewhere);
    }
    for line in commands.lines() {
        eprintln!("$ {line}");
    }
    let mut shell = workspace.command("sh");
    shell.args(["-eu", "-c", &commands]);
    fake.settings_for(&mut shell);
    shell.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = shell
        .output()
        .map_err(|e| format!("sh did not start: {e}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    // What installs packages may print before.
    if output.status.success() && printed.ends_with(&example.prints) {
        return Ok(());
    }
    let status = output.status;
    let expected = &example.prints;
    Err(
        format!("{heading} ended with {status} and printed\n{printed}instead of\n{expected}")
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = include_str!("../../README.md");

    #[test]
    fn every_host_has_its_commands() {
        for host in &HOSTS {
            let example = example(README, host.heading).unwrap();
            assert!(example.prints.contains("deleted 204\n"), "{}", host.heading);
        }
    }

    #[test]
    fn an_example_is_read_as_it_stands() {
        let readme = "## Loading it\n```text\nall\n```\n### A\n```sh\na\nb\n```\n\n### B\n```sh\nc\n```\n\
                      ```text\nown\n```\n## Next\n### C\n```sh\nd\n```\n";
        let of = |heading| example(readme, heading).map_err(|failure| failure.message);
        let example = |commands: &str, prints: &str| Example {
            commands: commands.to_owned(),
            prints: prints.to_owned(),
        };
        assert_eq!(of("A"), Ok(example("a\nb\n", "all\n")));
        assert_eq!(of("B"), Ok(example("c\n", "own\n")));
        assert_eq!(
            of("C"),
            Err("README.md, Loading it: no commands or no output for C".to_owned())
        );
    }
}

//! The developer's commands; `cargo xtask --help` lists them.

mod bench;
mod check;
mod component;
mod contract;
mod debian;
mod deny;
mod dist;
mod exports;
mod fake;
mod foreign;
mod process;
mod registry;
mod reproduce;
mod run;
mod sections;
mod toolchain;
mod tools;
mod ways;
mod wit;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::contract::Task;
use crate::process::Outcome;
use crate::toolchain::Target;
use crate::workspace::Workspace;

const HELP: &str = "\
Where the wasm target is missing, it is added with `rustup target add`. Where that fails,
Debian's packages build wasm32-unknown-unknown; they are installed for root in a container or
in CI, and elsewhere with --install only.

Environment:
  XTASK_WASM_TOOLCHAIN  which way to take: `rustup` (the toolchain in use, its target added
                        with rustup), `debian` (Debian's packages, even where the target is
                        installed) or `none` (neither, to see what such a machine is told)
  CARGO_TARGET_DIR      the target directory, as for cargo
  CI                    `true` lets root install packages without --install

RUSTFLAGS is not used for the component: the same sources shall give the same bytes.";

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "The developer's commands", after_help = HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the component into `component` in the target directory
    Component {
        /// The wasm target; wasm32-unknown-unknown is the one that ships
        #[arg(long, value_enum, default_value_t = Target::Unknown)]
        target: Target,
        /// Installs the packages that a missing wasm target needs, with sudo unless root
        #[arg(long)]
        install: bool,
    },
    /// Builds the component and shows what it does, against the embedded fake Salesforce
    Demo {
        /// Installs the packages that a missing wasm target needs, with sudo unless root
        #[arg(long)]
        install: bool,
    },
    /// Builds the component for both wasm targets, and runs all tests and the hosts of the README
    Test {
        /// Installs the packages that a missing wasm target needs, with sudo unless root
        #[arg(long)]
        install: bool,
        /// Arguments for `cargo test --workspace`; with any, the hosts are left out
        #[arg(last = true)]
        args: Vec<OsString>,
    },
    /// Builds the component and runs the hosts of the README against the fake Salesforce
    Hosts {
        /// Installs the packages that a missing wasm target needs, with sudo unless root
        #[arg(long)]
        install: bool,
    },
    /// Builds the component, runs every action under every fault of the fake Salesforce, and
    /// prints the outcomes as a table
    Faults {
        /// Installs the packages that a missing wasm target needs, with sudo unless root
        #[arg(long)]
        install: bool,
        /// Arguments for `host-test faults`, such as `--seed 7`
        #[arg(last = true)]
        args: Vec<OsString>,
    },
    /// Builds everything with optimisation and measures the component beside a native client,
    /// simple-salesforce and jsforce
    Bench {
        /// Installs the packages that a missing wasm target needs, with sudo unless root
        #[arg(long)]
        install: bool,
        /// Arguments for `host-test bench`, such as `--rounds 9`
        #[arg(last = true)]
        args: Vec<OsString>,
    },
    /// Runs rustfmt, clippy and rustdoc, natively and for the wasm targets, does what `deny` does,
    /// and compares the contract with its last release and with what was accepted
    Check,
    /// Checks by deny.toml what the lock file holds: licenses, sources, duplicates, bans
    Deny {
        /// Checks for known vulnerabilities, too, by the database of RustSec
        #[arg(long)]
        advisories: bool,
        /// Takes the database as it is, and fetches nothing
        #[arg(long, requires = "advisories")]
        offline: bool,
    },
    /// Assembles a release in `dist` in the target directory
    Dist(dist::Options),
    /// Puts the release in `dist` into a registry, with `wkg`
    Publish {
        /// The registry and the namespace in it, such as `registry.example/acme`
        #[arg(long, value_name = "REGISTRY/NAMESPACE")]
        to: String,
    },
    /// Publishes a release in a registry on this machine, pulls it by digest and runs it
    Registry {
        /// Installs the packages that a missing wasm target needs, with sudo unless root
        #[arg(long)]
        install: bool,
    },
    /// Builds two clones of HEAD in different folders with different CARGO_HOMEs, and compares
    /// the releases byte for byte
    Reproduce {
        /// Builds one clone, and compares it with the workspace itself
        #[arg(long)]
        quick: bool,
    },
    /// Builds the component with the names of its functions, and shows what each crate takes
    Weigh,
    /// Builds the component, and compares its WIT, actions and settings with the last release and
    /// with what was accepted last, or records them
    Contract {
        #[command(subcommand)]
        command: Option<ContractCommand>,
    },
}

#[derive(Subcommand)]
enum ContractCommand {
    /// Records the contract as accepted, in `wit/accepted`; what breaks must be in the changelog
    Accept,
    /// Records the contract as released, in `wit/released`
    Release,
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {}", failure.message);
            ExitCode::from(failure.code)
        }
    }
}

fn dispatch(command: Command) -> Outcome {
    let workspace = Workspace::find()?;
    match command {
        Command::Component { target, install } => {
            let toolchain = toolchain::obtain(&workspace, target, install)?;
            component::build(&workspace, target, &toolchain)
        }
        Command::Demo { install } => run::demo(&workspace, install),
        Command::Test { install, args } => run::test(&workspace, install, &args),
        Command::Hosts { install } => run::hosts(&workspace, install),
        Command::Faults { install, args } => run::faults(&workspace, install, &args),
        Command::Bench { install, args } => bench::bench(&workspace, install, &args),
        Command::Check => check::check(&workspace),
        Command::Deny {
            advisories,
            offline,
        } => deny::deny(&workspace, advisories, offline),
        Command::Dist(options) => dist::dist(&workspace, &options),
        Command::Publish { to } => registry::publish(&workspace, &to),
        Command::Registry { install } => registry::trial(&workspace, install),
        Command::Reproduce { quick } => reproduce::reproduce(&workspace, quick),
        Command::Weigh => dist::weigh(&workspace),
        Command::Contract { command } => contract::run(
            &workspace,
            match command {
                None => Task::Check,
                Some(ContractCommand::Accept) => Task::Accept,
                Some(ContractCommand::Release) => Task::Release,
            },
        ),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::Cli;

    const WORKFLOWS: [&str; 2] = [
        include_str!("../../.github/workflows/advisories.yml"),
        include_str!("../../.github/workflows/release.yml"),
    ];

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    /// The workflows have no way of their own: what they run, anybody can.
    #[test]
    fn workflows_run_commands_that_exist() {
        let scripts = [include_str!("../../.ci/run")];
        let mut commands = 0;
        for line in WORKFLOWS
            .iter()
            .chain(&scripts)
            .flat_map(|text| text.lines())
        {
            let line = line.trim_start().trim_start_matches("- run: ");
            let Some(arguments) = line.strip_prefix("cargo xtask ") else {
                continue;
            };
            let words = arguments.split(' ');
            if let Err(error) = Cli::try_parse_from(std::iter::once("xtask").chain(words)) {
                panic!("{line}: {error}");
            }
            commands += 1;
        }
        assert!(commands > 10, "{commands}");
    }

    /// A tag can be moved, a commit not.
    #[test]
    fn actions_are_the_forges_own_and_held_by_commit() {
        let lines = WORKFLOWS.iter().flat_map(|text| text.lines());
        let uses = lines.filter_map(|line| line.trim_start().strip_prefix("uses: "));
        let uses: Vec<_> = uses.collect();
        assert!(uses.len() > 5, "{uses:?}");
        for action in uses {
            let (name, rest) = action.split_once('@').unwrap();
            let (commit, version) = rest.split_once(" # v").unwrap();
            assert!(name.starts_with("actions/"), "{action}");
            let hexadecimal = commit.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(commit.len() == 40 && hexadecimal, "{action}");
            assert!(
                version.starts_with(|c: char| c.is_ascii_digit()),
                "{action}"
            );
        }
    }
}

//! Holds the contract, which is the WIT, the catalog of actions and the settings, to what it was.
//! `cargo xtask contract` starts it with what it needs.
//!
//! It is compared with two records. What is **released** stays: on the same track of versions
//! nothing of it may break. What was last **accepted** may break, if that is meant: the changelog
//! says so, and the contract is accepted anew.
//!
//! It is a program of its own, so that `cargo xtask` starts without compiling these libraries.

mod catalog;
mod changelog;
mod promises;
mod records;
mod schema;
mod settings;
#[cfg(test)]
mod tests;
mod version;
mod wit;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, Subcommand};
use semver::Version;
use serde_json::Value;
use wit_parser::UnresolvedPackageGroup;

use crate::records::Records;

/// Holds the contract to what it was.
#[derive(Parser)]
struct Cli {
    /// The contract as one file of WIT
    #[arg(long)]
    wit: PathBuf,
    /// The component's catalog, as `host-test actions --format json` prints it
    #[arg(long)]
    catalog: PathBuf,
    /// The folder of the contract, with its records
    #[arg(long)]
    records: PathBuf,
    /// The changelog
    #[arg(long)]
    changelog: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, Subcommand)]
enum Command {
    /// Compares the contract with its last release and with what was last accepted
    Check,
    /// Records the contract as accepted; what breaks must be in the changelog
    Accept,
    /// Records the contract as released
    Release,
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One cause a line. A backtrace would lead into the libraries.
            for cause in error.chain() {
                eprintln!("{cause}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<()> {
    let records = Records { wit: &cli.records };
    let current = Contract::read(cli)?;
    let note = current.held_to_release(&records)?;
    println!("{note}");
    match cli.command {
        Command::Check => current.held_to_accepted(&records),
        Command::Accept => {
            let changelog = fs::read_to_string(&cli.changelog)
                .with_context(|| cli.changelog.display().to_string())?;
            let breaks = current.breaks(&records)?;
            let missing = changelog::missing(&changelog, &breaks);
            ensure!(missing.is_empty(), "{}", to_note(&missing));
            current.accept(&records)
        }
        Command::Release => {
            current.held_to_accepted(&records)?;
            current.release(&records)
        }
    }
}

/// What somebody meets who knows the contract as it was.
#[derive(Clone, Debug)]
struct Break {
    /// What a note in the changelog names.
    names: Vec<String>,
    /// It in words.
    said: String,
}

/// The contract as it is.
struct Contract {
    wit: UnresolvedPackageGroup,
    wit_text: String,
    /// What is promised beside it: of actions, and of settings.
    promises: Value,
    /// The version of the next release.
    version: Version,
}

impl Contract {
    fn read(cli: &Cli) -> Result<Self> {
        let version = env!("CARGO_PKG_VERSION");
        Ok(Self {
            wit: wit::read(&cli.wit)?,
            wit_text: fs::read_to_string(&cli.wit)?,
            promises: promises::of(&records::json(&cli.catalog)?)?,
            version: Version::parse(version)?,
        })
    }

    /// Fails where the release is broken that this must keep.
    fn held_to_release(&self, records: &Records) -> Result<String> {
        let Some(released) = records.last_wit()? else {
            return Ok("No version of the contract is released.".to_owned());
        };
        let mut note = wit::compare(self.wit.clone(), released)?;
        let Some((version, released)) = records.last_promises()? else {
            return Ok(note);
        };
        if version::is_later_track(&self.version, &version) {
            note.push_str(&format!(
                "\nThe actions and settings of {} may break those of {version}: not compared.",
                self.version
            ));
            return Ok(note);
        }
        let breaks = promises::breaks(&released, &self.promises);
        let said: Vec<_> = breaks.into_iter().map(|found| found.said).collect();
        ensure!(
            said.is_empty(),
            "whoever uses {version} could not use this any more:\n{}",
            said.join("\n")
        );
        note.push_str(&format!(
            "\nIts actions and settings do what those of {version} do."
        ));
        Ok(note)
    }

    /// What breaks those who know what was accepted last.
    fn breaks(&self, records: &Records) -> Result<Vec<Break>> {
        let (wit, promises) = (records.accepted_wit(), records.accepted_promises());
        let mut breaks = Vec::new();
        if wit.exists()
            && let Err(error) = wit::keeps(self.wit.clone(), wit::read(&wit)?)
        {
            let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
            breaks.push(Break {
                names: vec!["WIT".to_owned()],
                said: format!("WIT: {}", causes.join(": ")),
            });
        }
        if promises.exists() {
            let accepted = records::json(&promises)?;
            breaks.extend(promises::breaks(&accepted, &self.promises));
        }
        Ok(breaks)
    }

    /// Fails where something breaks that was not accepted.
    fn held_to_accepted(&self, records: &Records) -> Result<()> {
        let promises = records.accepted_promises();
        ensure!(
            records.accepted_wit().exists() && promises.exists(),
            "no contract is accepted: `cargo xtask contract accept` records it"
        );
        let breaks = self.breaks(records)?;
        ensure!(breaks.is_empty(), "{}", to_note(&breaks));
        for action in promises::added(&records::json(&promises)?, &self.promises) {
            println!("{action} is new; `cargo xtask contract accept` records it.");
        }
        println!("The contract keeps what was accepted.");
        Ok(())
    }

    fn accept(&self, records: &Records) -> Result<()> {
        records::write(&records.accepted_wit(), &self.wit_text)?;
        records::write(
            &records.accepted_promises(),
            &records::text(&self.promises)?,
        )
    }

    fn release(&self, records: &Records) -> Result<()> {
        let Some(version) = &self.wit.main.name.version else {
            bail!("the contract has no version");
        };
        let wit = records.released_wit(version);
        // What is there was compared.
        if !wit.exists() {
            records::write(&wit, &self.wit_text)?;
        }
        let promises = records.released_promises(&self.version);
        if promises.exists() {
            ensure!(
                records::json(&promises)? == self.promises,
                "{} is released with other actions or settings: raise the version",
                self.version
            );
        } else {
            records::write(&promises, &records::text(&self.promises)?)?;
        }
        self.accept(records)
    }
}

/// What to do about breaks.
fn to_note(breaks: &[Break]) -> String {
    let mut text = String::from("this breaks those who know the contract as it was accepted:\n");
    for Break { names, said } in breaks {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        text.push_str(&format!(
            "  {said}\n    (named in the changelog as {})\n",
            names.join(", ")
        ));
    }
    text.push_str(
        "If it is meant, say it in CHANGELOG.md: in [Unreleased], under `### Breaking`, an item \
         with\nthese names for each. Then `cargo xtask contract accept` records the contract.",
    );
    text
}

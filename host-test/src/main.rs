//! Runs the Salesforce connector from a command line.

mod commands;

use clap::{Parser, Subcommand};
use commands::Common;
use commands::actions::Actions;
use commands::bench::Bench;
use commands::call::Call;
use commands::check::Check;
use commands::demo::Demo;
use commands::fake::FakeOrg;
use commands::faults::Faults;
use commands::inspect::Inspect;
use commands::login::Login;
use commands::mcp::Mcp;
use std::process::ExitCode;

/// Runs the Salesforce connector component, against a real org or a fake one.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    common: Common,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(Demo),
    Call(Call),
    Check(Check),
    Login(Login),
    Actions(Actions),
    Mcp(Mcp),
    Fake(FakeOrg),
    Faults(Faults),
    Bench(Bench),
    Inspect(Inspect),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { common, command } = Arguments::parse();
    let outcome = match command {
        Command::Demo(demo) => demo.run(&common).await,
        Command::Call(call) => call.run(&common).await,
        Command::Check(check) => check.run(&common).await,
        Command::Login(login) => login.run(&common).await,
        Command::Actions(actions) => actions.run(&common).await,
        Command::Mcp(mcp) => mcp.run(&common).await,
        Command::Fake(fake) => fake.run().await,
        Command::Faults(faults) => faults.run(&common).await,
        Command::Bench(bench) => bench.run(&common).await,
        Command::Inspect(inspect) => inspect.run(),
    };
    outcome.unwrap_or_else(|message| {
        eprintln!("host-test: {message}");
        ExitCode::FAILURE
    })
}

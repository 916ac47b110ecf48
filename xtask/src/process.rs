//! Starting other programs.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::process::{Command, Stdio};

/// Why a command of xtask ends early, and the exit status it ends with.
#[derive(Debug)]
pub struct Failure {
    /// What happened, for a person.
    pub message: String,
    /// The exit status of xtask.
    pub code: u8,
}

impl<T: Into<String>> From<T> for Failure {
    fn from(message: T) -> Self {
        Self {
            message: message.into(),
            code: 1,
        }
    }
}

/// What fallible functions of xtask return.
pub type Outcome<T = ()> = Result<T, Failure>;

/// A command without the variables that cargo set for xtask itself. Build scripts (`ring`'s is
/// one) watch some of them, and would run again whenever `cargo` and `cargo xtask` take turns.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_a_package) {
            command.env_remove(name);
        }
    }
    command
}

fn is_of_a_package(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || matches!(
            name,
            "CARGO_MANIFEST_DIR" | "CARGO_MANIFEST_PATH" | "CARGO_BIN_NAME" | "CARGO_CRATE_NAME"
        )
}

/// Prints the command and runs it to its end. Fails with its exit status.
pub fn run(command: &mut Command) -> Outcome {
    let shown = show(command);
    eprintln!("$ {shown}");
    let status = command
        .status()
        .map_err(|e| format!("`{shown}` did not start: {e}"))?;
    if status.success() {
        return Ok(());
    }
    let code = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    Err(Failure {
        message: format!("`{shown}` failed ({status})"),
        code,
    })
}

/// What the command writes to its standard output. The error output is not shown.
pub fn capture(command: &mut Command) -> Outcome<String> {
    let shown = show(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .map_err(|e| format!("`{shown}` did not start: {e}"))?;
    if !output.status.success() {
        return Err(format!("`{shown}` failed ({})", output.status).into());
    }
    String::from_utf8(output.stdout).map_err(|_| format!("`{shown}` wrote no UTF-8").into())
}

/// The command as one would type it: the variables that are set for it, then its words.
fn show(command: &Command) -> String {
    let mut line = String::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            let _ = write!(line, "{}={} ", name.display(), quote(value));
        }
    }
    let program = command.get_program();
    let cargo = std::env::var_os("CARGO").is_some_and(|cargo| cargo == program);
    line.push_str(&if cargo {
        "cargo".to_owned()
    } else {
        quote(program)
    });
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&quote(argument));
    }
    line
}

fn quote(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,+@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_typed() {
        let mut command = Command::new("cargo");
        command
            .args(["doc", "it's"])
            .env("RUSTDOCFLAGS", "-D warnings")
            .env_remove("CI");
        assert_eq!(
            show(&command),
            r"RUSTDOCFLAGS='-D warnings' cargo doc 'it'\''s'"
        );
    }

    #[test]
    fn the_exit_status_is_passed_on() {
        let failure = run(Command::new("sh").args(["-c", "exit 7"])).unwrap_err();
        assert_eq!(failure.code, 7);
    }

    #[test]
    fn variables_of_the_package_are_told_from_settings() {
        assert!(is_of_a_package("CARGO_PKG_NAME"));
        assert!(!is_of_a_package("CARGO_TARGET_DIR"));
    }
}

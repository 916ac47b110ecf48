//! Where the workspace, its build output and cargo are.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{self, Outcome};

/// The workspace that xtask was started in.
pub struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// The build output, as `CARGO_TARGET_DIR` and cargo's configuration have it.
    pub target_dir: PathBuf,
    /// The cargo that started xtask.
    cargo: OsString,
}

impl Workspace {
    /// Asks cargo.
    pub fn find() -> Outcome<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut metadata = process::command(&cargo);
        metadata.args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata = process::capture(&mut metadata)?;
        let path = |name| {
            json_string(&metadata, name)
                .map(PathBuf::from)
                .ok_or_else(|| format!("`cargo metadata` has no {name}"))
        };
        Ok(Self {
            root: path("workspace_root")?,
            target_dir: path("target_directory")?,
            cargo,
        })
    }

    /// Where the components are put.
    pub fn component_dir(&self) -> PathBuf {
        self.target_dir.join("component")
    }

    /// A cargo command, run in the workspace root.
    pub fn cargo(&self) -> Command {
        self.command(&self.cargo)
    }

    /// Another command, run in the workspace root.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = process::command(program);
        command.current_dir(&self.root);
        command
    }

    /// The version that `rust-toolchain.toml` pins.
    pub fn pinned_rust(&self) -> Outcome<String> {
        let file = self.root.join("rust-toolchain.toml");
        let text = read(&file)?;
        let channel =
            channel(&text).ok_or_else(|| format!("{} pins no channel", file.display()))?;
        Ok(channel.to_owned())
    }
}

fn read(file: &Path) -> Outcome<String> {
    std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()).into())
}

fn channel(toolchain: &str) -> Option<&str> {
    toolchain.lines().find_map(|line| {
        let value = line
            .trim()
            .strip_prefix("channel")?
            .trim_start()
            .strip_prefix('=')?;
        Some(value.trim().trim_matches('"'))
    })
}

/// A string at the top level of cargo's metadata, which is on one line and has no spaces
/// between its parts. Enough for two paths, and spares a fresh machine a JSON parser.
fn json_string(metadata: &str, name: &str) -> Option<String> {
    // The last one, since what packages say about themselves comes first.
    let (_, rest) = metadata.rsplit_once(&format!("\"{name}\":\""))?;
    let mut value = String::new();
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return Some(value),
            '\\' => value.push(characters.next()?),
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_from_the_metadata() {
        let metadata = r#"{"packages":[{"target_directory":"no"}],"target_directory":"C:\\a \"b\"","version":1}"#;
        assert_eq!(
            json_string(metadata, "target_directory").as_deref(),
            Some(r#"C:\a "b""#)
        );
        assert_eq!(json_string(metadata, "workspace_root"), None);
    }

    #[test]
    fn the_pinned_channel_is_read() {
        assert_eq!(
            channel("# a\n[toolchain]\nchannel = \"1.95.0\"\n"),
            Some("1.95.0")
        );
        assert_eq!(channel("[toolchain]\n"), None);
    }
}

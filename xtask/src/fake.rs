//! The fake Salesforce, for what runs beside it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::process::Outcome;
use crate::workspace::Workspace;

/// A fake Salesforce in a process of its own, which ends with this value.
pub struct Fake {
    process: Child,
    settings: Vec<(String, String)>,
}

impl Fake {
    /// Starts it. The harness must have been built.
    pub fn start(workspace: &Workspace) -> Outcome<Self> {
        let program = workspace.target_dir.join("debug").join("host-test");
        let mut process = Command::new(&program)
            .arg("fake")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("{}: {e}", program.display()))?;
        let lines = process.stdout.take().map(|out| BufReader::new(out).lines());
        let mut fake = Self {
            process,
            settings: Vec::new(),
        };
        for line in lines.into_iter().flatten() {
            let line = line.map_err(|e| format!("the fake: {e}"))?;
            fake.settings.extend(setting(&line));
            // The last one.
            if line.starts_with("export SALESFORCE_VERSION=") {
                return Ok(fake);
            }
        }
        Err("the fake printed no settings".into())
    }

    /// Gives a command the settings that lead to this fake, and no others.
    pub fn settings_for(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            if name
                .to_str()
                .is_some_and(|name| name.starts_with("SALESFORCE_"))
            {
                command.env_remove(name);
            }
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A line for a shell: `export NAME='value'`.
fn setting(line: &str) -> Option<(String, String)> {
    let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
    let value = value.strip_prefix('\'')?.strip_suffix('\'')?;
    Some((name.to_owned(), value.replace(r"'\''", "'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_a_shell_reads_them() {
        let read = |line| setting(line).map(|(name, value)| format!("{name} {value}"));
        assert_eq!(read(r"export A='it'\''s=1'").as_deref(), Some("A it's=1"));
        assert_eq!(read("Paste the lines above"), None);
    }
}

//! Releases in a registry: published there, and the whole way tried against one on this machine.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::dist;
use crate::fake::Fake;
use crate::process::{self, Outcome};
use crate::tools::Needs;
use crate::workspace::Workspace;

const WKG: Needs = Needs {
    commands: &[&["wkg", "--version"]],
    cure: "cargo install wkg@0.16.1 --locked",
};
const REGISTRY: Needs = Needs {
    commands: &[&["docker-registry", "--version"]],
    cure: "apt-get install docker-registry",
};
const CREATE: &str = r#"{"SObjectName":"Account","salesforcePayload":{"Name":"Acme"}}"#;

/// Puts the release in `dist` into a registry.
pub fn publish(workspace: &Workspace, to: &str) -> Outcome {
    if let Some(reason) = WKG.missing() {
        return Err(reason.into());
    }
    let report = workspace.target_dir.join("published.txt");
    process::run(&mut publication(
        workspace,
        &dist::dir(workspace),
        to,
        &report,
    ))
}

fn publication(workspace: &Workspace, release: &Path, to: &str, report: &Path) -> Command {
    let mut publish = workspace.cargo();
    publish.args(["run", "--quiet", "-p", "dist", "--", "publish"]);
    publish.arg("--release").arg(release);
    publish.arg("--to").arg(to).arg("--report").arg(report);
    publish
}

/// Runs the trial where it can, and says where not: `wkg` takes minutes to compile, so that not even
/// CI has to have it.
pub fn try_out(workspace: &Workspace) -> Outcome {
    let missing = missing();
    if missing.is_empty() {
        return trial(workspace, false);
    }
    println!("SKIPPED: the registry: {}", missing.join("; "));
    Ok(())
}

/// What the trial needs and is not there.
fn missing() -> Vec<String> {
    [&WKG, &REGISTRY]
        .into_iter()
        .filter_map(Needs::missing)
        .collect()
}

/// Makes a release, publishes it in a registry of its own, pulls it by digest, runs what was
/// pulled, and sees that what is not as published is refused.
pub fn trial(workspace: &Workspace, install: bool) -> Outcome {
    let missing = missing();
    if !missing.is_empty() {
        return Err(missing.join("; ").into());
    }
    let folder = workspace.target_dir.join("registry");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let release = folder.join("release");
    dist::make(workspace, &dist::Options::of_trial(install), &release)?;
    let registry = Registry::start(workspace, &folder)?;
    let at = |name: &str| folder.join(name);

    let to = format!("{}/acme", registry.address);
    let report = at("published.txt");
    process::run(&mut publication(workspace, &release, &to, &report))?;
    let report = String::from_utf8_lossy(&read(&report)?).into_owned();
    let component = published(&report, "component")?;

    // By digest, as a platform would.
    let pulled = at("salesforce-connector.wasm");
    process::run(&mut registry.pull(workspace, component, &pulled))?;
    same(&pulled, &release.join("salesforce-connector.wasm"))?;
    let fake = Fake::start(workspace)?;
    let mut create = workspace.command(workspace.target_dir.join("debug/host-test"));
    create
        .args(["call", "CREATE", CREATE, "--component"])
        .arg(&pulled);
    fake.settings_for(&mut create);
    let created = process::capture(&mut create)?;
    if !created.contains("201") {
        return Err(format!("what was pulled created no record:\n{created}").into());
    }
    println!("What was pulled created a record: {}", created.trim());

    // The package as those get it who generate bindings from it.
    let wit = at("wit.wasm");
    let config = at("wkg.toml");
    fs::write(&config, registry.config()).map_err(|e| format!("{}: {e}", config.display()))?;
    let mut get = workspace.command("wkg");
    get.arg("get").arg("--config").arg(&config);
    get.arg("--cache").arg(at("cache"));
    get.args(["--format", "wasm", "--output"]).arg(&wit);
    process::run(get.arg(package(&report)?))?;
    same(&wit, &release.join("salesforce-connector-wit.wasm"))?;

    // The same again changes nothing, and something else is refused.
    process::run(&mut publication(workspace, &release, &to, &at("again.txt")))?;
    let other = at("other");
    dist::make(workspace, &dist::Options::of_other(install), &other)?;
    if process::capture(&mut publication(workspace, &other, &to, &at("other.txt"))).is_ok() {
        return Err("a version was replaced".into());
    }
    let repository = component.split('@').next().unwrap_or_default();
    let tagged = format!("{repository}:{}", env!("CARGO_PKG_VERSION"));
    process::run(&mut registry.pull(workspace, &tagged, &at("tagged.wasm")))?;
    same(
        &at("tagged.wasm"),
        &release.join("salesforce-connector.wasm"),
    )?;
    println!("Another component of the same version was not taken.");
    let stored = sum(&release, "salesforce-connector.wasm")?;
    let changed = at("changed.wasm");
    registry.tamper(&stored)?;
    if process::capture(&mut registry.pull(workspace, component, &changed)).is_ok()
        || changed.exists()
    {
        return Err("a component that was changed in the registry was pulled".into());
    }
    // As it was, so that nothing but the change was the reason.
    registry.tamper(&stored)?;
    process::capture(&mut registry.pull(workspace, component, &changed))?;
    println!("A component that was changed in the registry was refused.");
    drop(registry);
    fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()).into())
}

/// A registry on a port that the system chose, which ends with this value.
struct Registry {
    process: Child,
    address: String,
    data: PathBuf,
}

impl Registry {
    fn start(workspace: &Workspace, folder: &Path) -> Outcome<Self> {
        let data = folder.join("data");
        let config = folder.join("registry.yml");
        let text = format!(
            "version: 0.1\nlog: {{level: info, accesslog: {{disabled: true}}}}\nstorage: \
             {{filesystem: {{rootdirectory: '{}'}}}}\nhttp: {{addr: '127.0.0.1:0', secret: \
             trial}}\n",
            data.display()
        );
        fs::create_dir_all(&data)
            .and_then(|()| fs::write(&config, text))
            .map_err(|e| format!("{}: {e}", config.display()))?;
        let mut serve = workspace.command("docker-registry");
        serve.arg("serve").arg(&config).stdin(Stdio::null());
        serve.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = serve.spawn().map_err(|e| format!("docker-registry: {e}"))?;
        let log = process.stderr.take();
        let mut registry = Self {
            process,
            address: String::new(),
            data,
        };
        let mut log = BufReader::new(log.ok_or("docker-registry has no log")?).lines();
        for line in &mut log {
            let line = line.map_err(|e| format!("docker-registry: {e}"))?;
            if let Some(address) = listening(&line) {
                registry.address = address.to_owned();
                // What is not read would stop it once the pipe is full.
                std::thread::spawn(move || log.for_each(drop));
                return Ok(registry);
            }
        }
        Err("docker-registry did not say where it listens".into())
    }

    fn pull(&self, workspace: &Workspace, reference: &str, to: &Path) -> Command {
        let mut pull = workspace.command("wkg");
        pull.args(["oci", "pull", "--insecure", &self.address, reference]);
        pull.arg("--output").arg(to);
        pull
    }

    /// What tells `wkg` that the packages of the contract's namespace are here.
    fn config(&self) -> String {
        let address = &self.address;
        format!(
            "[namespace_registries]\nconnector = {{ registry = \"{address}\", metadata = {{ \
             preferredProtocol = \"oci\", oci = {{ registry = \"{address}\", namespacePrefix = \
             \"acme/\" }} }} }}\n\n[registry.\"{address}\".oci]\nprotocol = \"http\"\n"
        )
    }

    /// Changes one bit of what is stored under a digest.
    fn tamper(&self, sha256: &str) -> Outcome {
        let start = sha256.get(..2).ok_or("a checksum that is none")?;
        let blob = format!("docker/registry/v2/blobs/sha256/{start}/{sha256}/data");
        let blob = self.data.join(blob);
        let mut bytes = read(&blob)?;
        let byte = bytes.last_mut().ok_or("the stored component is empty")?;
        *byte ^= 1;
        fs::write(&blob, bytes).map_err(|e| format!("{}: {e}", blob.display()).into())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The address in the line of the registry's log that has it.
fn listening(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("msg=\"listening on ")?;
    rest.split('"').next().filter(|address| !address.is_empty())
}

/// A reference of the report.
fn published<'r>(report: &'r str, name: &str) -> Outcome<&'r str> {
    let mut lines = report.lines().filter_map(|line| line.split_once(' '));
    let found = lines.find(|(of, _)| *of == name);
    let (_, reference) = found.ok_or_else(|| format!("{name} was not published"))?;
    Ok(reference)
}

/// The package of the contract, as `wkg` names it: the last two parts of its repository.
fn package(report: &str) -> Outcome<OsString> {
    let (repository, _) = published(report, "wit")?
        .split_once('@')
        .unwrap_or_default();
    let mut parts = repository.rsplit('/');
    match (parts.next(), parts.next()) {
        (Some(name), Some(namespace)) => Ok(format!("{namespace}:{name}").into()),
        _ => Err(format!("{repository} is no repository of a package").into()),
    }
}

/// The checksum of a file of the release.
fn sum(release: &Path, file: &str) -> Outcome<String> {
    let sums = read(&release.join("SHA256SUMS"))?;
    let sums = String::from_utf8_lossy(&sums);
    let mut lines = sums.lines().filter_map(|line| line.split_once("  "));
    let found = lines.find(|(_, name)| *name == file);
    let (sum, _) = found.ok_or_else(|| format!("{file} is not in SHA256SUMS"))?;
    Ok(sum.to_owned())
}

fn same(pulled: &Path, built: &Path) -> Outcome {
    if read(pulled)? == read(built)? {
        println!("{} is what was built.", pulled.display());
        return Ok(());
    }
    Err(format!("{} is not what was built", pulled.display()).into())
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_says_where_it_listens() {
        let line = r#"time="…" level=info msg="listening on 127.0.0.1:36605" version=2.8.2"#;
        assert_eq!(listening(line), Some("127.0.0.1:36605"));
        assert_eq!(listening("msg=\"redis not configured\""), None);
    }

    #[test]
    fn references_are_read_from_the_report() {
        let report = "component r/acme/x@sha256:1\nwit r/acme/connector/salesforce@sha256:2\n";
        assert_eq!(published(report, "component").unwrap(), "r/acme/x@sha256:1");
        assert_eq!(package(report).unwrap(), "connector:salesforce");
        assert!(published(report, "sbom").is_err());
        assert!(package("component r/x@sha256:1\n").is_err());
    }
}

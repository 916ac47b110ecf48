//! A folder of compiled components.

use ring::digest::{SHA256, digest};
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use wasmtime::component::Component;
use wasmtime::{Engine, Error};

/// The component, from the folder if it was compiled before for the same machine, by the same
/// compiler, with the same settings; else compiled, and put there.
///
/// A folder that cannot be used costs the time to compile, and nothing else.
pub(crate) fn component(engine: &Engine, wasm: &[u8], folder: &Path) -> Result<Component, Error> {
    if !is_private(folder) {
        return Component::from_binary(engine, wasm);
    }
    let file = folder.join(name(engine, wasm));
    if let Some(component) = load(engine, &file) {
        return Ok(component);
    }
    let compiled = engine.precompile_component(wasm)?;
    match write(&compiled, &file) {
        Ok(()) => load(engine, &file).map_or_else(|| Component::from_binary(engine, wasm), Ok),
        Err(_) => Component::from_binary(engine, wasm),
    }
}

/// Another component, compiler, machine or setting has another name.
fn name(engine: &Engine, wasm: &[u8]) -> String {
    struct Bytes(Vec<u8>);
    impl Hasher for Bytes {
        fn write(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
        fn finish(&self) -> u64 {
            0
        }
    }
    let mut key = Bytes(digest(&SHA256, wasm).as_ref().to_vec());
    engine.precompile_compatibility_hash().hash(&mut key);
    let key = digest(&SHA256, &key.0);
    let hex: String = key.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    format!("{hex}.cwasm")
}

fn load(engine: &Engine, file: &Path) -> Option<Component> {
    if !file.exists() {
        return None;
    }
    // What is loaded is executed. The folder is this user's alone, and a file appears in it whole.
    #[expect(unsafe_code, reason = "the file is one that this program wrote")]
    let loaded = unsafe { Component::deserialize_file(engine, file) };
    loaded.ok()
}

/// Writes a file so that it appears whole or not at all.
fn write(compiled: &[u8], file: &Path) -> std::io::Result<()> {
    let unfinished: PathBuf = file.with_extension(format!("{}.tmp", std::process::id()));
    let mut out = std::fs::File::create(&unfinished)?;
    out.write_all(compiled)?;
    out.sync_all()?;
    std::fs::rename(&unfinished, file)
}

/// Makes the folder where it is missing. Whether nobody else may write to it.
#[cfg(unix)]
fn is_private(folder: &Path) -> bool {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    let owner = rustix::process::geteuid().as_raw();
    made.is_ok()
        && std::fs::metadata(folder)
            .is_ok_and(|folder| folder.uid() == owner && folder.mode() & 0o022 == 0)
}

/// Makes the folder where it is missing. Elsewhere the folders of a user are the user's.
#[cfg(not(unix))]
fn is_private(folder: &Path) -> bool {
    std::fs::create_dir_all(folder).is_ok()
}

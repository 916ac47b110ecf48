//! A folder of compiled components.

#[cfg(test)]
mod tests;

use ring::digest::{Context, Digest, SHA256, SHA256_OUTPUT_LEN, digest};
use std::fs::File;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::Path;
use tempfile::NamedTempFile;
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
    let key = key(engine, wasm);
    let hex: String = key.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    let file = folder.join(format!("{hex}.cwasm"));
    if let Some(component) = load(engine, &key, &file) {
        return Ok(component);
    }
    let compiled = engine.precompile_component(wasm)?;
    // A disk that is full costs the file.
    let _ = write(&compiled, &key, &file);
    take(engine, &compiled, None)
}

/// What the component was compiled from: another component, compiler, machine or setting has
/// another key.
fn key(engine: &Engine, wasm: &[u8]) -> Digest {
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
    digest(&SHA256, &key.0)
}

/// What stands at the end of a file: it tells a file that is damaged, or that was compiled from
/// something else.
fn seal(key: &Digest, compiled: &[u8]) -> Digest {
    let mut seal = Context::new(&SHA256);
    seal.update(key.as_ref());
    seal.update(compiled);
    seal.finish()
}

fn load(engine: &Engine, key: &Digest, file: &Path) -> Option<Component> {
    let bytes = std::fs::read(file).ok()?;
    let (compiled, end) = bytes.split_at_checked(bytes.len().checked_sub(SHA256_OUTPUT_LEN)?)?;
    if seal(key, compiled).as_ref() != end {
        return None;
    }
    take(engine, compiled, Some(file)).ok()
}

/// Takes what was compiled, which will be executed. A file with it is mapped, so that processes
/// share its memory.
fn take(engine: &Engine, compiled: &[u8], file: Option<&Path>) -> Result<Component, Error> {
    // It comes from the compiler, or from a file that this user alone may write to, that appeared
    // whole, and whose seal is right.
    #[expect(unsafe_code, reason = "it is what this program compiled")]
    unsafe {
        match file {
            Some(file) => Component::deserialize_file(engine, file),
            None => Component::deserialize(engine, compiled),
        }
    }
}

/// Writes a file so that it appears whole or not at all.
fn write(compiled: &[u8], key: &Digest, file: &Path) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    // With a name of its own, and gone where anything fails.
    let mut out = NamedTempFile::new_in(folder)?;
    out.write_all(compiled)?;
    out.write_all(seal(key, compiled).as_ref())?;
    File::sync_all(out.as_file())?;
    out.persist(file)?;
    Ok(())
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

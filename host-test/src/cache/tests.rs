//! Compiled once, loaded after that, and never what should not be.

use super::*;
use crate::{Host, HostConfig, Limits};
use std::path::PathBuf;
use std::time::SystemTime;
use tempfile::TempDir;

/// Not the connector, so that compiling it takes no time.
const ONE: &[u8] = b"(component (core module (func (export \"f\") (result i32) i32.const 1)))";
const TWO: &[u8] = b"(component (core module (func (export \"f\") (result i32) i32.const 2)))";

fn wasm(text: &[u8]) -> Vec<u8> {
    wat::parse_bytes(text).unwrap().into_owned()
}

/// A folder in one that is removed.
fn folder() -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("a/b");
    (dir, folder)
}

/// All files, and when each was written.
fn files(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut files: Vec<_> = entries
        .map(|entry| (entry.path(), entry.metadata().unwrap().modified().unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn it_compiles_once_and_then_loads() {
    let (_dir, folder) = folder();
    let engine = Engine::default();
    component(&engine, &wasm(ONE), &folder).unwrap();
    let first = files(&folder);
    assert_eq!(first.len(), 1);
    let key = key(&engine, &wasm(ONE));
    assert!(load(&engine, &key, &first[0].0).is_some());
    // What is loaded is not written again.
    component(&engine, &wasm(ONE), &folder).unwrap();
    assert_eq!(files(&folder), first);
    component(&engine, &wasm(TWO), &folder).unwrap();
    assert_eq!(files(&folder).len(), 2);
}

#[test]
fn what_is_damaged_or_of_another_component_is_compiled_anew() {
    let (_dir, folder) = folder();
    let engine = Engine::default();
    component(&engine, &wasm(TWO), &folder).unwrap();
    let other = std::fs::read(&files(&folder)[0].0).unwrap();
    std::fs::remove_file(&files(&folder)[0].0).unwrap();
    component(&engine, &wasm(ONE), &folder).unwrap();
    let file = files(&folder)[0].0.clone();
    let good = std::fs::read(&file).unwrap();
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let short = good[..good.len() - 1].to_vec();
    let long = [good.as_slice(), b"x"].concat();
    for damaged in [other, flipped, short, long, Vec::new(), vec![0; 100]] {
        // Files that are mapped are never written to.
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&file, &damaged).unwrap();
        assert!(load(&engine, &key(&engine, &wasm(ONE)), &file).is_none());
        component(&engine, &wasm(ONE), &folder).unwrap();
        assert!(std::fs::read(&file).unwrap() == good);
    }
    assert_eq!(files(&folder).len(), 1);
}

#[test]
fn what_cannot_be_compiled_leaves_nothing() {
    let (_dir, folder) = folder();
    assert!(component(&Engine::default(), b"\0asm nonsense", &folder).is_err());
    assert_eq!(files(&folder), []);
}

#[test]
fn a_folder_that_is_none_costs_the_time_to_compile() {
    let (dir, _) = folder();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    component(&Engine::default(), &wasm(ONE), &file).unwrap();
    component(&Engine::default(), &wasm(ONE), &file.join("below")).unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), b"");
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_may_write_to_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, folder) = folder();
    let engine = Engine::default();
    component(&engine, &wasm(ONE), &folder).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&files(&folder)[0].0)), (0o700, 0o600));
    let first = files(&folder);
    for open in [0o720, 0o702, 0o777] {
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(open)).unwrap();
        component(&engine, &wasm(TWO), &folder).unwrap();
        assert_eq!(files(&folder), first, "{open:o}");
    }
}

#[test]
fn many_at_a_time_leave_one_whole_file() {
    let (_dir, folder) = folder();
    let engine = Engine::default();
    let wasm = wasm(ONE);
    component(&engine, &wasm, &folder).unwrap();
    let (file, _) = files(&folder).remove(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    component(&engine, &wasm, &folder).unwrap();
                    // Others find none, or a whole one.
                    let _ = std::fs::remove_file(&file);
                }
            });
        }
    });
    component(&engine, &wasm, &folder).unwrap();
    let left = files(&folder);
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(load(&engine, &key(&engine, &wasm), &left[0].0).is_some());
}

/// The connector, from a host's configuration.
#[tokio::test]
async fn hosts_with_and_without_fuel_have_a_file_each() {
    let (_dir, folder) = folder();
    let start = |fuel| {
        let config = HostConfig {
            limits: Limits {
                fuel,
                ..Limits::default()
            },
            cache: Some(folder.clone()),
            ..HostConfig::default()
        };
        Host::new(crate::tests::component(), config).unwrap()
    };
    start(None);
    let without = files(&folder);
    assert_eq!(without.len(), 1);
    start(Some(u64::MAX));
    let both = files(&folder);
    assert_eq!(both.len(), 2);
    for fuel in [None, Some(u64::MAX)] {
        let mut instance = start(fuel).instance(crate::NO_SETTINGS).await.unwrap();
        assert!(instance.catalog().await.unwrap().unwrap().len() >= 10);
        assert_eq!(instance.fuel_used().is_some(), fuel.is_some());
    }
    assert_eq!(files(&folder), both);
}

//! The files in the zip.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

/// The most that a file may unpack to.
const MOST: u64 = 10 << 20;

/// Unpacks all files, stored or deflated, and checks their checksums. Not as a single package, they
/// are in a folder.
pub fn read(archive: &[u8], single: bool) -> Result<BTreeMap<String, String>, String> {
    let broken = |error: &dyn std::fmt::Display| format!("The zip file cannot be read: {error}");
    let mut zip = ZipArchive::new(Cursor::new(archive)).map_err(|error| broken(&error))?;
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let file = zip.by_index(at).map_err(|error| broken(&error))?;
        if file.is_dir() {
            continue;
        }
        let full = file.name().to_owned();
        let name = if single {
            full.clone()
        } else {
            let (_, rest) = full.split_once('/').unwrap_or_default();
            rest.to_owned()
        };
        let mut text = String::new();
        // The reader compares the checksum at the end of the file.
        file.take(MOST)
            .read_to_string(&mut text)
            .map_err(|error| broken(&format!("{full}: {error}")))?;
        if files.insert(name, text).is_some() {
            return Err(broken(&format!("{full} is there twice")));
        }
    }
    Ok(files)
}

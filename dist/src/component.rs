//! The component and its WIT, as binaries.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use wasm_metadata::{
    AddMetadata, AddMetadataField, Description, Licenses, Revision, Source, Version,
};
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Resolve, UnresolvedPackageGroup, WorldItem};

use crate::crates::Tree;
use crate::origin::Origin;

/// What the tests hold the component to.
#[path = "../../tests/it/imports.rs"]
pub mod imports;

/// How a component begins, of the version that all tools know.
const PREAMBLE: &[u8] = b"\0asm\x0d\0\x01\0";

/// What the component has at its top.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// The package of its contract, such as `connector:salesforce@0.1.0`.
    pub package: String,
    /// The interfaces that it wants, those of types alone among them.
    pub imports: Vec<String>,
    /// The interfaces that it gives.
    pub exports: Vec<String>,
}

impl Shape {
    /// Reads a component.
    pub fn of(component: &[u8]) -> Result<Self> {
        ensure!(component.starts_with(PREAMBLE), "this is no component");
        let DecodedWasm::Component(resolve, world) = decode(component)? else {
            bail!("this is no component");
        };
        let world = resolve.worlds.get(world).context("no world")?;
        let names = |items: &mut dyn Iterator<Item = &WorldItem>| {
            let names = items.filter_map(|item| match item {
                WorldItem::Interface { id, .. } => resolve.id_of(*id),
                _ => None,
            });
            let mut names: Vec<_> = names.collect();
            names.sort();
            names
        };
        let (imports, exports) = (
            names(&mut world.imports.values()),
            names(&mut world.exports.values()),
        );
        ensure!(
            imports.len() == world.imports.len() && exports.len() == world.exports.len(),
            "something beside interfaces is imported or exported"
        );
        let package = exports.first().and_then(|name| {
            let (package, rest) = name.split_once('/')?;
            let (_, version) = rest.split_once('@')?;
            Some(format!("{package}@{version}"))
        });
        Ok(Self {
            package: package.context("the exports are of no package")?,
            imports,
            exports,
        })
    }
}

impl Shape {
    /// Fails where this is not the connector: where it exports something else than the contract, or
    /// imports something else than what the tests allow. Nothing else gets its name.
    pub fn is_of(&self, wit: &[u8]) -> Result<()> {
        let DecodedWasm::WitPackage(resolve, package) = decode(wit)? else {
            bail!("the contract is no package");
        };
        let world = resolve.select_world(&[package], None)?;
        let world = resolve.worlds.get(world).context("no world")?;
        let names = world.exports.values().filter_map(|item| match item {
            WorldItem::Interface { id, .. } => resolve.id_of(*id),
            _ => None,
        });
        let mut contract: Vec<_> = names.collect();
        contract.sort();
        ensure!(
            self.exports == contract,
            "this is not the connector: it exports {}",
            self.exports.join(", ")
        );
        let name = |import: &String| import.split('@').next().unwrap_or_default().to_owned();
        let imports: Vec<_> = self.imports.iter().map(name).collect();
        ensure!(
            imports == imports::IMPORTS,
            "this is not what ships: it imports {}",
            imports.join(", ")
        );
        Ok(())
    }
}

/// The component with what is known about it, each fact in a section that tools look for.
pub fn with_metadata(component: &[u8], tree: &Tree, origin: &Origin) -> Result<Vec<u8>> {
    let own = tree.root();
    let mut add = AddMetadata::default();
    add.name = AddMetadataField::Set(own.name.clone());
    add.description = AddMetadataField::Set(Description::new(own.description.clone()));
    add.licenses = AddMetadataField::Set(Licenses::new(&own.license)?);
    add.version = AddMetadataField::Set(Version::new(own.version.clone()));
    if let Some(revision) = &origin.revision {
        add.revision = AddMetadataField::Set(Revision::new(revision.clone()));
    }
    if let Some(source) = &origin.source {
        add.source = AddMetadataField::Set(Source::new(source)?);
    }
    add.to_wasm(component)
}

/// How many bytes of a component are its documentation.
pub fn documentation(component: &[u8]) -> Result<usize> {
    let mut rest = component.get(8..).context("this is no component")?;
    let mut bytes = 0;
    while let Some((id, behind)) = rest.split_first() {
        let (length, content) = leb128(behind).context("a broken section")?;
        let (content, behind) = content
            .split_at_checked(length)
            .context("a broken section")?;
        let name = leb128(content).and_then(|(length, name)| name.get(..length));
        if *id == 0 && name == Some(b"package-docs") {
            bytes += rest.len() - behind.len();
        }
        rest = behind;
    }
    Ok(bytes)
}

fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().position(|byte| byte & 0x80 == 0)?;
    let (number, behind) = bytes.split_at_checked(end + 1)?;
    let digits = number.iter().rev().map(|byte| usize::from(byte & 0x7f));
    Some((digits.fold(0, |value, digit| value << 7 | digit), behind))
}

/// The WIT package in a folder, as a binary that registries take, documentation inside.
pub fn wit(dir: &Path) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let package = resolve.push_group(UnresolvedPackageGroup::parse_dir(dir)?)?;
    wit_component::encode(&resolve, package)
}

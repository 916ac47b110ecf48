//! One walk over the binary: names, sizes, metadata.

use super::plain;
use std::collections::BTreeMap;
use wasmparser::{
    ComponentTypeRef, CustomSectionReader, Encoding, KnownCustom, Name, Parser, Payload, Result,
    TypeRef,
};

/// Sections that hold one text each, as the tool conventions name them.
const TEXTS: [&str; 7] = [
    "version",
    "description",
    "authors",
    "licenses",
    "homepage",
    "source",
    "revision",
];

/// What is told of metadata that is broken.
const UNREAD: &str = "cannot be read";

/// What is in a component.
#[derive(Debug, Default)]
pub struct Contents {
    /// The size of the whole.
    pub bytes: usize,
    /// The names of what is imported, types by themselves aside.
    pub imports: Vec<String>,
    /// The names of what is exported.
    pub exports: Vec<String>,
    /// What it says of itself.
    pub metadata: Vec<(String, String)>,
    /// Sizes of sections, the largest first. Their sum is the size of the whole.
    pub sections: Vec<(String, usize)>,
    /// Sizes of functions by crate, the largest first; empty where functions have no names.
    pub crates: Vec<(String, usize)>,
}

/// A core module on the way.
#[derive(Default)]
struct Module {
    imported: u32,
    bodies: Vec<usize>,
    names: BTreeMap<u32, String>,
}

impl Contents {
    /// Reads a valid component.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut contents = Self {
            bytes: bytes.len(),
            ..Self::default()
        };
        let mut sections: BTreeMap<String, usize> = BTreeMap::new();
        let mut crates: BTreeMap<String, usize> = BTreeMap::new();
        // What is open: modules with their state, components without.
        let mut open: Vec<Option<Module>> = Vec::new();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            let size = payload.as_section().map_or(0, |(_, range)| range.len());
            let top = open.len() == 1;
            let mut part = match open.last() {
                Some(Some(_)) => "core: other",
                _ => "interfaces and wiring",
            }
            .to_owned();
            match payload {
                Payload::Version { encoding, .. } => {
                    let module = (encoding == Encoding::Module).then(Module::default);
                    open.push(module);
                }
                Payload::End(_) => {
                    if let Some(module) = open.pop().flatten() {
                        module.weigh(&mut crates);
                    }
                }
                // Counted as what is in them.
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => continue,
                Payload::ComponentImportSection(imports) if top => {
                    for import in imports {
                        let import = import?;
                        if !matches!(import.ty, ComponentTypeRef::Type(_)) {
                            contents.imports.push(plain(import.name.0));
                        }
                    }
                }
                Payload::ComponentExportSection(exports) if top => {
                    for export in exports {
                        contents.exports.push(plain(export?.name.0));
                    }
                }
                Payload::ImportSection(imports) => {
                    if let Some(Some(module)) = open.last_mut() {
                        for import in imports.into_imports() {
                            let function = matches!(import?.ty, TypeRef::Func(_));
                            module.imported += u32::from(function);
                        }
                    }
                }
                Payload::CodeSectionStart { .. } => "core: code".clone_into(&mut part),
                Payload::CodeSectionEntry(body) => {
                    if let Some(Some(module)) = open.last_mut() {
                        module.bodies.push(body.range().len());
                    }
                }
                Payload::DataSection(_) => "core: data".clone_into(&mut part),
                Payload::CustomSection(section) => {
                    part = format!("custom: {}", plain(section.name()));
                    match open.last_mut() {
                        Some(Some(module)) => module.read_names(&section),
                        _ if top => contents.read_metadata(&section),
                        _ => {}
                    }
                }
                _ => {}
            }
            if size > 0 {
                *sections.entry(part).or_default() += size;
            }
        }
        let counted: usize = sections.values().sum();
        let headers = bytes.len().saturating_sub(counted);
        sections.insert("headers of sections".to_owned(), headers);
        contents.sections = sorted(sections);
        contents.crates = sorted(crates);
        Ok(contents)
    }

    /// No validator checks what is in these sections, so that it may be anything.
    fn read_metadata(&mut self, section: &CustomSectionReader<'_>) {
        if self.try_metadata(section).is_err() {
            let unread = (plain(section.name()), UNREAD.to_owned());
            self.metadata.push(unread);
        }
    }

    fn try_metadata(&mut self, section: &CustomSectionReader<'_>) -> Result<()> {
        match section.as_known() {
            KnownCustom::Producers(producers) => {
                for field in producers {
                    let field = field?;
                    for value in field.values {
                        let value = value?;
                        let said = format!("{} {}", value.name, value.version);
                        self.metadata.push((plain(field.name), plain(said.trim())));
                    }
                }
            }
            KnownCustom::ComponentName(names) => {
                for name in names {
                    if let wasmparser::ComponentName::Component { name, .. } = name? {
                        self.metadata.push(("name".to_owned(), plain(name)));
                    }
                }
            }
            // One that is broken at its start is not taken for what its name says.
            _ if ["producers", "component-name"].contains(&section.name()) => {
                let unread = (plain(section.name()), UNREAD.to_owned());
                self.metadata.push(unread);
            }
            _ if TEXTS.contains(&section.name()) => {
                let text = plain(&String::from_utf8_lossy(section.data()));
                self.metadata.push((section.name().to_owned(), text));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Module {
    fn read_names(&mut self, section: &CustomSectionReader<'_>) {
        if self.try_names(section).is_err() {
            self.names.clear();
        }
    }

    fn try_names(&mut self, section: &CustomSectionReader<'_>) -> Result<()> {
        let KnownCustom::Name(names) = section.as_known() else {
            return Ok(());
        };
        for name in names {
            if let Name::Function(map) = name? {
                for naming in map {
                    let naming = naming?;
                    self.names.insert(naming.index, naming.name.to_owned());
                }
            }
        }
        Ok(())
    }

    fn weigh(&self, crates: &mut BTreeMap<String, usize>) {
        if self.names.is_empty() {
            return;
        }
        for (index, size) in (self.imported..).zip(&self.bodies) {
            let name = self.names.get(&index).map_or("", String::as_str);
            *crates.entry(crate_of(name)).or_default() += size;
        }
    }
}

/// The crate in which a function is defined: what stands before the first `::`.
pub fn crate_of(symbol: &str) -> String {
    let without = || "of no crate".to_owned();
    let Ok(name) = rustc_demangle::try_demangle(symbol) else {
        return without();
    };
    let name = format!("{name:#}");
    let Some((before, _)) = name.split_once("::") else {
        return without();
    };
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    let name = before.rsplit(word).next().filter(|name| !name.is_empty());
    name.map_or_else(without, plain)
}

fn sorted(sizes: BTreeMap<String, usize>) -> Vec<(String, usize)> {
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    sizes
}

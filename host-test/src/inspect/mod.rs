//! What a component is and may do, read from its bytes alone: nothing of it is run.

mod contents;
mod interfaces;
mod powers;
#[cfg(test)]
mod tests;

use contents::Contents;
use interfaces::Interface;
use powers::Powers;
use std::fmt::{self, Display, Formatter};
use wasmparser::{Encoding, Parser, Payload, Validator, WasmFeatures};

/// What a component is and may do. It shows itself as text for a person.
#[derive(Debug)]
pub struct Report {
    contents: Contents,
    /// What is imported and exported, or why that cannot be shown.
    shape: Result<Shape, String>,
    powers: Powers,
}

#[derive(Debug)]
struct Shape {
    imports: Vec<Interface>,
    exports: Vec<Interface>,
}

impl Shape {
    /// Adds the imports that WIT has no words for, and that are passed over where it is read.
    fn add_unread(&mut self, imports: &[String]) {
        for name in imports {
            if !self.imports.iter().any(|known| known.name == *name) {
                self.imports.push(Interface::unread(name));
            }
        }
    }
}

/// Reads a component, whoever made it.
///
/// # Errors
///
/// With the reason, where the bytes are not a valid component.
pub fn inspect(bytes: &[u8]) -> Result<Report, String> {
    let first = Parser::new(0).parse_all(bytes).next();
    match first {
        Some(Ok(Payload::Version {
            encoding: Encoding::Component,
            ..
        })) => {}
        Some(Ok(Payload::Version { .. })) => {
            return Err("this is a core module and no component".into());
        }
        _ => return Err("this is no WebAssembly".into()),
    }
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    validator
        .validate_all(bytes)
        .map_err(|error| format!("this is no valid component: {}", plain(&error.to_string())))?;

    let contents = Contents::read(bytes).map_err(|error| plain(&error.to_string()))?;
    let mut shape = interfaces::read(bytes)?;
    if let Ok(shape) = &mut shape {
        shape.add_unread(&contents.imports);
    }
    // What is not known to be types alone is taken for something that can be used.
    let types = |name: &String| match &shape {
        Ok(shape) => shape
            .imports
            .iter()
            .any(|i| i.name == *name && i.is_types()),
        Err(_) => false,
    };
    let reach = contents.imports.iter().filter(|name| !types(name));
    let reach: Vec<_> = reach.cloned().collect();
    let powers = Powers::of(&reach, &contents.exports);
    Ok(Report {
        contents,
        shape,
        powers,
    })
}

/// A text of the file in one line, without what a terminal would obey and without what changes the
/// order in which text is shown: nothing of a file is taken for a line of the report.
fn plain(text: &str) -> String {
    let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let shown = |c: char| match c {
        '\n' => ' ',
        c if c.is_control() || hidden(c) => '\u{fffd}',
        c => c,
    };
    text.chars().map(shown).collect()
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "A component of {} bytes.", self.contents.bytes)?;
        list(f, "\nIt can, where the host lets it:", &self.powers.can)?;
        let cannot = match self.powers.unknown {
            true => "\nIt cannot, unless what is not known here does it for it:",
            false => "\nIt cannot:",
        };
        list(f, cannot, &self.powers.cannot)?;

        writeln!(f, "\nMetadata:")?;
        if self.contents.metadata.is_empty() {
            writeln!(f, "  none")?;
        }
        for (name, value) in &self.contents.metadata {
            writeln!(f, "  {name}: {value}")?;
        }
        match &self.shape {
            Ok(shape) => {
                interfaces(f, "\nImports:", &shape.imports)?;
                interfaces(f, "\nExports:", &shape.exports)?;
            }
            Err(reason) => {
                let shown = format!("\nImports (their functions cannot be shown: {reason}):");
                list(f, &shown, &self.contents.imports)?;
                list(f, "\nExports:", &self.contents.exports)?;
            }
        }
        sizes(f, "\nBytes by section:", &self.contents.sections)?;
        if self.contents.crates.is_empty() {
            return writeln!(
                f,
                "\nBytes of code by crate: not known, since functions have no names"
            );
        }
        sizes(f, "\nBytes of code by crate:", &self.contents.crates)
    }
}

fn list(f: &mut Formatter<'_>, heading: &str, lines: &[String]) -> fmt::Result {
    writeln!(f, "{heading}")?;
    if lines.is_empty() {
        writeln!(f, "  nothing")?;
    }
    lines.iter().try_for_each(|line| writeln!(f, "  {line}"))
}

fn interfaces(f: &mut Formatter<'_>, heading: &str, interfaces: &[Interface]) -> fmt::Result {
    writeln!(f, "{heading}")?;
    for interface in interfaces {
        let note = match interface {
            _ if interface.unread => " (no interface, but code or the like)",
            _ if interface.is_types() => " (types alone)",
            _ => "",
        };
        writeln!(f, "  {}{note}", interface.name)?;
        for function in &interface.functions {
            writeln!(f, "    {}", function.signature)?;
            if let Some(docs) = &function.docs {
                writeln!(f, "      {docs}")?;
            }
        }
    }
    Ok(())
}

fn sizes(f: &mut Formatter<'_>, heading: &str, sizes: &[(String, usize)]) -> fmt::Result {
    writeln!(f, "{heading}")?;
    let mut lines = sizes.iter();
    lines.try_for_each(|(name, bytes)| writeln!(f, "{bytes:>9} {name}"))
}

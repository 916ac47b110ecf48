//! Makes components of text.

use std::fmt::Write;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::abi::WasmType;
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WasmExport, WasmExportKind, WorldItem};

const PROGRAM: &str = include_str!("guest.wat");
const WORLD: &str = include_str!("guest.wit");
const MANGLING: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);

/// The hostile component, with `more` in its program: a connector by its interface, of which
/// `actions.invoke` does harm and everything else breaks down.
pub(super) fn component(more: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/../wit");
    resolve.push_dir(wit).unwrap();
    let package = resolve.push_str("guest.wit", WORLD).unwrap();
    let world = resolve.select_world(&[package], Some("guest")).unwrap();

    let mut text = format!("(module\n{PROGRAM}\n{more}\n");
    for (key, item) in &resolve.worlds[world].exports {
        let WorldItem::Interface { id, .. } = item else {
            continue;
        };
        for func in resolve.interfaces[*id].functions.values() {
            let kind = WasmExportKind::Normal;
            let interface = Some(key);
            let export = WasmExport::Func {
                interface,
                func,
                kind,
            };
            let name = resolve.wasm_export_name(MANGLING, export);
            let signature = resolve.wasm_signature(MANGLING.export_variant(), func);
            if func.name == "invoke" {
                writeln!(text, "(export \"{name}\" (func $invoke))").unwrap();
                continue;
            }
            write!(text, "(func (export \"{name}\")").unwrap();
            for (what, types) in [("param", &signature.params), ("result", &signature.results)] {
                types
                    .iter()
                    .for_each(|ty| write!(text, " ({what} {})", core(ty)).unwrap());
            }
            text.push_str(" unreachable)\n");
        }
    }
    text.push(')');
    let mut module = wat::parse_str(text).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let mut encoder = ComponentEncoder::default().module(&module).unwrap();
    encoder.encode().unwrap()
}

fn core(ty: &WasmType) -> &'static str {
    match ty {
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
    }
}

//! What is imported and exported, with signatures and documentation.

use super::{Shape, plain};
use std::panic::catch_unwind;
use wit_component::WitPrinter;
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Function, Resolve, Type, World, WorldItem, WorldKey};

/// An interface, or a function that is in none.
#[derive(Debug)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// Its functions; an interface of types alone has none.
    pub functions: Vec<Signature>,
    /// Whether it is something else, of which no more than the name is known.
    pub unread: bool,
}

impl Interface {
    /// Something that is no interface.
    pub fn unread(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            functions: Vec::new(),
            unread: true,
        }
    }

    /// Whether nothing can be done with it.
    pub fn is_types(&self) -> bool {
        self.functions.is_empty() && !self.unread
    }
}

/// A function.
#[derive(Debug)]
pub struct Signature {
    /// It as WIT.
    pub signature: String,
    /// The first sentence of its documentation.
    pub docs: Option<String>,
}

/// The shape of a valid component. Inside is the reason why it has none that WIT can say. Fails
/// on a package of WIT, which is a component without code.
pub fn read(bytes: &[u8]) -> Result<Result<Shape, String>, String> {
    // Names that the validator lets pass break it down. A component must not hide behind that.
    let decoded = catch_unwind(|| decode(bytes));
    let (resolve, world) = match decoded {
        Ok(Ok(DecodedWasm::Component(resolve, world))) => (resolve, world),
        Ok(Ok(DecodedWasm::WitPackage(..))) => {
            return Err("this is a package of WIT and no component: it does nothing".into());
        }
        Ok(Err(error)) => return Ok(Err(plain(&error.to_string()))),
        Err(_) => return Ok(Err("no WIT can be made of it".into())),
    };
    let Some(world) = resolve.worlds.get(world) else {
        return Ok(Err("it has no world".into()));
    };
    let contract = Contract::of(world);
    let all = |items: &mut dyn Iterator<Item = (&WorldKey, &WorldItem)>| {
        let mut interfaces = Vec::new();
        for (key, item) in items {
            interfaces.extend(interface(&resolve, &contract, key, item)?);
        }
        interfaces.sort_by(|a: &Interface, b| a.name.cmp(&b.name));
        Ok::<_, String>(interfaces)
    };
    let imports = all(&mut world.imports.iter());
    let exports = all(&mut world.exports.iter());
    Ok(imports.and_then(|imports| {
        Ok(Shape {
            imports,
            exports: exports?,
        })
    }))
}

fn interface(
    resolve: &Resolve,
    contract: &Contract,
    key: &WorldKey,
    item: &WorldItem,
) -> Result<Option<Interface>, String> {
    let name = resolve.name_world_key(key);
    let functions: Vec<&Function> = match item {
        WorldItem::Interface { id, .. } => {
            let interface = resolve.interfaces.get(*id);
            interface
                .into_iter()
                .flat_map(|i| i.functions.values())
                .collect()
        }
        WorldItem::Function(function) => vec![function],
        WorldItem::Type { .. } => return Ok(None),
    };
    let described = |function: &&Function| {
        let docs = function.docs.contents.clone();
        let docs = docs.or_else(|| contract.docs(&name, &function.name));
        Ok(Signature {
            signature: plain(&signature(resolve, function)?),
            docs: docs.map(|docs| plain(&first_sentence(&docs))),
        })
    };
    let functions: Result<_, String> = functions.iter().map(described).collect();
    Ok(Some(Interface {
        functions: functions?,
        name: plain(&name),
        unread: false,
    }))
}

fn signature(resolve: &Resolve, function: &Function) -> Result<String, String> {
    let text = |ty: &Type| {
        let mut printer = WitPrinter::default();
        let printed = printer.print_type_name(resolve, ty);
        printed.map_err(|error| error.to_string())?;
        Ok::<_, String>(String::from(printer.output))
    };
    let parameter = |param: &wit_parser::Param| Ok(format!("{}: {}", param.name, text(&param.ty)?));
    let parameters: Result<Vec<_>, String> = function.params.iter().map(parameter).collect();
    let result = match &function.result {
        Some(ty) => format!(" -> {}", text(ty)?),
        None => String::new(),
    };
    let parameters = parameters?.join(", ");
    Ok(format!("{}: func({parameters}){result}", function.name))
}

fn first_sentence(docs: &str) -> String {
    let paragraph = docs.split("\n\n").next().unwrap_or_default();
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.split_once(". ") {
        Some((sentence, _)) => format!("{sentence}."),
        None => line,
    }
}

/// The WIT that a component carries as the documentation of its world, which is the one place
/// where tools let a component have any.
struct Contract(Option<Resolve>);

impl Contract {
    fn of(world: &World) -> Self {
        let text = world.docs.contents.as_deref().unwrap_or_default();
        let mut resolve = Resolve::default();
        let pushed = resolve.push_source("contract.wit", text);
        Self(pushed.is_ok().then_some(resolve))
    }

    fn docs(&self, interface: &str, function: &str) -> Option<String> {
        let resolve = self.0.as_ref()?;
        let named = |id| resolve.id_of(id).as_deref() == Some(interface);
        let (_, found) = resolve.interfaces.iter().find(|(id, _)| named(*id))?;
        found.functions.get(function)?.docs.contents.clone()
    }
}

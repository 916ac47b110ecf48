//! The types and functions of the connector, as `wit/` declares them. Their documentation is
//! there.

mod generated {
    // Documentation is in the WIT files; the macro does not carry all of it over.
    #![allow(missing_docs)]

    wasmtime::component::bindgen!({
        path: "../wit",
        world: "connector",
        exports: { default: async },
        require_store_data_send: true,
        additional_derives: [PartialEq],
    });
}

pub use generated::connector::salesforce::types::{Applied, Detail, Failure, Response};
pub use generated::exports::connector::salesforce::actions::{Action, Effect};
pub use generated::exports::connector::salesforce::query::Start;
pub use generated::exports::connector::salesforce::session::{Authorization, Grant, Setting};
pub use generated::{Connector, ConnectorPre};

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

use generated::exports::connector::salesforce::session;
use std::fmt;
use wasmtime::AsContextMut;
use wasmtime::component::{Instance, InstancePre};

pub use generated::connector::salesforce::types::{Applied, Detail, Failure, Response};
pub use generated::exports::connector::salesforce::actions::{Action, Effect};
pub use generated::exports::connector::salesforce::query::Start;
pub use generated::exports::connector::salesforce::session::Setting;

/// The interfaces that the connector exports, under the names that the bindings give them.
macro_rules! interfaces {
    ($($name:ident $interface:ident),*) => {
        use generated::exports::connector::salesforce::{$($interface as $name),*};

        /// Where the functions of each interface are in a component.
        pub(crate) struct Indices {
            $($name: $name::GuestIndices,)*
        }

        impl Indices {
            /// Checks that all are there, with the types that they have in `wit/`.
            pub(crate) fn new<T>(pre: &InstancePre<T>) -> wasmtime::Result<Self> {
                Ok(Self { $($name: $name::GuestIndices::new(pre)?,)* })
            }
        }

        /// The functions of an instance. Those of an interface are looked up when the first of
        /// them is called: a new instance seldom needs more than one.
        pub(crate) struct Exports {
            instance: Instance,
            $($name: Option<$name::Guest>,)*
        }

        impl Exports {
            pub(crate) fn new(instance: Instance) -> Self {
                Self { instance, $($name: None,)* }
            }

            $(pub(crate) fn $name(
                &mut self,
                store: impl AsContextMut,
                indices: &Indices,
            ) -> wasmtime::Result<&$name::Guest> {
                let guest = match self.$name.take() {
                    Some(guest) => guest,
                    None => indices.$name.load(store, &self.instance)?,
                };
                Ok(self.$name.insert(guest))
            })*
        }
    };
}

interfaces!(
    connector_salesforce_actions actions,
    connector_salesforce_approvals approvals,
    connector_salesforce_custom_objects custom_objects,
    connector_salesforce_query query,
    connector_salesforce_records records,
    connector_salesforce_session session
);

/// `session.grant`: a session, as settings. `Debug` shows their names alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    /// Settings for another instance, tokens among them.
    pub settings: Vec<Setting>,
    /// A JSON object with the flow and what the login said.
    pub more: String,
}

/// `session.authorization`: an authorization that was begun. `Debug` hides the verifier.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    /// Where the person's browser is sent.
    pub url: String,
    /// What the exchange needs beside the code. A secret.
    pub verifier: String,
    /// What the redirect must bring back.
    pub state: String,
}

impl From<session::Grant> for Grant {
    fn from(grant: session::Grant) -> Self {
        let session::Grant { settings, more } = grant;
        Self { settings, more }
    }
}

impl From<session::Authorization> for Authorization {
    fn from(begun: session::Authorization) -> Self {
        Self {
            url: begun.url,
            verifier: begun.verifier,
            state: begun.state,
        }
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self
            .settings
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        f.debug_struct("Grant")
            .field("settings", &names)
            .field("more", &self.more)
            .finish()
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("url", &self.url)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

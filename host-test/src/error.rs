//! What can go wrong in the host itself. What the connector says no to is [`crate::wit::Failure`].

use std::path::PathBuf;
use std::time::Duration;

/// Why the host could not do what was asked. Never shows the value of a setting.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file of the component cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },

    /// The bytes are not a component, or not this connector: it imports what the host does not
    /// offer, or lacks an export.
    #[error("this is not a connector that the host can run: {0}")]
    Component(String),

    /// A value of the configuration cannot be used.
    #[error("the configuration cannot be used: {0}")]
    Config(String),

    /// The call took longer than [`crate::Limits::deadline`]. The instance is lost.
    #[error("the call was ended after its deadline of {0:?}")]
    Deadline(Duration),

    /// The call wanted more memory than [`crate::Limits::memory`]. The instance is lost.
    #[error("the call wanted more than {0} bytes of memory")]
    Memory(usize),

    /// The call used up [`crate::Limits::fuel`]. The instance is lost.
    #[error("the call used up its fuel of {0} instructions")]
    Fuel(u64),

    /// The connector broke down. The instance is lost.
    #[error("the connector broke down: {0}")]
    Trap(String),

    /// An earlier call ended in an error of this type, or was dropped before its end. Start a
    /// new instance.
    #[error("this instance was lost in an earlier call; start a new one")]
    Lost,

    /// The fake Salesforce of the demo does not start.
    #[error("the fake Salesforce cannot start: {0}")]
    Fake(std::io::Error),

    /// What the demo prints could not be written.
    #[error("cannot write: {0}")]
    Output(#[from] std::io::Error),
}

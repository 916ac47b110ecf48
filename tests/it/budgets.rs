//! What the component may weigh, in bytes. The manifest of a release is made from this very file.

/// The component without its documentation: the ten actions, their relatives and every login, and
/// 14 KiB for inflating pages.
pub const COMPONENT: usize = 466 * 1024;

/// The documentation, which no host loads into an instance.
pub const DOCUMENTATION: usize = 64 * 1024;

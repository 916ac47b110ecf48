//! The decision how a wasm target is had, apart from the machine it is made on.

use crate::debian;
use crate::process::Outcome;
use crate::toolchain::Target;

/// The one way that `XTASK_WASM_TOOLCHAIN` allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// The toolchain in use, its target added with rustup.
    Rustup,
    /// Debian's packages.
    Debian,
    /// Neither.
    None,
}

impl Only {
    /// Reads the variable. Fails where its value is none of the three.
    pub fn from_environment() -> Outcome<Option<Self>> {
        let Some(value) = std::env::var_os("XTASK_WASM_TOOLCHAIN").filter(|v| !v.is_empty()) else {
            return Ok(None);
        };
        match value.to_str() {
            Some("rustup") => Ok(Some(Self::Rustup)),
            Some("debian") => Ok(Some(Self::Debian)),
            Some("none") => Ok(Some(Self::None)),
            _ => Err(format!(
                "XTASK_WASM_TOOLCHAIN is rustup, debian or none, not {}",
                value.display()
            )
            .into()),
        }
    }
}

/// What decides how a wasm target is had.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The toolchain in use has the target.
    pub installed: bool,
    /// rustup is there.
    pub rustup: bool,
    /// All of Debian's packages are installed.
    pub debian: bool,
    /// apt-get is there.
    pub apt: bool,
    /// Packages may be installed.
    pub may_install: bool,
}

/// One way to a toolchain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The toolchain in use as it is.
    InUse,
    /// The toolchain in use, once rustup has added the target.
    AddWithRustup,
    /// Debian's packages, which are there.
    Debian,
    /// Debian's packages, once they are installed.
    InstallDebian,
}

/// The ways to try, best first.
pub fn ways(target: Target, facts: Facts, only: Option<Only>) -> Vec<Way> {
    let mut ways = Vec::new();
    if matches!(only, None | Some(Only::Rustup)) {
        if facts.installed {
            return vec![Way::InUse];
        }
        if facts.rustup {
            ways.push(Way::AddWithRustup);
        }
    }
    // Debian has no std for wasm32-wasip2 and no libc to build it with.
    if target == Target::Unknown && matches!(only, None | Some(Only::Debian)) {
        if facts.debian {
            ways.push(Way::Debian);
        } else if facts.apt && facts.may_install {
            ways.push(Way::InstallDebian);
        }
    }
    ways
}

/// What a person can do where no way led to the target.
pub fn advice(target: Target, facts: Facts) -> String {
    let triple = target.triple();
    let rustup = if facts.rustup {
        "Run"
    } else {
        "Install rustup and run"
    };
    let mut text =
        format!("no toolchain for {triple}. {rustup}:\n\n    rustup target add {triple}\n");
    if target == Target::Unknown && facts.apt && !facts.debian {
        text.push_str("\nor, where rustup's server is out of reach, as root:\n\n");
        text.push_str(&format!(
            "    {}\n    {}\n",
            debian::UPDATE,
            debian::INSTALL
        ));
        text.push_str("\nand repeat this command (with --install, it does that itself).\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Facts = Facts {
        installed: false,
        rustup: false,
        debian: false,
        apt: false,
        may_install: false,
    };
    const ALL: Facts = Facts {
        installed: true,
        rustup: true,
        debian: true,
        apt: true,
        may_install: true,
    };

    #[test]
    fn an_installed_target_is_used_as_it_is() {
        assert_eq!(ways(Target::Unknown, ALL, None), [Way::InUse]);
        assert_eq!(ways(Target::Wasip2, ALL, None), [Way::InUse]);
    }

    #[test]
    fn rustup_comes_before_debian() {
        let facts = Facts {
            rustup: true,
            debian: true,
            ..NOTHING
        };
        assert_eq!(
            ways(Target::Unknown, facts, None),
            [Way::AddWithRustup, Way::Debian]
        );
    }

    #[test]
    fn packages_are_installed_only_where_allowed() {
        let facts = Facts {
            apt: true,
            ..NOTHING
        };
        assert_eq!(ways(Target::Unknown, facts, None), []);
        let facts = Facts {
            may_install: true,
            ..facts
        };
        assert_eq!(ways(Target::Unknown, facts, None), [Way::InstallDebian]);
        assert_eq!(
            ways(
                Target::Unknown,
                Facts {
                    apt: false,
                    ..facts
                },
                None
            ),
            []
        );
    }

    #[test]
    fn debian_never_builds_wasip2() {
        let facts = Facts {
            debian: true,
            apt: true,
            may_install: true,
            ..NOTHING
        };
        assert_eq!(ways(Target::Wasip2, facts, None), []);
        assert_eq!(ways(Target::Wasip2, facts, Some(Only::Debian)), []);
    }

    #[test]
    fn one_way_can_be_asked_for() {
        assert_eq!(ways(Target::Unknown, ALL, Some(Only::Rustup)), [Way::InUse]);
        assert_eq!(
            ways(Target::Unknown, ALL, Some(Only::Debian)),
            [Way::Debian]
        );
        assert_eq!(ways(Target::Unknown, ALL, Some(Only::None)), []);
    }

    #[test]
    fn the_advice_fits_the_machine() {
        let bare = advice(Target::Unknown, NOTHING);
        assert!(bare.contains("Install rustup and run"), "{bare}");
        assert!(!bare.contains("apt-get"), "{bare}");
        let debian = advice(
            Target::Unknown,
            Facts {
                apt: true,
                ..NOTHING
            },
        );
        assert!(
            debian.contains("apt-get install -y --no-install-recommends rustc-web"),
            "{debian}"
        );
        let wasip2 = advice(
            Target::Wasip2,
            Facts {
                apt: true,
                rustup: true,
                ..NOTHING
            },
        );
        assert!(
            wasip2.contains("rustup target add wasm32-wasip2"),
            "{wasip2}"
        );
        assert!(!wasip2.contains("apt-get"), "{wasip2}");
    }
}

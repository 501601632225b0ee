//! What can be wrong with a keyring: which file, what was found, what to do. No message ever carries a word of a key.

use std::path::PathBuf;

/// Why a keyring could not be read, made or changed. The file stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// There is no file at that path.
    #[error("{}: there is no such keyring; `zamu keys create` makes one with fresh keys, --keys or ZAMU_KEYS names another", .0.display())]
    Missing(PathBuf),
    /// There is one, where a new one should be made.
    #[error("{}: there is a keyring already; nothing was changed", .0.display())]
    Exists(PathBuf),
    /// The file system said no.
    #[error("{}: the keyring cannot be {doing}; give a file that this user may read and write, in a folder that exists", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What was tried: "read", "written".
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// Others than the owner may read or write it.
    #[error("{0}: others than its owner may use this keyring (mode {mode:04o}, expected 0600); run `chmod 600 {0}`, and rotate the keys if others may have read them", path.display())]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// The permission bits found.
        mode: u32,
    },
    /// Not a keyring, or no longer one.
    #[error("{}: the keyring is damaged: {what}; restore it from a copy, since what its keys sealed cannot be read without them", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What and where, without any value.
        what: String,
    },
    /// Written by a later version.
    #[error("{}: the keyring was written by a newer zamu (format {found:?}, this one reads {expected:?}); use that version or newer", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// The format it names.
        found: String,
        /// The format this version reads.
        expected: &'static str,
    },
    /// The machine gave no random bytes.
    #[error("the machine's random source gives nothing; no key was made")]
    NoRandomness,
    /// A change that makes no sense.
    #[error("{0}")]
    Refused(String),
}

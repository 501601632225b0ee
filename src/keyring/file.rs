//! The ring on disk: one JSON file that only its owner may read, replaced whole or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::KeyringError;
use super::keys::{FORMAT, Keys};

/// The first word of every version's format.
const FAMILY_OF_FORMATS: &str = "zamu.keys/";

/// More than any ring grows to, so that writing one never moves its text about in memory.
const ROOM: usize = 256 * 1024;

/// Reads and checks the ring at `path`.
pub(super) fn read(path: &Path) -> Result<Keys, KeyringError> {
    let failed = |source: io::Error| match source.kind() {
        ErrorKind::NotFound => KeyringError::Missing(path.to_owned()),
        _ => KeyringError::Io { path: path.to_owned(), doing: "read", source },
    };
    let mut file = File::open(path).map_err(failed)?;
    refuse_exposed(path, &file.metadata().map_err(failed)?)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
    file.read_to_end(&mut bytes).map_err(failed)?;
    parse(path, &bytes)
}

/// Tells one state of the file from another without reading it: which file it is, when it was written, how long it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version([i64; 5]);

/// The state in which the file at `path` is.
pub(super) fn version(path: &Path) -> Result<Version, KeyringError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Version(state(&metadata))),
        Err(source) if source.kind() == ErrorKind::NotFound => Err(KeyringError::Missing(path.to_owned())),
        Err(source) => Err(KeyringError::Io { path: path.to_owned(), doing: "read", source }),
    }
}

#[cfg(unix)]
fn state(metadata: &fs::Metadata) -> [i64; 5] {
    use std::os::unix::fs::MetadataExt;
    [metadata.dev().cast_signed(), metadata.ino().cast_signed(), metadata.mtime(), metadata.mtime_nsec(), metadata.len().cast_signed()]
}

#[cfg(not(unix))]
fn state(metadata: &fs::Metadata) -> [i64; 5] {
    let written = metadata.modified().map_or(0, |at| chrono::DateTime::<chrono::Utc>::from(at).timestamp_micros());
    [0, 0, written, 0, metadata.len().cast_signed()]
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Keys, KeyringError> {
    let damaged = |what: String| KeyringError::Damaged { path: path.to_owned(), what };
    // The library's own words may quote what it read, so only the place is told.
    let at = |error: &serde_json::Error| format!("{} at line {}, column {}", kind_of(error), error.line(), error.column());
    let head: Head = serde_json::from_slice(bytes).map_err(|error| damaged(at(&error)))?;
    if head.format != FORMAT {
        return Err(match head.format.strip_prefix(FAMILY_OF_FORMATS).and_then(|version| version.parse::<u32>().ok()) {
            Some(_) => KeyringError::Newer { path: path.to_owned(), found: head.format, expected: FORMAT },
            None => damaged(format!("\"format\" is not {FORMAT:?}")),
        });
    }
    let keys: Keys = serde_json::from_slice(bytes).map_err(|error| damaged(at(&error)))?;
    keys.check().map_err(damaged)?;
    Ok(keys)
}

/// Just enough to tell another version from a damaged file.
#[derive(serde::Deserialize)]
struct Head {
    format: String,
}

fn kind_of(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Eof => "the file ends too early,",
        serde_json::error::Category::Data => "a field is missing, unknown or of the wrong kind",
        _ => "this is no JSON",
    }
}

#[cfg(unix)]
fn refuse_exposed(path: &Path, metadata: &fs::Metadata) -> Result<(), KeyringError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    if metadata.is_file() && mode & 0o077 != 0 { Err(KeyringError::Exposed { path: path.to_owned(), mode }) } else { Ok(()) }
}

#[cfg(not(unix))]
fn refuse_exposed(_: &Path, _: &fs::Metadata) -> Result<(), KeyringError> {
    Ok(())
}

/// Writes a new ring, unless there is one: [`KeyringError::Exists`] then, and it stays as it is. Whoever reads sees nothing or all of it.
pub(super) fn create(path: &Path, keys: &Keys) -> Result<(), KeyringError> {
    match written(path, keys)?.persist_noclobber(path) {
        Ok(_) => sync_folder(path),
        Err(failed) if failed.error.kind() == ErrorKind::AlreadyExists => Err(KeyringError::Exists(path.to_owned())),
        Err(failed) => Err(cannot_write(path, failed.error)),
    }
}

/// Puts `keys` in the place of the ring at `path`.
pub(super) fn replace(path: &Path, keys: &Keys) -> Result<(), KeyringError> {
    written(path, keys)?.persist(path).map_err(|failed| cannot_write(path, failed.error))?;
    sync_folder(path)
}

/// The ring in a file beside `path`, on disk to the last byte, for its owner only.
fn written(path: &Path, keys: &Keys) -> Result<tempfile::NamedTempFile, KeyringError> {
    let mut text = Zeroizing::new(Vec::with_capacity(ROOM));
    serde_json::to_writer_pretty(&mut *text, keys).map_err(|error| cannot_write(path, error.into()))?;
    text.push(b'\n');
    // A file made this way is readable for its owner alone from the first moment.
    let fill = || {
        let mut file = tempfile::Builder::new().prefix(".zamu-keys-").tempfile_in(folder(path))?;
        file.write_all(&text)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    fill().map_err(|error| cannot_write(path, error))
}

/// The name in its folder must be on disk too, or a crash could take back a rotation whose keys are in use.
fn sync_folder(path: &Path) -> Result<(), KeyringError> {
    if cfg!(unix) { File::open(folder(path)).and_then(|folder| folder.sync_all()).map_err(|error| cannot_write(path, error)) } else { Ok(()) }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn cannot_write(path: &Path, source: io::Error) -> KeyringError {
    KeyringError::Io { path: path.to_owned(), doing: "written", source }
}

/// Keeps other processes from changing the ring until it is dropped.
pub(super) struct Held {
    /// The file itself, where a link leads to it.
    pub(super) path: PathBuf,
    _file: File,
}

/// Waits until nobody else is changing the ring at `path`, then holds it. Reading goes on meanwhile.
pub(super) fn hold(path: &Path) -> Result<Held, KeyringError> {
    let failed = |source: io::Error| match source.kind() {
        ErrorKind::NotFound => KeyringError::Missing(path.to_owned()),
        _ => KeyringError::Io { path: path.to_owned(), doing: "held for a change", source },
    };
    let path = fs::canonicalize(path).map_err(failed)?;
    loop {
        let file = File::open(&path).map_err(failed)?;
        file.lock().map_err(failed)?;
        // Whoever held it before has put another file in its place.
        if is_at(&file, &path).map_err(failed)? {
            return Ok(Held { path, _file: file });
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (held, there) = (file.metadata()?, fs::metadata(path)?);
    Ok((held.dev(), held.ino()) == (there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

//! What was answered before, in a folder: one file for each question, by its hash.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::scenario::Memory;
use crate::scenario::run::Answer;

/// A folder of answers; without one nothing is remembered.
#[derive(Debug, Clone)]
pub struct Folder(Option<PathBuf>);

/// The folder of this user's answers: `zamu/whatif` where caches belong. `None` where there is no such place.
pub fn default_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")))?;
    Some(cache.join("zamu").join("whatif"))
}

impl Folder {
    /// Answers in this folder, which is made when there is something to remember.
    pub fn at(folder: Option<PathBuf>) -> Folder {
        Folder(folder)
    }

    /// The one answer whose run begins so, and the run.
    ///
    /// # Errors
    /// There is none, or more than one.
    pub fn find(&self, run: &str) -> anyhow::Result<(String, Answer)> {
        let Some(folder) = &self.0 else { bail!("there is no folder of answers; expected --memory DIR") };
        if run.len() < 6 || !run.bytes().all(|b| b.is_ascii_hexdigit()) {
            bail!("{run:?} is no run; expected at least the first 6 digits of one, as `zamu whatif --days` shows it");
        }
        let run = run.to_lowercase();
        let names =
            fs::read_dir(folder.join(&run[..2])).map(|entries| entries.flatten().map(|e| e.file_name()).collect()).unwrap_or_else(|_| Vec::new());
        let found: Vec<String> =
            names.iter().filter_map(|name| name.to_str()?.strip_suffix(".json")).filter(|name| name.starts_with(&run)).map(str::to_owned).collect();
        match found.as_slice() {
            [one] => match self.recall(one) {
                Some(answer) => Ok((one.clone(), answer)),
                None => bail!("run {one} cannot be read any more; ask again with `zamu whatif`"),
            },
            [] => bail!("no run {run} is remembered in {}; ask again with `zamu whatif`, or say --memory DIR", folder.display()),
            several => bail!("{} runs begin with {run}; expected more of its digits", several.len()),
        }
    }

    fn file(folder: &Path, run: &str) -> PathBuf {
        folder.join(&run[..2]).join(format!("{run}.json"))
    }

    fn write(folder: &Path, run: &str, answer: &Answer) -> anyhow::Result<()> {
        let path = Folder::file(folder, run);
        let parent = path.parent().context("a file stands in a folder")?;
        fs::create_dir_all(parent)?;
        // Whole or not at all: another process may read it at any time.
        let mut file = tempfile::NamedTempFile::new_in(parent)?;
        file.write_all(&serde_json::to_vec(answer)?)?;
        file.persist(path)?;
        Ok(())
    }
}

impl Memory for Folder {
    fn recall(&self, run: &str) -> Option<Answer> {
        let bytes = fs::read(Folder::file(self.0.as_ref()?, run)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    fn keep(&self, run: &str, answer: &Answer) {
        if let Some(folder) = &self.0
            && let Err(error) = Folder::write(folder, run, answer)
        {
            // An answer that cannot be remembered is an answer all the same.
            tracing::debug!(%error, run, "an answer could not be remembered");
        }
    }
}

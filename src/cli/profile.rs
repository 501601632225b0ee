//! Profiles by name or by file.

use anyhow::Context;

use crate::alloc::Profile;

/// The shipped profile of this name, or the one in this file. A file wins over a shipped name only when it is written as a path.
pub fn load(name: &str) -> anyhow::Result<Profile> {
    if let Some(profile) = Profile::shipped(name) {
        return Ok(profile);
    }
    let known: Vec<&str> = Profile::shipped_texts().iter().map(|(name, _)| *name).collect();
    let text = std::fs::read_to_string(name)
        .with_context(|| format!("profile {name}: not a shipped profile ({}) and not a file that can be read as UTF-8 text", known.join(", ")))?;
    Ok(Profile::parse(name, &text)?)
}

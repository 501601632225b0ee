//! What commands read: sheets, plans and profiles, from files or standard input. Refused before anything else happens.

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};

use anyhow::{Context, bail};
use serde::Serialize;

use crate::alloc::Profile;
use crate::sheet::read::{self, PlanDocument};
use crate::sheet::{Faults, Sheet, write};

/// Larger files are refused unread: the largest real sheet has a few megabytes.
pub const INPUT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A document that is not what was expected, with everything that is wrong with it.
#[derive(Debug, Serialize)]
pub struct Refused {
    /// The file as it was given; `-` for standard input.
    pub file: String,
    /// What it should be.
    pub expected: &'static str,
    /// Everything wrong with it.
    pub faults: Faults,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.faults.0.len();
        let shown = shown(&self.file);
        write!(f, "{shown} is not a valid {}: {count} {}", self.expected, if count == 1 { "fault" } else { "faults" })?;
        for fault in &self.faults.0 {
            write!(f, "\n  {shown}: {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}

/// Two inputs that cannot be read; told at once, so that both can be mended.
#[derive(Debug)]
pub struct Both(anyhow::Error, anyhow::Error);

impl fmt::Display for Both {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}\n{:#}", self.0, self.1)
    }
}

impl std::error::Error for Both {}

/// The documents an error refuses, with their faults.
pub fn refused(error: &anyhow::Error) -> Vec<&Refused> {
    match error.downcast_ref::<Both>() {
        Some(Both(first, second)) => refused(first).into_iter().chain(refused(second)).collect(),
        None => error.downcast_ref::<Refused>().into_iter().collect(),
    }
}

fn shown(path: &str) -> &str {
    if path == "-" { "standard input" } else { path }
}

/// The bytes of a file, or of standard input for `-`.
///
/// # Errors
/// It is missing, a directory, unreadable, or larger than [`INPUT_BYTES_MAX`].
pub fn bytes(path: &str) -> anyhow::Result<Vec<u8>> {
    let mut found = Vec::new();
    if path == "-" {
        std::io::stdin().lock().take(INPUT_BYTES_MAX + 1).read_to_end(&mut found).context("standard input cannot be read")?;
    } else {
        let file = File::open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => anyhow::anyhow!("{path}: there is no such file; expected a file's path, or - for standard input"),
            _ => anyhow::Error::new(error).context(format!("{path}: cannot be opened")),
        })?;
        let about = file.metadata().with_context(|| format!("{path}: cannot be read"))?;
        if about.is_dir() {
            bail!("{path}: is a directory; expected a file");
        }
        if about.len() > INPUT_BYTES_MAX {
            bail!(
                "{path}: has {} MiB; expected at most {} MiB, so is this the right file?",
                about.len().div_ceil(1024 * 1024),
                INPUT_BYTES_MAX / 1024 / 1024
            );
        }
        // A pipe has no length: it is cut off just above the limit.
        file.take(INPUT_BYTES_MAX + 1).read_to_end(&mut found).with_context(|| format!("{path}: cannot be read"))?;
    }
    if found.len() as u64 > INPUT_BYTES_MAX {
        bail!("{}: has more than {} MiB; expected at most that, so is this the right input?", shown(path), INPUT_BYTES_MAX / 1024 / 1024);
    }
    Ok(found)
}

/// The text of a file in UTF-8, or of standard input for `-`.
///
/// # Errors
/// As [`bytes`], or it is not UTF-8.
pub fn text(path: &str) -> anyhow::Result<String> {
    String::from_utf8(bytes(path)?)
        .map_err(|error| anyhow::anyhow!("{}: byte {} is not UTF-8; expected text in UTF-8", shown(path), error.utf8_error().valid_up_to()))
}

/// A valid day sheet, and the SHA-256 of its file.
///
/// # Errors
/// As [`bytes`], or [`Refused`].
pub fn sheet(path: &str) -> anyhow::Result<(Sheet, String)> {
    let bytes = bytes(path)?;
    let refused = |faults| Refused { file: path.to_owned(), expected: "day sheet (zamu.sheet/1)", faults };
    let sheet = read::from_slice(&bytes).map_err(refused)?;
    Ok((sheet, write::sha256_bytes(&bytes)))
}

/// A plan whose form is right, ours or another program's. Whether it fits a sheet is the checker's question.
///
/// # Errors
/// As [`bytes`], or [`Refused`].
pub fn plan(path: &str) -> anyhow::Result<PlanDocument> {
    let refused = |faults| Refused { file: path.to_owned(), expected: "plan (zamu.plan/1)", faults };
    Ok(read::plan_document_from_slice(&bytes(path)?).map_err(refused)?)
}

/// A sheet and a plan. What is wrong with either is told at once.
///
/// # Errors
/// As [`sheet`] and [`plan`], or both are to come from standard input.
pub fn sheet_and_plan(sheet_path: &str, plan_path: &str) -> anyhow::Result<(Sheet, String, PlanDocument)> {
    if sheet_path == "-" && plan_path == "-" {
        bail!("sheet and plan cannot both come from standard input; give one of them as a file");
    }
    match (sheet(sheet_path), plan(plan_path)) {
        (Ok((sheet, hash)), Ok(plan)) => Ok((sheet, hash, plan)),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        (Err(first), Err(second)) => Err(Both(first, second).into()),
    }
}

/// The shipped profile of this name, else the one in this file.
///
/// # Errors
/// It is neither, or the file is no profile.
pub fn profile(name_or_file: &str) -> anyhow::Result<Profile> {
    if let Some(profile) = Profile::shipped(name_or_file) {
        return Ok(profile);
    }
    let known: Vec<&str> = Profile::shipped_texts().iter().map(|(name, _)| *name).collect();
    if !std::path::Path::new(name_or_file).exists() {
        bail!("there is no profile {name_or_file:?}; expected one of {}, or a file", known.join(", "));
    }
    Ok(Profile::parse(name_or_file, &text(name_or_file)?)?)
}

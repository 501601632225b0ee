//! `zamu convert`.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use flate2::read::MultiGzDecoder;

use super::input;
use super::output::{Exit, write_to};
use crate::ingest::smptsp::Smptsp;
use crate::sheet::write::to_json;

/// The first two bytes of every gzip file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Turns an instance of another format into a day sheet (zamu.sheet/1).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu convert smptsp ../shared/data/smptsp/data_1_23_40_66.dat.gz --out team.json
  zamu convert smptsp instance.dat | zamu solve - --profile min-staff")]
pub struct Args {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, clap::Subcommand)]
enum From {
    /// Shift minimisation: tasks at fixed times and the workers qualified for each, as in Krishnamoorthy, Ernst & Baatar (OR-Library `ptask`)
    #[command(
        after_help = "Each task becomes a booking t0, t1, … for one person, each worker a person w0, w1, …; a unit of time becomes a minute from midnight
(UTC) of 2012-01-01. Tasks that the same workers may do share a qualification."
    )]
    Smptsp {
        /// The file, plain or compressed with gzip; `-` for standard input
        file: String,
        /// Where the sheet goes; standard output when left out or `-`
        #[arg(long, value_name = "SHEET")]
        out: Option<String>,
    },
}

/// Runs it.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    let From::Smptsp { file, out } = args.from;
    let instance = Smptsp::read(&plain_text(&file)?).with_context(|| format!("{file} is not a shift minimisation instance"))?;
    write_to(out.as_deref(), &to_json(&instance.to_sheet(&name_of(&file))))?;
    Ok(Exit::Done)
}

/// The text of a file, unpacked where it is compressed. Nothing is unpacked beyond what is read plain.
fn plain_text(file: &str) -> anyhow::Result<String> {
    let bytes = input::bytes(file)?;
    let mut plain = Vec::new();
    if bytes.starts_with(&GZIP) {
        let unpacked = MultiGzDecoder::new(bytes.as_slice()).take(input::INPUT_BYTES_MAX + 1).read_to_end(&mut plain);
        unpacked.with_context(|| format!("{file}: begins like a gzip file and cannot be unpacked; is it complete?"))?;
        if plain.len() as u64 > input::INPUT_BYTES_MAX {
            bail!("{file}: unpacks to more than {} MiB; expected at most that, so is this the right file?", input::INPUT_BYTES_MAX / 1024 / 1024);
        }
    } else {
        plain = bytes;
    }
    String::from_utf8(plain).map_err(|error| anyhow::anyhow!("{file}: byte {} is not UTF-8; expected text", error.utf8_error().valid_up_to()))
}

/// The file's name up to its first point: `data_1_23_40_66`.
fn name_of(file: &str) -> String {
    let name = Path::new(file).file_name().and_then(|name| name.to_str()).and_then(|name| name.split('.').next());
    name.filter(|name| !name.is_empty() && *name != "-").unwrap_or("smptsp").to_owned()
}

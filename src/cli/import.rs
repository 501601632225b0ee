//! `zamu import`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono_tz::Tz;
use serde::Serialize;

use super::db::DbArg;
use super::{Exit, input, output, progress};
use crate::clock::{Clock, SystemClock};
use crate::ingest::report::{Group, Parsed, grouped};
use crate::ingest::{Action, Mapping, RowReport, Written, mapped, salon, table, write};
use crate::store::Stamp;

/// How many runs of skipped lines the summary shows.
const SKIPPED_RANGES_SHOWN: usize = 12;

/// Brings somebody else's records into the store.
///
/// Real files are dirty: a bad row is refused or repaired and reported with its file, its line, why, and what was done about it; the rest goes
/// in. Rows are named by what they say, so importing the same files twice changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu import hair-salon ../shared/data/hair-salon --db salon.db
  zamu import csv bookings.csv --mapping bookings.toml --db spa.db --dry-run")]
pub struct Args {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, clap::Subcommand)]
enum From {
    /// The public "Hair Salon No-Show" data set: a folder with bookings.csv, services.csv, derived_service_minutes.csv, and, where they are,
    /// cancellations.csv, no-shows.csv and receipts.csv
    HairSalon {
        /// The folder
        dir: PathBuf,
        /// Name of the location it becomes
        #[arg(long, value_name = "NAME", default_value = salon::SOURCE)]
        location: String,
        /// The salon's clock. The files do not say where it is; their taxes are those of Manitoba
        #[arg(long, value_name = "ZONE", default_value_t = salon::TIMEZONE)]
        timezone: Tz,
        #[command(flatten)]
        into: Into,
    },
    /// Any CSV file, by a mapping that says what its columns mean
    #[command(
        after_help = "A mapping is TOML. It names the columns (start, or date and time; end or minutes; service, staff, customer, party_size, \
                      gender, status), how dates and times are written, the time zone, what the file's words mean, how long services take, \
                      who can do them (also those seen doing them), and the hours (or those worked). A commented one, to begin from: \
                      tests/data/spa.toml.\n\nExamples:\n  zamu import csv tests/data/spa.csv --mapping tests/data/spa.toml --db spa.db --dry-run"
    )]
    Csv {
        /// The file
        file: PathBuf,
        /// What its columns mean (zamu.mapping/1)
        #[arg(long, value_name = "MAPPING.toml")]
        mapping: String,
        #[command(flatten)]
        into: Into,
    },
}

#[derive(Debug, clap::Args)]
struct Into {
    #[command(flatten)]
    db: DbArg,
    /// Read and report, but write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// What an import did, for programs.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    location: &'a str,
    dry_run: bool,
    /// Rows that go in, by kind.
    read: [(&'static str, usize); 5],
    written: Option<&'a Written>,
    reports: &'a [RowReport],
    left_out: &'a [String],
}

/// Runs it.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    let (parsed, into, reason) = match args.from {
        From::HairSalon { dir, location, timezone, into } => {
            let options = salon::Options { location, timezone };
            (salon::parse(&salon::Files::read(&dir)?, &options)?, into, format!("import of {}", dir.display()))
        }
        From::Csv { file, mapping, into } => (csv(&file, &mapping)?, into, format!("import of {}", file.display())),
    };
    let mut parsed = parsed;
    let written = if into.dry_run { None } else { Some(into_store(&into.db, &parsed, &reason)?) };
    if let Some(written) = &written {
        parsed.reports.extend(written.reports.iter().cloned());
        parsed.left_out.extend(written.left_out.iter().cloned());
    }
    if into.json {
        let batch = &parsed.batch;
        output::print_json(&Answer {
            location: &batch.location.external_ref,
            dry_run: written.is_none(),
            read: read(&parsed),
            written: written.as_ref(),
            reports: &parsed.reports,
            left_out: &parsed.left_out,
        })?;
    } else {
        output::print(summary(&parsed, written.as_ref()))?;
    }
    Ok(Exit::Done)
}

fn csv(file: &Path, mapping: &str) -> anyhow::Result<Parsed> {
    let mapping = Mapping::read(mapping, &input::text(mapping)?)?;
    let name = file.file_name().map_or_else(|| file.display().to_string(), |name| name.to_string_lossy().into_owned());
    Ok(mapped::parse(&name, &table::read_file(file)?, &mapping)?)
}

fn into_store(db: &DbArg, parsed: &Parsed, reason: &str) -> anyhow::Result<Written> {
    let runtime = tokio::runtime::Runtime::new().context("the program's threads cannot be started")?;
    runtime.block_on(async {
        let store = db.open_or_create().await?;
        let bar = progress::bar("importing", write::steps(&parsed.batch));
        let stamp = Stamp::new("import", SystemClock.now(), reason);
        let written = write::write(&*store, &parsed.batch, &stamp, &|rows| bar.inc(rows)).await;
        bar.finish_and_clear();
        store.close().await;
        Ok(written?)
    })
}

fn read(parsed: &Parsed) -> [(&'static str, usize); 5] {
    let batch = &parsed.batch;
    [
        ("staff", batch.staff.len()),
        ("services", batch.services.len()),
        ("customers", batch.customers.len()),
        ("hours", batch.hours.len()),
        ("bookings", batch.bookings.len()),
    ]
}

/// Every line of what was refused or repaired; of what was skipped the first ones, the others stand in the JSON.
fn lines_shown(group: &Group<'_>) -> String {
    let ranges = group.line_ranges();
    let mut cut = ranges.match_indices(", ").map(|(at, _)| at).skip(SKIPPED_RANGES_SHOWN - 1);
    match cut.next() {
        Some(at) if group.action == Action::Skipped => format!("{}, … ({} lines, all of them with --json)", &ranges[..at], group.lines.len()),
        _ => ranges,
    }
}

/// What went in, what did not and why, what was left out.
fn summary(parsed: &Parsed, written: Option<&Written>) -> String {
    let location = &parsed.batch.location;
    let mut out = format!("{} ({})", location.name, location.timezone);
    match written {
        None => {
            let rows = read(parsed).map(|(what, count)| [what.to_owned(), count.to_string()]);
            out.push_str(&format!(": read and not written\n\n{}", output::table(["", "would go in"], rows)));
        }
        Some(written) => {
            if written.tallies().iter().all(|(_, tally)| tally.is_quiet()) {
                out.push_str(": nothing has changed");
            }
            let rows = written.tallies().map(|(what, tally)| {
                [what.to_owned(), tally.inserted.to_string(), tally.updated.to_string(), tally.unchanged.to_string(), tally.refused.to_string()]
            });
            out.push_str(&format!("\n\n{}", output::table(["", "new", "changed", "as before", "refused"], rows)));
        }
    }
    let of = |action| parsed.reports.iter().filter(|report| report.action == action).count();
    let counts = [Action::Refused, Action::Repaired, Action::Skipped].map(|action| format!("{} {}", of(action), action.as_str()));
    out.push_str(&format!("\n\nrows that did not go in as they stand: {}", counts.join(", ")));
    for group in grouped(&parsed.reports) {
        let lines = if group.lines.len() == 1 { "line" } else { "lines" };
        out.push_str(&format!("\n  {} {} {lines} {}: {}", group.action.as_str(), group.file, lines_shown(&group), group.why));
    }
    if !parsed.left_out.is_empty() {
        out.push_str("\n\nleft out, or assumed:");
        for sentence in &parsed.left_out {
            out.push_str(&format!("\n  {sentence}"));
        }
    }
    out
}

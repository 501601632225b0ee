//! `zamu attention`: what waits for a person.

use serde_json::json;

use super::db::{DayWord, DbArg, block_on, location, parse_day};
use super::output::{Exit, print, print_json};
use crate::clock::{Clock, SystemClock};
use crate::store::Stamp;

/// Lists what waits for a person's decision: bookings nobody serves, customers nobody can write to.
///
/// Solve one by giving the booking to somebody (`zamu bookings assign`), moving or cancelling it, then running `zamu optimize` again; or say
/// that it is settled with --resolve. `zamu sheet`, `zamu solve --out` and then `zamu repairs` say what would place a booking nobody serves.
/// Exit code 1 when something waits.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The location's id
    #[arg(long, value_name = "ID", required_unless_present = "resolve")]
    location: Option<String>,
    /// Only this local day
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    date: Option<DayWord>,
    /// Settle this row
    #[arg(long, value_name = "ROW", conflicts_with_all = ["location", "date"])]
    resolve: Option<String>,
    /// How it was settled
    #[arg(long, requires = "resolve", default_value = "settled by hand")]
    reason: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    block_on(async {
        let store = args.db.open().await?;
        if let Some(row) = &args.resolve {
            store.resolve_attention(row, &Stamp::new("console", SystemClock.now(), &args.reason)).await?;
            if args.json {
                print_json(&json!({"resolved": row}))?
            } else {
                print(format_args!("settled {row}"))?
            }
            return Ok(Exit::Done);
        }
        let place = location(&*store, args.location.as_deref().unwrap_or_default()).await?;
        let date = args.date.map(|day| day.date(place.timezone, SystemClock.now()));
        let open = store.open_attention(&place.id, date).await?;
        if args.json {
            print_json(&open)?;
        } else if open.is_empty() {
            print("nothing waits")?;
        } else {
            // Reasons name everybody who was thought of: too long for a column.
            for one in &open {
                print(format_args!("{}  {}  {} ({})\n    {}", one.id, one.date, one.booking_id, one.code, one.reason))?;
            }
        }
        Ok(Exit::answer(open.is_empty()))
    })
}

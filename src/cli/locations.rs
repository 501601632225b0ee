//! `zamu locations`.

use serde_json::json;

use super::db::{DbArg, block_on};
use super::output::{Exit, print, print_json, table};

/// Lists the locations of a database: whose they are, where, and when their days are finalized.
#[derive(Debug, clap::Args)]
pub struct Args {
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
        let mut found = Vec::new();
        for location in store.locations().await? {
            let tenant = store.tenant(&location.tenant_id).await?;
            let people = store.resources(&location.id).await?.iter().filter(|r| r.active).count();
            let services = store.services(&location.id).await?.len();
            found.push((location, tenant, people, services));
        }
        if args.json {
            let all: Vec<_> = found
                .iter()
                .map(|(location, tenant, people, services)| {
                    json!({"id": location.id, "name": location.name, "timezone": location.timezone.name(), "tenant": tenant.id, "profile": tenant.profile,
                        "cutoff_minute": tenant.cutoff_minute, "cutoff_days_before": tenant.cutoff_days_before, "resources": people, "services": services})
                })
                .collect();
            print_json(&all)?;
            return Ok(Exit::Done);
        }
        let rows = found.into_iter().map(|(location, tenant, people, services)| {
            let cutoff = format!("{:02}:{:02}, {} day(s) before", tenant.cutoff_minute / 60, tenant.cutoff_minute % 60, tenant.cutoff_days_before);
            [location.id, location.name, location.timezone.name().to_owned(), people.to_string(), services.to_string(), cutoff, tenant.profile]
        });
        print(table(["location", "name", "time zone", "resources", "services", "cutoff", "profile"], rows))?;
        Ok(Exit::Done)
    })
}

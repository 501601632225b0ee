//! `zamu model`.

use clap::ValueEnum;

use super::{Exit, input, output};
use crate::alloc::instance::Instance;
use crate::alloc::model::{Model, export::Named};

/// Writes the exact mixed-integer program of a sheet for any other solver.
///
/// Both formats hold one objective, so one tier is minimized: the first, or the one named by --tier. Earlier tiers can be held at a value with
/// --hold, which makes the file exactly what the search solves at that point. models/README.md explains the names of columns and rows.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu model saturday.json --format lp > saturday.lp
  zamu model saturday.json --format mps --profile strict --tier balance --hold unplaced=3 --out saturday.mps")]
pub struct Args {
    /// The day sheet (zamu.sheet/1); `-` for standard input
    sheet: String,
    /// CPLEX LP or free MPS
    #[arg(long, value_enum, default_value_t = Format::Lp)]
    format: Format,
    /// A shipped profile or a TOML file: its tiers decide which terms are in the model
    #[arg(long, default_value = "nightly", value_name = "NAME|FILE")]
    profile: String,
    /// The tier to minimize [default: the first]
    #[arg(long, value_name = "TIER")]
    tier: Option<String>,
    /// Hold a tier at a value; may be given several times
    #[arg(long, value_name = "TIER=VALUE")]
    hold: Vec<String>,
    /// Where the model goes; standard output by default
    #[arg(long, value_name = "FILE")]
    out: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Lp,
    Mps,
}

/// Runs it.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    let profile = input::profile(&args.profile)?;
    let names: Vec<String> = profile.tiers.iter().map(|t| t.name.clone()).collect();
    let position = |name: &str| {
        names
            .iter()
            .position(|n| n == name)
            .ok_or_else(|| anyhow::anyhow!("profile {} has no tier `{name}`; expected one of {}", profile.name, names.join(", ")))
    };
    let tier = args.tier.as_deref().map_or(Ok(0), position)?;
    let mut held = Vec::new();
    for text in &args.hold {
        let (name, value) = text.split_once('=').ok_or_else(|| anyhow::anyhow!("--hold {text}: expected TIER=VALUE, such as unplaced=3"))?;
        let value: f64 = value.parse().map_err(|_| anyhow::anyhow!("--hold {text}: `{value}` is not a number"))?;
        held.push((position(name)?, value));
    }
    let (sheet, _) = input::sheet(&args.sheet)?;
    let instance = Instance::new(&sheet, profile.prices_finalized());
    let everything: Vec<usize> = (0..instance.bookings.len()).collect();
    let model = Model::build(&instance, &everything, &profile);
    let named = Named::new(&model, names, tier, held);
    let text = match args.format {
        Format::Lp => named.to_lp(),
        Format::Mps => named.to_mps(),
    };
    output::write_to(args.out.as_deref(), &text)?;
    Ok(Exit::Done)
}

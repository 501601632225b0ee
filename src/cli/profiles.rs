//! `zamu profiles`.

use serde::Serialize;

use super::{Exit, input, output};
use crate::alloc::Profile;

/// Lists the objective profiles, or prints one: its tiers in strict order, slack, limits and apply threshold.
///
/// To make your own, print a shipped one, change it, and give the file wherever a profile is asked for.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu profiles
  zamu profiles nightly > mine.toml
  zamu solve saturday.json --profile mine.toml")]
pub struct Args {
    /// Print this shipped profile as TOML, or check this file and print what it says
    #[arg(value_name = "NAME|FILE")]
    profile: Option<String>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    description: &'a str,
    tiers: Vec<ShownTier<'a>>,
    time_limit_s: f64,
    nodes_max: u64,
    apply_threshold: f64,
}

#[derive(Serialize)]
struct ShownTier<'a> {
    name: &'a str,
    weights: std::collections::BTreeMap<&'static str, f64>,
    slack: f64,
}

/// Runs it.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    if let (Some(name), false) = (&args.profile, args.json)
        && let Some((_, text)) = Profile::shipped_texts().iter().find(|(known, _)| known == name)
    {
        output::print(text.trim_end())?;
        return Ok(Exit::Done);
    }
    let profiles: Vec<Profile> = match &args.profile {
        Some(name) => vec![input::profile(name)?],
        None => Profile::shipped_texts().iter().filter_map(|(name, _)| Profile::shipped(name)).collect(),
    };
    if args.json {
        output::print_json(&profiles.iter().map(shown).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    output::print(output::table(
        ["profile", "tiers, in strict order", "what for"],
        profiles.iter().map(|p| [p.name.clone(), p.tiers.iter().map(tier_in_words).collect::<Vec<_>>().join(", "), p.description.clone()]),
    ))?;
    Ok(Exit::Done)
}

fn tier_in_words(tier: &crate::alloc::profile::Tier) -> String {
    let slack = if tier.slack > 0.0 { format!(" (slack {} %)", tier.slack * 100.0) } else { String::new() };
    format!("{}{slack}", tier.name)
}

fn shown(profile: &Profile) -> Shown<'_> {
    Shown {
        name: &profile.name,
        description: &profile.description,
        tiers: profile
            .tiers
            .iter()
            .map(|t| ShownTier { name: &t.name, weights: t.terms.iter().map(|(term, w)| (term.as_str(), *w)).collect(), slack: t.slack })
            .collect(),
        time_limit_s: profile.limits.time_limit_s,
        nodes_max: profile.limits.nodes_max,
        apply_threshold: profile.apply.threshold,
    }
}

//! `zamu explain`.

use crate::cli::threads::threads;
use anyhow::bail;
use serde::Serialize;

use super::{Exit, deadline, input, output, progress, solve};
use crate::alloc::explain::alternatives::{Obstacle, alternatives};
use crate::alloc::explain::prices::{Choice, Price, prices};
use crate::alloc::explain::{reason, witness};
use crate::alloc::instance::{Instance, Served};
use crate::alloc::{Limits, Profile, Stop, check, served_by_plan};
use crate::sheet::Sheet;
use crate::sheet::plan::{Certified, Plan, Reason};

/// Says why: for an unplaced booking the certified reason with its witness, for a placed one who else there is, and the rule that excludes them or
/// the price of choosing them.
///
/// A price is the first tier that would be worse with that choice, and by how much; the sheet is solved again for it with that one answer fixed.
/// `at most` stands before a price that is not proven, because the time limit or a work limit came first. --no-prices answers at once.
/// Without BOOKING: every tier beside the baseline, every change, every unplaced booking. The plan is checked first, and every reason is held
/// against the sheet again: its witness is solved on its own and must leave no room. Exit code 1 when the plan has faults or a reason does not hold.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu explain saturday.json plan.json
  zamu explain saturday.json plan.json b00017
  zamu explain saturday.json plan.json b00017 --no-prices")]
pub struct Args {
    /// The day sheet (zamu.sheet/1); `-` for standard input
    sheet: String,
    /// The plan (zamu.plan/1)
    plan: String,
    /// Only this booking
    booking: Option<String>,
    /// Only list what stands in the way of the others, without solving what they would cost
    #[arg(long)]
    no_prices: bool,
    /// The profile the plan was made with, a name or a TOML file [default: the shipped one the plan names]
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    /// Threads to search with; the answer does not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Seconds after which prices not yet proven are given as `at most`
    #[arg(long, value_name = "S", default_value = "10", value_parser = solve::seconds)]
    time_limit: f64,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

/// What is said about one booking.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
enum Explained {
    Unplaced { booking: String, reason: Certified, verified: Option<bool> },
    Placed { booking: String, resources: Vec<String>, from: Vec<String>, others: Vec<Other> },
}

/// A resource that does not serve a placed booking, and why.
#[derive(Debug, Serialize)]
struct Other {
    resource: String,
    /// The rule's word, `busy` or `free`.
    because: String,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    serves: Vec<String>,
    /// What choosing it costs, where no rule excludes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Price>,
}

/// Runs it.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    let (sheet, _, document) = input::sheet_and_plan(&args.sheet, &args.plan)?;
    let plan = document.plan;
    let checked = check::check(&sheet, &plan);
    if !checked.passed() {
        let faults: Vec<String> = checked.faults.iter().map(ToString::to_string).collect();
        eprintln!("zamu: {} is not a plan for this sheet, so there is nothing to explain:\n  {}", args.plan, faults.join("\n  "));
        return Ok(Exit::No);
    }
    let prices_finalized = plan.tiers.iter().any(|t| t.name == "finalized_moved");
    let instance = Instance::new(&sheet, prices_finalized);
    let Some(served) = served_by_plan(&instance, &plan) else { bail!("{}: names bookings or resources that the sheet has not", args.plan) };
    let wanted: Vec<usize> = match &args.booking {
        Some(id) => vec![instance.house.booking(id).ok_or_else(|| unknown_booking(&sheet, &args.sheet, id))?],
        None => (0..served.len()).filter(|&b| served[b].is_none()).collect(),
    };
    let stop = Stop::new();
    let threads = threads(args.threads);
    let limits = Limits { seed: plan.solve.seed, threads, stop: stop.clone(), watch: None };
    let explained: Vec<Explained> = match (&wanted[..], &args.booking) {
        ([b], Some(_)) if served[*b].is_some() => {
            let choices = if args.no_prices {
                let listed = alternatives(&instance, &served, *b).into_iter();
                listed.map(|(resource, obstacle)| Choice { resource, obstacle, price: None }).collect()
            } else {
                let profile = profile_of(&plan, args.profile.as_deref())?;
                let _watch = deadline::watch(&stop, Some(args.time_limit));
                let _sign = progress::spinner("solving prices");
                prices(&sheet, &profile, &plan, &served, *b, &limits)
            };
            vec![placed(&instance, &served, *b, choices)]
        }
        _ => wanted.iter().map(|&b| unplaced(&instance, &served, &plan, b, &limits)).collect(),
    };
    let all_hold = explained.iter().all(|e| !matches!(e, Explained::Unplaced { verified: Some(false), .. }));
    if args.json {
        output::print_json(&explained)?;
    } else {
        if args.booking.is_none() {
            output::print(overview(&plan))?;
        }
        for one in &explained {
            output::print(in_words(&sheet, one))?;
        }
    }
    Ok(Exit::answer(all_hold))
}

/// The profile a plan was made with: the one asked for, else the shipped one the plan names, else single terms by the names of its tiers.
///
/// # Errors
/// The tiers are not the plan's, or a weighted sum of a profile that is not shipped.
pub(super) fn profile_of(plan: &Plan, asked: Option<&str>) -> anyhow::Result<Profile> {
    let is_its = |profile: &Profile| profile.tiers.iter().map(|t| &t.name).eq(plan.tiers.iter().map(|t| &t.name));
    let names: Vec<&str> = plan.tiers.iter().map(|t| t.name.as_str()).collect();
    if let Some(asked) = asked {
        let profile = input::profile(asked)?;
        if !is_its(&profile) {
            let its: Vec<&str> = profile.tiers.iter().map(|t| t.name.as_str()).collect();
            bail!("--profile {asked} has the tiers {}; expected those of the plan: {}", its.join(", "), names.join(", "));
        }
        return Ok(profile);
    }
    if let Some(shipped) = Profile::shipped(&plan.profile).filter(is_its) {
        return Ok(shipped);
    }
    let text: String = names.iter().map(|name| format!("[[tier]]\nterm = {name:?}\n")).collect();
    match Profile::parse(&plan.profile, &text) {
        Ok(profile) => Ok(profile),
        Err(_) => bail!("the plan was made with the profile {:?}, which is not shipped; give its file with --profile", plan.profile),
    }
}

/// A difference with its sign.
pub(super) fn signed(difference: f64) -> String {
    if difference > 0.0 { format!("+{}", output::number(difference)) } else { output::number(difference).replace('-', "−") }
}

pub(super) fn unknown_booking(sheet: &Sheet, file: &str, id: &str) -> anyhow::Error {
    let near = sheet.bookings.iter().map(|b| b.id.as_str()).max_by(|a, b| strsim::jaro_winkler(a, id).total_cmp(&strsim::jaro_winkler(b, id)));
    let hint = near.map(|n| format!("; the nearest id is {n}")).unwrap_or_default();
    anyhow::anyhow!("{file} has no booking {id}{hint}")
}

/// A reason of another program is replaced by one of ours; one of ours is held against the sheet again.
fn unplaced(instance: &Instance, served: &Served, plan: &Plan, booking: usize, limits: &Limits) -> Explained {
    let id = instance.house.sheet.bookings[booking].id.clone();
    let said = plan.unplaced.iter().find(|u| u.booking == id).map(|u| &u.reason);
    let certified = match said {
        Some(Reason::Certified(certified)) if *certified != Certified::Undecided => certified.clone(),
        _ => reason::reason(instance, served, booking, limits),
    };
    let verified = witness::holds(instance, booking, &certified, limits);
    Explained::Unplaced { booking: id, reason: certified, verified }
}

/// Who serves a booking, and who else there is.
fn placed(instance: &Instance, served: &Served, booking: usize, choices: Vec<Choice>) -> Explained {
    let sheet = instance.house.sheet;
    let name = |r: usize| sheet.resources[r].id.clone();
    let others = choices
        .into_iter()
        .map(|Choice { resource, obstacle, price }| {
            let (because, detail, serves) = match obstacle {
                Obstacle::RuledOut { rule, detail } => (rule, detail, Vec::new()),
                Obstacle::Busy(with) => {
                    let ids: Vec<String> = with.iter().map(|&b| sheet.bookings[b].id.clone()).collect();
                    ("busy", format!("serves {} at that time", ids.join(", ")), ids)
                }
                Obstacle::Free => ("free", "could serve it as the plan stands".to_owned(), Vec::new()),
            };
            Other { resource: name(resource), because: because.to_owned(), detail, serves, price }
        })
        .collect();
    Explained::Placed {
        booking: sheet.bookings[booking].id.clone(),
        resources: served[booking].iter().flatten().map(|&r| name(r)).collect(),
        from: instance.bookings[booking].current.iter().map(|&r| name(r)).collect(),
        others,
    }
}

/// A price in words: the tier that would be worse, then how the tiers after it would change.
fn price_in_words(price: &Price) -> String {
    let at_most = if price.proven { "" } else { "at most " };
    let Some(tier) = &price.tier else { return if price.proven { "nothing".to_owned() } else { "nothing, as far as is known".to_owned() } };
    let mut words = price.tiers.iter().skip_while(|t| t.name != *tier);
    let first = words.next().map(|t| format!("{at_most}{} {}", t.name, signed(t.difference))).unwrap_or_default();
    let rest: Vec<String> = words.filter(|t| t.difference != 0.0).map(|t| format!("{} {}", t.name, signed(t.difference))).collect();
    if rest.is_empty() { first } else { format!("{first} (then {})", rest.join(", ")) }
}

fn overview(plan: &Plan) -> String {
    let mut out = solve::tiers_table(plan);
    if !plan.changes.is_empty() {
        let rows = plan.changes.iter().map(|c| [c.booking.clone(), who(&c.from), who(&c.to)]);
        out.push_str(&format!("\n\n{}", output::table(["moved", "from", "to"], rows)));
    }
    out
}

fn who(ids: &[String]) -> String {
    if ids.is_empty() { "nobody".to_owned() } else { ids.join(" + ") }
}

fn in_words(sheet: &Sheet, explained: &Explained) -> String {
    match explained {
        Explained::Unplaced { booking, reason, verified } => {
            let proof = match verified {
                Some(true) => "verified: the witness alone leaves no room",
                Some(false) => "NOT TRUE: the witness alone leaves room",
                None => "not verified",
            };
            let mut out = format!("\n{booking} is unplaced. {} ({proof})", solve::reason_in_words(&Reason::Certified(reason.clone())));
            if let Certified::ImpossibleAlone { ruled_out } = reason {
                let rows = ruled_out.iter().map(|r| [r.resource.clone(), r.rule.clone(), r.detail.clone()]);
                out.push_str(&format!("\n{}", output::table(["who", "rule", "detail"], rows)));
            }
            if let Certified::CrowdedOut { bookings, .. } = reason {
                out.push_str(&format!("\n{}", crowd_table(sheet, bookings)));
            }
            out
        }
        Explained::Placed { booking, resources, from, others } => {
            let moved = if from.is_empty() || from == resources { String::new() } else { format!(", before {}", from.join(" + ")) };
            let row = |o: &Other| [o.resource.clone(), o.because.clone(), o.detail.clone()];
            let head = format!("{booking} is served by {}{moved}.", resources.join(" + "));
            if others.iter().all(|o| o.price.is_none()) {
                return format!("{head}\n{}", output::table(["others", "because", "detail"], others.iter().map(row)));
            }
            let rows = others.iter().map(|o| {
                let [who, because, detail] = row(o);
                [who, o.price.as_ref().map(price_in_words).unwrap_or_default(), because, detail]
            });
            format!("{head}\n{}", output::table(["others", "price", "because", "detail"], rows))
        }
    }
}

/// When each booking of a crowd is and what it needs.
fn crowd_table(sheet: &Sheet, ids: &[String]) -> String {
    let zone = sheet.location.timezone;
    let rows = sheet.bookings.iter().filter(|b| ids.contains(&b.id)).map(|b| {
        let occupied = b.occupied();
        let needs: Vec<String> = b
            .demands
            .iter()
            .map(|d| {
                format!("{} {} {}", d.count, d.kind.as_str(), d.qualifications.iter().map(String::as_str).collect::<Vec<_>>().join("+"))
                    .trim_end()
                    .to_owned()
            })
            .collect();
        let held = b
            .assignment
            .as_ref()
            .filter(|a| !a.resources.is_empty())
            .map(|a| format!("{} {}", a.status.as_str(), a.resources.join("+")))
            .unwrap_or_default();
        [
            b.id.clone(),
            format!("{}–{}", occupied.start.to_clock(zone), occupied.end.to_clock(zone)),
            needs.join(", "),
            b.gender.clone().unwrap_or_default(),
            held,
        ]
    });
    output::table(["booking", "occupies", "needs", "wish", "now"], rows)
}

//! Where a scenario and its base come from: files, folders, made-up days, a database.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chrono::NaiveDate;

use super::super::db::{DbArg, block_on};
use super::super::input;
use crate::alloc::Profile;
use crate::clock::SystemClock;
use crate::operations::whatif;
use crate::scenario::document::{Base, Made, shipped_profile};
use crate::scenario::{Day, Origin, Scenario};
use crate::sheet::Sheet;
use crate::sheet::spa::{Quarter, Size, Spa};

/// Weeks of a quarter.
const QUARTER_WEEKS: u64 = 13;

/// Reads a scenario. A profile it names is a shipped one or a file beside it.
pub fn scenario(file: &Path) -> anyhow::Result<Scenario> {
    let name = file.display().to_string();
    let text = input::text(&name)?;
    let beside = file.parent().unwrap_or(Path::new(""));
    let profiles = |named: &str| -> Result<Profile, String> {
        let path = beside.join(named);
        if Profile::shipped(named).is_some() || !path.is_file() {
            return shipped_profile(named);
        }
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Profile::parse(named, &text).map_err(|error| error.to_string())
    };
    let read = if file.extension().is_some_and(|ending| ending == "json") {
        let value = serde_json::from_str(&text).with_context(|| format!("{name} is no JSON"))?;
        Scenario::from_json(&name, &value, &profiles)
    } else {
        Scenario::from_toml(&name, &text, &profiles)
    };
    let mut scenario = read.map_err(anyhow::Error::new)?;
    if scenario.name == name
        && let Some(stem) = file.file_stem()
    {
        scenario.name = stem.to_string_lossy().into_owned();
    }
    Ok(scenario)
}

/// The days of a scenario's base, or of the one that is said instead.
pub fn days(scenario: &Scenario, file: &Path, against: Option<&str>, db: &DbArg) -> anyhow::Result<Vec<Day>> {
    let name = &scenario.name;
    let days = match (against, &scenario.base) {
        (Some(said), _) => self::said(said, db)?,
        (None, Some(base)) => of_scenario(base, file.parent().unwrap_or(Path::new("")), db)?,
        (None, None) => bail!("{name} has no [base]; expected one in it, or --against with a day sheet, a folder of them or LOCATION:FROM..TO"),
    };
    for (k, day) in days.iter().enumerate() {
        let same = |other: &&Day| (&other.sheet.location.id, other.sheet.date) == (&day.sheet.location.id, day.sheet.date);
        if let Some(first) = days[..k].iter().find(same) {
            let (place, date) = (&day.sheet.location.id, day.sheet.date);
            bail!("{place} on {date} is twice in the base of {name}: {} and {}; expected each day once", first.origin.source, day.origin.source);
        }
    }
    Ok(days)
}

/// The days of a base as it is named on the command line: a day sheet, a folder of them, or days of a database as LOCATION:FROM..TO.
pub fn said(said: &str, db: &DbArg) -> anyhow::Result<Vec<Day>> {
    if Path::new(said).exists() {
        return sheets(&[PathBuf::from(said)]);
    }
    let stored = said.rsplit_once(':').and_then(|(location, dates)| {
        let (from, to) = dates.split_once("..").unwrap_or((dates, dates));
        Some((location, from.parse().ok()?, to.parse().ok()?))
    });
    match stored {
        Some((location, from, to)) => of_database(location, from, to, db),
        None => {
            bail!("{said}: there is no such file or folder; expected one, or LOCATION:FROM..TO such as westlands:2026-11-21..2026-11-27")
        }
    }
}

fn of_scenario(base: &Base, beside: &Path, db: &DbArg) -> anyhow::Result<Vec<Day>> {
    if let Some(made) = &base.made {
        return Ok(make(made));
    }
    match (&base.location, base.from, base.to) {
        (Some(location), Some(from), Some(to)) => of_database(location, from, to, db),
        _ => sheets(&base.sheets.iter().map(|path| beside.join(path)).collect::<Vec<_>>()),
    }
}

fn make(made: &Made) -> Vec<Day> {
    let load_percent = made.load_percent.unwrap_or(85);
    let sheets = match made.people {
        Some(staff) => weeks(staff, made.weeks.unwrap_or(1), load_percent, made.seed),
        None => {
            let size = Size::ALL.into_iter().find(|size| Some(size.as_str()) == made.size.as_deref()).unwrap_or(Size::S);
            let usual = Spa::of(size);
            vec![Spa { load_percent: made.load_percent.unwrap_or(usual.load_percent), ..usual }.day(made.seed)]
        }
    };
    sheets.into_iter().map(|sheet| Day { origin: Origin { source: "made".to_owned(), version: None }, ..Day::of_sheet(sheet, "") }).collect()
}

/// The first weeks of a team's quarter, in which everybody is on leave once: as many as are wanted of them.
fn weeks(staff: usize, weeks: u64, load_percent: u32, seed: u64) -> Vec<Sheet> {
    let quarter = Quarter { staff, weeks: weeks.max(QUARTER_WEEKS), temps: 0, load_percent, bound_percent: 10, gender_percent: 15 };
    let mut days = quarter.days(seed);
    days.truncate(days.len() * weeks as usize / quarter.weeks as usize);
    days
}

/// Sheets, and those in folders by name.
fn sheets(paths: &[PathBuf]) -> anyhow::Result<Vec<Day>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).with_context(|| format!("{}: cannot be read", path.display()))?;
            let mut inside: Vec<PathBuf> =
                entries.flatten().map(|entry| entry.path()).filter(|p| p.extension().is_some_and(|e| e == "json")).collect();
            inside.sort();
            if inside.is_empty() {
                bail!("{}: has no .json file; expected day sheets in it", path.display());
            }
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
    }
    files
        .iter()
        .map(|file| {
            let name = file.display().to_string();
            let (sheet, _) = input::sheet(&name)?;
            Ok(Day::of_sheet(sheet, &name))
        })
        .collect()
}

fn of_database(location: &str, from: NaiveDate, to: NaiveDate, db: &DbArg) -> anyhow::Result<Vec<Day>> {
    block_on(async {
        let store = db.open().await?;
        let place = super::super::db::location(&*store, location).await?;
        Ok(whatif::days(&*store, &SystemClock, &place.id, from, to).await?)
    })
}

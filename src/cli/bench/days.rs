//! The days a benchmark is run on: made up, or read from files.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::super::{Exit, input, output};
use crate::domain::AssignmentStatus;
use crate::domain::local::day_span;
use crate::sheet::spa::{Size, Spa};
use crate::sheet::{Assignment, Block, Plan, Sheet, write as documents};

/// A day to measure.
pub struct Day {
    /// What it is called in the table: `M-1`, or the file's name without its ending.
    pub name: String,
    /// How large it is.
    pub size: Size,
    /// The day itself.
    pub sheet: Sheet,
}

/// One made-up day for each size and seed, size by size.
pub fn made_up(sizes: &[Size], seeds: &[u64]) -> Vec<Day> {
    let of = |&size: &Size| seeds.iter().map(move |&seed| Day { name: format!("{}-{seed}", size.as_str()), size, sheet: Spa::of(size).day(seed) });
    sizes.iter().flat_map(of).collect()
}

/// The days in these files and folders, smaller teams first.
///
/// # Errors
/// A file is missing or no sheet, or a folder has no `*.json`.
pub fn given(paths: &[PathBuf]) -> anyhow::Result<Vec<Day>> {
    let mut days = Vec::new();
    for file in files(paths)? {
        let (sheet, _) = input::sheet(&file.to_string_lossy())?;
        let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        days.push(Day { name, size: Size::of_staff(sheet.resources.len()), sheet });
    }
    days.sort_by(|a, b| (a.size, &a.name).cmp(&(b.size, &b.name)));
    Ok(days)
}

fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).with_context(|| format!("{}: cannot be listed", path.display()))?;
        let before = files.len();
        for entry in entries {
            let file = entry.with_context(|| format!("{}: cannot be listed", path.display()))?.path();
            if file.extension().is_some_and(|ending| ending == "json") {
                files.push(file);
            }
        }
        if files.len() == before {
            bail!("{}: has no *.json; expected a folder of day sheets (zamu.sheet/1)", path.display());
        }
    }
    Ok(files)
}

/// Writes made-up days to a folder, which is made where it is missing.
///
/// # Errors
/// The folder or a file cannot be written.
pub fn write(folder: &Path, sizes: &[Size], seeds: &[u64]) -> anyhow::Result<Exit> {
    std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    for day in made_up(sizes, seeds) {
        let file = folder.join(format!("{}.json", day.name));
        std::fs::write(&file, documents::to_json(&day.sheet)).with_context(|| format!("{}: cannot be written", file.display()))?;
        output::print(format!("{}: {} people, {} bookings", file.display(), day.sheet.resources.len(), day.sheet.bookings.len()))?;
    }
    Ok(Exit::Done)
}

/// The day as its customers were told it in the evening, and in the morning whoever serves the most minutes is away. `None` when nobody
/// serves anything.
pub fn after_an_absence(sheet: &Sheet, plan: &Plan) -> Option<Sheet> {
    let mut told = sheet.clone();
    for booking in &mut told.bookings {
        let placed = plan.assignments.iter().find(|placed| placed.booking == booking.id);
        booking.assignment = placed.map(|p| Assignment { status: AssignmentStatus::Finalized, resources: p.resources.clone() });
    }
    let minutes_of = |id: &str| told.bookings.iter().filter(|b| b.current().contains(&id)).map(|b| b.span.minutes()).sum::<i64>();
    // The first of those who serve the most.
    let busiest = (0..told.resources.len()).max_by_key(|&k| (minutes_of(&told.resources[k].id), std::cmp::Reverse(k)))?;
    if minutes_of(&told.resources[busiest].id) == 0 {
        return None;
    }
    told.resources[busiest].blocks.push(Block { span: day_span(told.location.timezone, told.date), reason: Some("sick".into()) });
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alloc::{Limits, Profile, allocate};

    #[test]
    fn after_an_absence_everybody_was_told_a_name_and_the_busiest_is_away() {
        let sheet = Spa::of(Size::S).day(1);
        let plan = allocate(&sheet, &Profile::shipped("strict").unwrap(), Limits::default());
        let broken = after_an_absence(&sheet, &plan).unwrap();
        let told = broken.bookings.iter().filter(|b| b.assignment.is_some()).count();
        assert_eq!(told, plan.assignments.len());
        assert!(broken.bookings.iter().flat_map(|b| &b.assignment).all(|a| a.status == AssignmentStatus::Finalized));
        let blocks = |sheet: &Sheet| sheet.resources.iter().map(|r| r.blocks.len()).sum::<usize>();
        assert_eq!(blocks(&broken), blocks(&sheet) + 1);
        assert!(crate::sheet::read::from_str(&documents::to_json(&broken)).is_ok());
    }

    #[test]
    fn a_day_nobody_serves_has_no_absence() {
        let sheet = Spa { staff: 2, load_percent: 0, absent: 0, bound_percent: 0, gender_percent: 0 }.day(1);
        let plan = allocate(&sheet, &Profile::shipped("strict").unwrap(), Limits::default());
        assert_eq!(after_an_absence(&sheet, &plan), None);
    }
}

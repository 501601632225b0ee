//! How many people a day needs, held against trying every team on days small enough for that.

use zamu::alloc::Limits;
use zamu::alloc::profile::Term;
use zamu::domain::ResourceKind;
use zamu::scenario::Day;
use zamu::scenario::staffing::{Staffing, staffing};
use zamu::sheet::Sheet;

use super::support::oracle::brute_force;
use super::support::sheets::{Knobs, random_sheet};

const TINY: Knobs = Knobs { bookings_max: 6, resources_max: 4, plain_combinations: false };

fn needs(sheet: &Sheet, service_level: f64) -> Staffing {
    staffing(&[Day::of_sheet(sheet.clone(), "tiny")], service_level, &Limits::default(), &|| {}).unwrap().remove(0)
}

/// A day of a team without temps or tables, on which every customer counts once.
fn tiny(seed: u64) -> Option<Sheet> {
    let mut sheet = random_sheet(seed, TINY);
    sheet.bookings.iter_mut().for_each(|b| b.priority = 1);
    let staff = sheet.resources.iter().all(|r| r.kind == ResourceKind::Staff && !r.temporary) && sheet.combinations.is_empty();
    (staff && sheet.bookings.iter().flat_map(|b| &b.demands).all(|d| d.kind == ResourceKind::Staff)).then_some(sheet)
}

/// Fewest unplaced with these people alone.
fn unplaced_with(sheet: &Sheet, team: usize) -> Option<usize> {
    let mut only = sheet.clone();
    for (k, resource) in only.resources.iter_mut().enumerate() {
        if team & (1 << k) == 0 {
            resource.shifts.clear();
        }
    }
    brute_force(&only, &[Term::Unplaced], false).map(|values| values[0] as usize)
}

#[test]
fn the_smallest_team_is_the_one_that_trying_every_team_finds() {
    let mut compared = [0, 0];
    for sheet in (0..600).filter_map(tiny) {
        let people = sheet.resources.len();
        let Some(all) = unplaced_with(&sheet, (1 << people) - 1) else { continue };
        for level in [1.0, 0.7] {
            let found = needs(&sheet, level);
            if all > found.allowed {
                assert!(found.temps.enough > 0 || found.unplaced.len() > found.allowed);
                continue;
            }
            let teams = (0..1usize << people).filter(|team| unplaced_with(&sheet, *team).is_some_and(|left| left <= found.allowed));
            let fewest = teams.map(usize::count_ones).min().unwrap() as usize;
            assert_eq!((found.people.enough, found.people.needed, found.temps.enough), (fewest, fewest, 0), "{found:#?}");
            assert_eq!(found.team.len(), fewest);
            compared[usize::from(level < 1.0)] += 1;
        }
    }
    assert!(compared.iter().all(|count| *count > 15), "{compared:?}");
}

#[test]
fn temps_serve_whom_the_team_cannot_and_fewer_would_not_do() {
    let mut compared = 0;
    for sheet in (0..600).filter_map(tiny) {
        let found = needs(&sheet, 1.0);
        let temps: Vec<_> = found.team.iter().filter(|member| member.id.is_none()).collect();
        assert_eq!(temps.len(), found.temps.enough);
        if temps.is_empty() {
            continue;
        }
        // With one temp fewer of everybody who could be thought of, somebody stays unserved: no single person of any kind does it alone.
        assert_eq!(found.temps.enough, found.temps.needed, "{found:#?}");
        assert!(temps.iter().all(|temp| temp.worked_minutes > 0), "{temps:?}");
        compared += 1;
    }
    assert!(compared > 10, "{compared}");
}

#[test]
fn an_hour_says_what_is_asked_at_once_who_is_there_and_who_serves() {
    let day = super::small();
    let needs = staffing(&[day], 1.0, &Limits::default(), &|| {}).unwrap().remove(0);
    let row = |hour: &str, what: &str| needs.hours.iter().find(|h| h.hour == hour && h.qualification == what).map(|h| (h.asked, h.on_duty, h.used));
    assert_eq!(row("09:00", "cut"), Some((1, 2, 1)));
    assert_eq!(row("09:00", "colour"), Some((1, 2, 1)));
    assert_eq!(row("18:00", "cut"), Some((1, 0, 1)), "nobody is there after five; the temp that it takes is");
    assert_eq!(row("11:00", "cut"), None);
    assert_eq!(needs.temps.enough, 1);
}

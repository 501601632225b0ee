//! Availability rules: when people and the house are open, by the clock on the wall.
//!
//! - A person's hours on a day come from the strongest kind of their own rules that says anything about it: EXCEPTION before DATE_RANGE
//!   before WEEKLY. Closed means no hours.
//! - Who has no rule of their own at all follows the location's WEEKLY hours.
//! - A service with rules of its own can begin and end only within the hours they give it, by the same order of strength.
//! - The location's EXCEPTION and DATE_RANGE rules (a short day, a holiday) hold for everybody: hours outside them are cut off.

use chrono::{Datelike, Days, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::local::{DAY_MINUTES, instant};
use super::{Minute, Span};

/// What a rule repeats over, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RuleKind {
    /// Every week on these weekdays.
    Weekly,
    /// On these weekdays within a range of dates, in place of the weekly hours.
    DateRange,
    /// On these dates, in place of everything else.
    Exception,
}

impl RuleKind {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            RuleKind::Weekly => "WEEKLY",
            RuleKind::DateRange => "DATE_RANGE",
            RuleKind::Exception => "EXCEPTION",
        }
    }

    /// The kind with this word, if there is one.
    pub fn from_word(word: &str) -> Option<RuleKind> {
        [RuleKind::Weekly, RuleKind::DateRange, RuleKind::Exception].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A set of weekdays; bit 0 is Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weekdays(pub u8);

impl Weekdays {
    /// All seven.
    pub const ALL: Weekdays = Weekdays(127);
    /// Monday to Friday.
    pub const WORKDAYS: Weekdays = Weekdays(31);

    /// These weekdays.
    pub fn of(days: &[chrono::Weekday]) -> Weekdays {
        Weekdays(days.iter().fold(0, |bits, day| bits | 1 << day.num_days_from_monday()))
    }

    /// Is the weekday of `date` among them?
    pub fn contains(self, date: NaiveDate) -> bool {
        self.0 >> date.weekday().num_days_from_monday() & 1 == 1
    }
}

/// One rule of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Identifier, unique within the location.
    pub id: String,
    /// Whose hours: a resource's id, or `None` for the whole location.
    pub resource: Option<String>,
    /// When this service can be had, instead of somebody's hours.
    #[serde(default)]
    pub service: Option<String>,
    /// What it repeats over.
    pub kind: RuleKind,
    /// On which weekdays.
    pub weekdays: Weekdays,
    /// Start, minutes after local midnight.
    pub start_minute: u32,
    /// End, minutes after local midnight; past 1440 is the next day.
    pub end_minute: u32,
    /// First date it holds on; `None` is since ever.
    pub valid_from: Option<NaiveDate>,
    /// Last date it holds on; `None` is for good.
    pub valid_to: Option<NaiveDate>,
    /// No hours on these days, whatever the times say.
    pub closed: bool,
    /// How many bookings of a service may begin at one time, 1 or more; `None` for as many as there are people.
    #[serde(default)]
    pub capacity: Option<u32>,
    /// Minutes from one offered start to the next, 1 to 1440.
    #[serde(default)]
    pub granularity_minutes: Option<u32>,
}

/// What is wrong with a rule on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleWrong {
    /// No weekday is named.
    NoWeekday,
    /// It does not end after it starts, starts on another day, or ends later than the next day does.
    NoSpan,
    /// It is about a person and about a service.
    TwoSubjects,
    /// A capacity or a granularity of somebody's hours.
    CountsOfAPerson,
    /// A capacity or a granularity out of its bounds.
    Counts,
    /// Its last date is before its first.
    EndsFirst {
        /// The first.
        from: NaiveDate,
        /// The last.
        to: NaiveDate,
    },
    /// It needs a first and a last date.
    Undated,
}

impl Rule {
    /// Every week on these weekdays, from and to in minutes after local midnight.
    pub fn weekly(id: &str, resource: Option<&str>, weekdays: Weekdays, start_minute: u32, end_minute: u32) -> Rule {
        let resource = resource.map(str::to_owned);
        Rule {
            id: id.to_owned(),
            resource,
            service: None,
            kind: RuleKind::Weekly,
            weekdays,
            start_minute,
            end_minute,
            valid_from: None,
            valid_to: None,
            closed: false,
            capacity: None,
            granularity_minutes: None,
        }
    }

    /// The same rule, from a date to a date, both included, as another kind.
    pub fn within(self, kind: RuleKind, from: NaiveDate, to: NaiveDate) -> Rule {
        Rule { kind, valid_from: Some(from), valid_to: Some(to), ..self }
    }

    /// No hours on these dates, both included.
    pub fn closed(id: &str, resource: Option<&str>, from: NaiveDate, to: NaiveDate) -> Rule {
        Rule { closed: true, ..Rule::weekly(id, resource, Weekdays::ALL, 0, DAY_MINUTES).within(RuleKind::Exception, from, to) }
    }

    /// What is wrong with it on its own; `None` when nothing is.
    pub fn wrong(&self) -> Option<RuleWrong> {
        if self.weekdays.0 == 0 || self.weekdays.0 > 127 {
            return Some(RuleWrong::NoWeekday);
        }
        if self.start_minute >= DAY_MINUTES || self.end_minute <= self.start_minute || self.end_minute > 2 * DAY_MINUTES {
            return Some(RuleWrong::NoSpan);
        }
        if self.resource.is_some() && self.service.is_some() {
            return Some(RuleWrong::TwoSubjects);
        }
        if self.resource.is_some() && (self.capacity.is_some() || self.granularity_minutes.is_some()) {
            return Some(RuleWrong::CountsOfAPerson);
        }
        if self.capacity == Some(0) || self.granularity_minutes.is_some_and(|minutes| !(1..=DAY_MINUTES).contains(&minutes)) {
            return Some(RuleWrong::Counts);
        }
        match (self.valid_from, self.valid_to) {
            (Some(from), Some(to)) if from > to => Some(RuleWrong::EndsFirst { from, to }),
            (None, _) | (_, None) if self.kind != RuleKind::Weekly => Some(RuleWrong::Undated),
            _ => None,
        }
    }

    /// The same in words, for whoever knows the rule by its id.
    pub fn fault(&self) -> Option<String> {
        let said = match self.wrong()? {
            RuleWrong::NoWeekday => "no weekday is named; give at least one of Monday to Sunday".to_owned(),
            RuleWrong::NoSpan => format!(
                "{} to {} minutes after midnight is no span; the start lies before 1440, the end after the start and at most 2880 (past 1440 is the next day)",
                self.start_minute, self.end_minute
            ),
            RuleWrong::TwoSubjects => "it is about a person and about a service; make two rules, one for each".to_owned(),
            RuleWrong::CountsOfAPerson => "capacity and granularity are a service's or the location's, not a person's".to_owned(),
            RuleWrong::Counts => "expected a capacity of 1 or more and a granularity of 1 to 1440 minutes".to_owned(),
            RuleWrong::EndsFirst { from, to } => format!("it ends on {to}, before it starts on {from}"),
            RuleWrong::Undated => format!("a {} rule needs its first and its last date", self.kind.as_str()),
        };
        Some(format!("rule {}: {said}", self.id))
    }

    /// Is it about the whole location?
    pub fn is_locations(&self) -> bool {
        self.resource.is_none() && self.service.is_none()
    }

    /// Does it say anything about this local date?
    pub fn applies_on(&self, date: NaiveDate) -> bool {
        self.weekdays.contains(date) && self.valid_from.is_none_or(|from| from <= date) && self.valid_to.is_none_or(|to| date <= to)
    }

    /// Do two rules of one subject contradict or double each other: same kind, a common date, overlapping times (closed is the whole day)?
    pub fn overlaps(&self, other: &Rule) -> bool {
        if self.resource != other.resource || self.service != other.service || self.kind != other.kind {
            return false;
        }
        (-1..=1).any(|shift: i64| self.overlaps_shifted(other, shift))
    }

    /// Is there a date on which this rule holds, with `other` holding `shift` days later and the times overlapping?
    fn overlaps_shifted(&self, other: &Rule, shift: i64) -> bool {
        let (a, b) = (self.minutes(), other.minutes());
        let offset = shift * i64::from(DAY_MINUTES);
        if a.0 >= b.1 + offset || b.0 + offset >= a.1 {
            return false;
        }
        // Weekdays repeat after seven days: a week from the later of the two starts decides.
        let anchor = NaiveDate::default();
        let start = [self.valid_from, other.valid_from.map(|d| moved(d, -shift))].into_iter().flatten().max();
        let start = start.unwrap_or_else(|| {
            [self.valid_to, other.valid_to.map(|d| moved(d, -shift))].into_iter().flatten().min().map_or(anchor, |d| moved(d, -6))
        });
        (0..7).map(|k| moved(start, k)).any(|date| self.applies_on(date) && other.applies_on(moved(date, shift)))
    }

    fn minutes(&self) -> (i64, i64) {
        if self.closed { (0, i64::from(DAY_MINUTES)) } else { (i64::from(self.start_minute), i64::from(self.end_minute)) }
    }
}

fn moved(date: NaiveDate, days: i64) -> NaiveDate {
    let by = Days::new(days.unsigned_abs());
    if days < 0 { date.checked_sub_days(by) } else { date.checked_add_days(by) }.unwrap_or(date)
}

/// The hours that one subject's rules give to a date, minutes after midnight; `None` when they say nothing about it.
fn hours(rules: &[&Rule], date: NaiveDate) -> Option<Vec<(u32, u32)>> {
    let strongest = rules.iter().filter(|rule| rule.applies_on(date)).map(|rule| rule.kind).max()?;
    let said = rules.iter().filter(|rule| rule.kind == strongest && rule.applies_on(date));
    if said.clone().any(|rule| rule.closed) {
        return Some(Vec::new());
    }
    Some(said.map(|rule| (rule.start_minute, rule.end_minute)).collect())
}

/// The shifts of `resource` that begin on the local day `date`, in order and without overlaps. `rules` are those of its location that say
/// anything about the date; `has_own` is whether it has rules of its own at all, about whatever date.
fn shifts_on(rules: &[Rule], resource: &str, has_own: bool, date: NaiveDate, timezone: Tz) -> Vec<Span> {
    let own: Vec<&Rule> = rules.iter().filter(|rule| rule.resource.as_deref() == Some(resource)).collect();
    let (weekly, special): (Vec<&Rule>, Vec<&Rule>) = rules.iter().filter(|rule| rule.is_locations()).partition(|rule| rule.kind == RuleKind::Weekly);
    let base = if has_own { hours(&own, date) } else { hours(&weekly, date) }.unwrap_or_default();
    let cut: Vec<(u32, u32)> = match hours(&special, date) {
        None => base,
        Some(open) => base.iter().flat_map(|&(s, e)| open.iter().map(move |&(os, oe)| (s.max(os), e.min(oe)))).filter(|(s, e)| s < e).collect(),
    };
    let spans = cut.into_iter().map(|(s, e)| Span::new(instant(timezone, date, s), instant(timezone, date, e)));
    joined(spans.filter(|span| span.minutes() > 0).collect())
}

/// When a service can be offered on a day, by the rules of its location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Within these spans it begins and ends; the shifts of those who serve it cut them further. `None` where no rule says anything.
    pub windows: Option<Vec<Span>>,
    /// How many of it may begin at one time, where a rule says so.
    pub capacity: Option<u32>,
    /// Minutes from one start to the next, where a rule says so.
    pub granularity_minutes: Option<u32>,
}

/// What the rules say about a service on the local day `date`: its own before the location's, the strongest kind first.
pub fn offered(rules: &[Rule], service: &str, date: NaiveDate, timezone: Tz) -> Offered {
    let own: Vec<&Rule> = rules.iter().filter(|rule| rule.service.as_deref() == Some(service)).collect();
    let house: Vec<&Rule> = rules.iter().filter(|rule| rule.is_locations()).collect();
    let spans = |hours: Vec<(u32, u32)>| {
        let spans = hours.into_iter().map(|(start, end)| Span::new(instant(timezone, date, start), instant(timezone, date, end)));
        joined(spans.filter(|span| span.minutes() > 0).collect())
    };
    // A service with hours of its own has none on a day that they do not speak of.
    let windows = if own.is_empty() { hours(&house, date) } else { Some(hours(&own, date).unwrap_or_default()) };
    let most = |pick: &dyn Fn(&Rule) -> Option<u32>| {
        let strongest =
            |rules: &[&Rule]| rules.iter().filter(|r| r.applies_on(date) && pick(r).is_some()).max_by_key(|r| r.kind).and_then(|r| pick(r));
        strongest(&own).or_else(|| strongest(&house))
    };
    Offered { windows: windows.map(spans), capacity: most(&|rule| rule.capacity), granularity_minutes: most(&|rule| rule.granularity_minutes) }
}

/// The spans in order, overlapping ones made one. Spans that only touch stay two: a change of shift is not a longer shift.
pub fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut out: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match out.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => out.push(span),
        }
    }
    out
}

/// The shifts of `resource` on the sheet of `date`, from all rules of its location: those that begin on it, and what reaches into it from the
/// evening before.
pub fn sheet_shifts(rules: &[Rule], resource: &str, date: NaiveDate, timezone: Tz) -> Vec<Span> {
    let has_own = rules.iter().any(|rule| rule.resource.as_deref() == Some(resource));
    sheet_shifts_among(rules, resource, has_own, date, timezone)
}

/// The same from those rules only that say anything about `date` or the day before; `has_own` is whether the resource has rules of its own
/// at all, about whatever date.
pub fn sheet_shifts_among(rules: &[Rule], resource: &str, has_own: bool, date: NaiveDate, timezone: Tz) -> Vec<Span> {
    let midnight: Minute = instant(timezone, date, 0);
    let mut spans = shifts_on(rules, resource, has_own, moved(date, -1), timezone);
    for span in &mut spans {
        span.start = span.start.max(midnight);
    }
    spans.retain(|span| span.minutes() > 0);
    spans.extend(shifts_on(rules, resource, has_own, date, timezone));
    joined(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{Africa::Nairobi, Europe::Berlin};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn clocks(rules: &[Rule], who: &str, date: &str) -> Vec<String> {
        sheet_shifts(rules, who, day(date), Nairobi).iter().map(|s| format!("{}-{}", s.start.to_clock(Nairobi), s.end.to_clock(Nairobi))).collect()
    }

    #[test]
    fn the_strongest_rule_that_says_anything_about_a_day_decides() {
        let rules = [
            Rule::weekly("w", Some("grace"), Weekdays::ALL, 540, 1020),
            Rule::weekly("summer", Some("grace"), Weekdays::ALL, 600, 840).within(RuleKind::DateRange, day("2026-07-01"), day("2026-07-31")),
            Rule::weekly("x", Some("grace"), Weekdays::ALL, 720, 780).within(RuleKind::Exception, day("2026-07-02"), day("2026-07-02")),
            Rule::closed("holiday", Some("grace"), day("2026-07-03"), day("2026-07-03")),
        ];
        assert_eq!(clocks(&rules, "grace", "2026-06-30"), ["09:00-17:00"]);
        assert_eq!(clocks(&rules, "grace", "2026-07-01"), ["10:00-14:00"]);
        assert_eq!(clocks(&rules, "grace", "2026-07-02"), ["12:00-13:00"]);
        assert!(clocks(&rules, "grace", "2026-07-03").is_empty());
    }

    #[test]
    fn the_location_gives_its_hours_to_those_without_their_own_and_its_short_days_to_all() {
        let rules = [
            Rule::weekly("house", None, Weekdays::WORKDAYS, 480, 1080),
            Rule::weekly("short", None, Weekdays::ALL, 600, 720).within(RuleKind::Exception, day("2026-12-24"), day("2026-12-24")),
            Rule::closed("xmas", None, day("2026-12-25"), day("2026-12-25")),
            Rule::weekly("g", Some("grace"), Weekdays::ALL, 540, 660),
        ];
        assert_eq!(clocks(&rules, "joy", "2026-12-23"), ["08:00-18:00"]);
        assert!(clocks(&rules, "joy", "2026-12-26").is_empty(), "a Saturday");
        assert_eq!(clocks(&rules, "grace", "2026-12-26"), ["09:00-11:00"]);
        assert_eq!(
            (clocks(&rules, "joy", "2026-12-24"), clocks(&rules, "grace", "2026-12-24")),
            (vec!["10:00-12:00".into()], vec!["10:00-11:00".into()])
        );
        assert!(clocks(&rules, "grace", "2026-12-25").is_empty());
    }

    #[test]
    fn a_night_shift_reaches_into_the_next_days_sheet() {
        let rules = [Rule::weekly("n", Some("grace"), Weekdays::of(&[chrono::Weekday::Fri]), 1080, 1560)];
        assert_eq!(clocks(&rules, "grace", "2026-11-20"), ["18:00-02:00"]);
        assert_eq!(clocks(&rules, "grace", "2026-11-21"), ["00:00-02:00"]);
        assert!(clocks(&rules, "grace", "2026-11-22").is_empty());
    }

    #[test]
    fn rules_overlap_when_they_share_a_date_and_a_time() {
        let mornings = Rule::weekly("a", Some("grace"), Weekdays::WORKDAYS, 540, 780);
        let later = Rule::weekly("b", Some("grace"), Weekdays::of(&[chrono::Weekday::Fri]), 720, 1020);
        let weekend = Rule { weekdays: Weekdays(96), ..later.clone() };
        let next_year = Rule { valid_from: Some(day("2027-01-01")), ..later.clone() };
        let this_year = Rule { valid_to: Some(day("2026-12-31")), ..mornings.clone() };
        assert!(mornings.overlaps(&later) && later.overlaps(&mornings));
        assert!(!mornings.overlaps(&weekend), "other weekdays");
        assert!(!mornings.overlaps(&Rule { resource: Some("joy".into()), ..later.clone() }), "another person");
        assert!(!mornings.overlaps(&Rule { start_minute: 780, ..later.clone() }), "they only touch");
        assert!(!this_year.overlaps(&next_year), "other dates");
        assert!(this_year.overlaps(&later), "one of them without a first date");
        let night = Rule::weekly("n", Some("grace"), Weekdays::of(&[chrono::Weekday::Thu]), 1200, 2040);
        assert!(night.overlaps(&later) == (2040 - 1440 > 720) && night.overlaps(&mornings), "over midnight");
    }

    #[test]
    fn a_rule_says_what_is_wrong_with_it() {
        let rule = Rule::weekly("r1", None, Weekdays::ALL, 1020, 540);
        assert!(rule.fault().is_some_and(|f| f.contains("r1")));
        assert!(
            Rule { kind: RuleKind::DateRange, ..Rule::weekly("r2", None, Weekdays::ALL, 0, 60) }.fault().is_some_and(|f| f.contains("last date"))
        );
        assert_eq!(Rule::weekly("r3", None, Weekdays::ALL, 540, 1020).fault(), None);
    }

    #[test]
    fn two_shifts_pushed_together_by_the_missing_hour_become_one_not_two_overlapping() {
        let rules = [Rule::weekly("a", Some("g"), Weekdays::ALL, 60, 150), Rule::weekly("b", Some("g"), Weekdays::ALL, 170, 300)];
        let spans = sheet_shifts(&rules, "g", day("2026-03-29"), Berlin);
        assert!(spans.windows(2).all(|w| w[0].end <= w[1].start), "{spans:?}");
        assert_eq!(spans[0].end.to_clock(Berlin), "03:00");
    }
}

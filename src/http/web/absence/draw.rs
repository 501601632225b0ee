//! The pages of an absence: its two forms, what was not clear, what it means in four groups, and what stands.

use maud::{Markup, html};

use super::super::kept;
use super::super::lines;
use super::super::names::called;
use super::super::told;
use super::super::words::Words;
use super::Panel;
use crate::alloc::explain::repairs::Change;
use crate::channels::absence::{About, Question, WORDS_MAX};
use crate::domain::{Span, local};
use crate::http::problem::Problem;
use crate::operations::absence::{Left, PREVIEW_MINUTES, PlannedDay, UndoReport, planned_days};
use crate::store::{AbsenceRow, AbsenceState, Day, DayView};

impl Panel<'_> {
    fn w(&self) -> &'static Words {
        self.visit.words()
    }

    fn at(&self) -> String {
        format!("/admin/at/{}/{}/absence", self.location.id, self.date)
    }

    fn name(&self, id: &str) -> String {
        called(&self.people, id)
    }

    /// In words, or picked; the one that was sent with what was typed.
    pub(super) fn forms(&self, said: (&str, bool), person: &str, back: kept::Shown<'_>) -> Markup {
        let in_words = back.0.is_some_and(|kept| !kept.typed("words").is_empty());
        html! {
            (self.in_words(said, kept::Shown(back.0.filter(|_| in_words))))
            (self.picked(person, kept::Shown(back.0.filter(|_| !in_words))))
            p.sub { (self.w().say("abs-nothing-yet")) }
        }
    }

    fn tell(&self, fresh: bool, back: kept::Shown<'_>) -> Markup {
        let w = self.w();
        html! { label.choice { input type="checkbox" name="tell" value="1" checked[back.is_chosen("tell", "1", fresh)]; span { (w.say("abs-tell")) br; span.sub { (w.say("abs-tell-means")) } } } }
    }

    fn in_words(&self, (words, tell): (&str, bool), back: kept::Shown<'_>) -> Markup {
        let w = self.w();
        html! {
            form.fields.card-box method="post" action=(self.at()) {
                (self.visit.carried(self.app))
                (back.why(w))
                label { (w.say("abs-words")) input name="words" value=(back.value("words", words)) required maxlength=(WORDS_MAX) placeholder=(w.say("abs-words-example")) autocomplete="off" autofocus aria-invalid=[back.invalid("words")] aria-describedby=[back.described("words")]; }
                (self.tell(tell, back))
                div { button.primary type="submit" { (w.say("abs-look")) } }
            }
        }
    }

    fn picked(&self, person: &str, back: kept::Shown<'_>) -> Markup {
        let (w, today, sick) = (self.w(), self.date.to_string(), self.w().say("abs-sick"));
        let time = |name: &'static str, label: &str, kind: &str, fresh: &str| {
            html! {
                label { (w.say(label))
                    input type=(kind) name=(name) value=(back.value(name, fresh)) required[kind == "date"] aria-invalid=[back.invalid(name)] aria-describedby=[back.described(name)];
                }
            }
        };
        html! {
            form.fields.card-box method="post" action=(self.at()) {
                (self.visit.carried(self.app))
                h2 { (w.say("abs-picked")) }
                (back.why(w))
                label { (w.say("abs-who")) select name="person" required aria-invalid=[back.invalid("person")] aria-describedby=[back.described("person")] {
                    option value="" { "–" }
                    @for one in self.people.iter().filter(|one| one.active) { option value=(one.id) selected[back.is_chosen("person", &one.id, person == one.id)] { (self.name(&one.id)) } }
                } }
                div.row {
                    (time("from", "abs-from", "date", &today))
                    (time("from_time", "abs-from-time", "time", ""))
                    (time("to", "abs-to", "date", &today))
                    (time("to_time", "abs-to-time", "time", ""))
                }
                label { (w.say("abs-why")) input name="reason" list="reasons" maxlength="200" value=(back.value("reason", &sick)); }
                datalist #reasons { @for reason in ["abs-sick", "abs-leave", "abs-course"] { option value=(w.say(reason)); } }
                (self.tell(false, back))
                div { button type="submit" { (w.say("abs-look")) } }
            }
        }
    }

    /// The forms, and below them what was confirmed and is not over yet, each with the way back.
    pub(super) async fn with_standing(&self, forms: &Markup) -> Result<Markup, Problem> {
        let (w, zone) = (self.w(), self.location.timezone);
        let from = local::day_span(zone, self.date).start.min(self.app.clock.now_minute());
        let ahead = Span::new(from, from.plus(AHEAD_MINUTES));
        let rows = self.app.store.standing_absences(&self.location.id, ahead).await?;
        let blocks = if rows.is_empty() { Vec::new() } else { self.app.store.blocks(&self.location.id, ahead).await? };
        let is_away = |row: &AbsenceRow| blocks.iter().any(|block| Some(&block.id) == row.block_id.as_ref());
        Ok(html! {
            @if !rows.is_empty() { p { a href="#standing" { (w.count("abs-standing-n", rows.len())) } } }
            (forms)
            @if !rows.is_empty() {
                section #standing {
                    h2 { (w.say("abs-standing")) }
                    ul.choices {
                        @for row in &rows {
                            li.card-box {
                                p { a href=(format!("{}?look={}", self.at(), row.id)) { b { (self.name(&row.resource_id)) } ", " (self.when(row.span)) } " · " (row.reason) }
                                p.sub { (w.say_with("abs-standing-by", &[("who", row.confirmed_by.clone().unwrap_or_default().into()), ("at", row.confirmed_at.map(|at| w.instant(at, zone)).unwrap_or_default().into())])) }
                                @if !is_away(row) { p.warning { (w.say("abs-block-gone")) } }
                                (self.way_back(row))
                            }
                        }
                    }
                }
            }
        })
    }

    /// The button that takes a confirmed absence back.
    fn way_back(&self, row: &AbsenceRow) -> Markup {
        let w = self.w();
        html! {
            form.inline method="post" action=(format!("{}/undo", self.at())) {
                (self.visit.carried(self.app))
                input type="hidden" name="id" value=(row.id);
                button type="submit" { (w.say("undo")) span.hidden { ": " (self.name(&row.resource_id)) ", " (self.when(row.span)) } }
            }
        }
    }

    /// What was not clear, with the sentences that would be.
    pub(super) fn question(&self, question: &Question, tell: bool) -> Markup {
        let w = self.w();
        html! {
            div.warning role="alert" #asked-back {
                p { (w.say(asked_in_words(question.about))) }
                p.sub lang=(question.language.as_str()) { (question.question) }
                @for choice in &question.choices {
                    form.inline method="post" action=(self.at()) {
                        (self.visit.carried(self.app))
                        input type="hidden" name="words" value=(choice.words);
                        @if tell { input type="hidden" name="tell" value="1"; }
                        button type="submit" lang=(question.language.as_str()) { (choice.means) }
                    }
                    " "
                }
                p.sub { (w.say("abs-say-again")) }
            }
        }
    }

    /// One absence as it was looked at, and what can be done about it.
    pub(super) async fn look(&self, row: &AbsenceRow, why: Option<&str>) -> Result<Markup, Problem> {
        let w = self.w();
        let mut days = Vec::new();
        for planned in planned_days(row)? {
            let day = self.app.store.day(&self.location.id, planned.date, DayView::Live).await?;
            days.push((planned, day));
        }
        let zone = self.location.timezone;
        let told: usize = days.iter().map(|(planned, _)| planned.groups.to_be_told.len()).sum();
        let until = (row.previewed_at + chrono::TimeDelta::minutes(PREVIEW_MINUTES)).with_timezone(&zone).format("%H:%M").to_string();
        Ok(html! {
            @match why { Some("expired") => { p.warning role="alert" { (w.say("abs-expired")) } }, Some(_) => { p.warning role="alert" { (w.say("abs-outdated")) } }, None => {} }
            section.card-box #look {
                h2 { (w.say_with("abs-out", &[("name", self.name(&row.resource_id).into())])) }
                p { (self.when(row.span)) " · " (row.reason) }
                @if let Some(words) = &row.words { p.sub { "“" (words) "”" } }
                (self.standing(row, told, &until))
            }
            @if let Some(report) = row.undo.clone().and_then(|value| serde_json::from_value::<UndoReport>(value).ok()) { (self.undone(&report, &days)) }
            @else if days.is_empty() { p { (w.say("abs-nobody-booked")) } }
            @for (planned, day) in &days { (self.day(planned, day)) }
        })
    }

    /// From when to when: whole days by their dates, the last one part of it.
    fn when(&self, span: Span) -> String {
        let (w, zone) = (self.w(), self.location.timezone);
        let (first, last) = (local::date_of(zone, span.start), local::date_of(zone, span.end.plus(-1)));
        match (local::day_span(zone, first).start == span.start && local::day_span(zone, last).end == span.end, first == last) {
            (true, true) => w.date(first),
            (true, false) => format!("{} – {}", w.date(first), w.date(last)),
            (false, _) => format!("{} – {}", w.instant(span.start.to_utc(), zone), w.instant(span.end.to_utc(), zone)),
        }
    }

    fn standing(&self, row: &AbsenceRow, told: usize, until: &str) -> Markup {
        let w = self.w();
        html! {
            @match row.state {
                AbsenceState::Previewed => {
                    @if row.may_move && told > 0 { p.warning { (w.count("abs-will-tell", told)) } }
                    form.inline method="post" action=(format!("{}/confirm", self.at())) {
                        (self.visit.carried(self.app))
                        input type="hidden" name="id" value=(row.id);
                        button.primary type="submit" { (w.say(if row.may_move && told > 0 { "abs-confirm-tell" } else { "abs-confirm" })) }
                    }
                    " " (self.other_way(row)) " "
                    a.button href=(self.at()) { (w.say("opt-leave")) }
                    p.sub { (w.say_with("abs-until", &[("time", until.into())])) }
                },
                AbsenceState::Confirmed => {
                    div.done role="status" {
                        "✓ " (w.say_with("abs-confirmed", &[("who", row.confirmed_by.clone().unwrap_or_default().into())]))
                        (self.way_back(row))
                        a.button href=(format!("/admin/at/{}/{}", self.location.id, self.date)) { (w.say("to-the-day")) }
                    }
                },
                AbsenceState::Undone => { div.done role="status" { (w.say("abs-undone")) } },
                AbsenceState::Expired | AbsenceState::Outdated => {
                    p.warning { (w.say("abs-old")) }
                    @if let Some(newer) = &row.replaced_by { a.button href=(format!("{}?look={newer}", self.at())) { (w.say("abs-newer")) } }
                },
            }
        }
    }

    /// The same absence with the other answer to whether told customers may be moved.
    fn other_way(&self, row: &AbsenceRow) -> Markup {
        let w = self.w();
        let clock = |at: crate::domain::Minute| at.to_rfc3339(self.location.timezone);
        html! {
            form.inline method="post" action=(self.at()) {
                (self.visit.carried(self.app))
                input type="hidden" name="person" value=(row.resource_id);
                input type="hidden" name="from" value=(clock(row.span.start));
                input type="hidden" name="to" value=(clock(row.span.end));
                input type="hidden" name="reason" value=(row.reason);
                @if !row.may_move { input type="hidden" name="tell" value="1"; }
                button type="submit" { (w.say(if row.may_move { "abs-without-telling" } else { "abs-with-telling" })) }
            }
        }
    }

    /// One day in its four groups.
    fn day(&self, planned: &PlannedDay, day: &Day) -> Markup {
        let w = self.w();
        let groups = &planned.groups;
        let affected: Vec<&String> = planned.affected.all().collect();
        // Who stays is of interest where the absence had reached them.
        let kept: Vec<&String> = groups.kept.iter().filter(|id| affected.contains(id)).collect();
        html! {
            section.card-box aria-label=(w.date(planned.date)) {
                h2 { a href=(format!("/admin/at/{}/{}", self.location.id, planned.date)) { (w.date(planned.date)) } }
                p.sub { (w.count("abs-affected", affected.len())) }
                (group(w, "abs-unplaced", &groups.unplaced, |id| self.left(planned, day, id)))
                (group(w, "abs-told", &groups.to_be_told, |id| step(w, planned, day, id)))
                (group(w, "abs-silent", &groups.moved_silently, |id| step(w, planned, day, id)))
                @if !kept.is_empty() { (group(w, "abs-kept", &kept, |id| html! { (lines::line_of(w, day, id)) })) }
                @if !groups.kept.is_empty() { p.sub { (w.count("abs-kept-all", groups.kept.len())) } }
            }
        }
    }

    /// Somebody whom nobody would serve: why, and what would help.
    fn left(&self, planned: &PlannedDay, day: &Day, id: &str) -> Markup {
        let w = self.w();
        let waiting = planned.attention.iter().find(|one| one.booking_id == id);
        let why = waiting.map(|one| lines::why_on_file(w, day, one.witness.as_ref(), &one.reason));
        let found = planned.repairs.as_array().into_iter().flatten().filter(|one| one["booking"] == *id);
        let repairs = found.flat_map(|one| one["repairs"].as_array().cloned().unwrap_or_default());
        let helps: Vec<Change> = repairs.filter_map(|one| serde_json::from_value(one["change"].clone()).ok()).collect();
        html! {
            b { (lines::line_of(w, day, id)) }
            @if let Some(why) = why { br; (why) }
            @if !helps.is_empty() { div.sub { (w.say("abs-helps")) ul { @for change in helps.iter().take(HELPS_MAX) { li { (lines::change(w, day, change)) } } } } }
        }
    }

    fn undone(&self, report: &UndoReport, days: &[(PlannedDay, Day)]) -> Markup {
        let w = self.w();
        let on = |id: &str| days.iter().find(|(_, day)| day.booking(id).is_some()).or(days.first()).map(|(_, day)| day);
        let line = |id: &str| on(id).map_or_else(|| id.to_owned(), |day| lines::line_of(w, day, id));
        let why = |left: &Left| on(&left.booking_id).map_or_else(|| left.why.clone(), |day| told::on(w, day, &left.why));
        html! {
            p { (w.count("abs-restored", report.restored.len())) }
            @if !report.left.is_empty() {
                p.warning { (w.count("abs-stayed", report.left.len())) }
                ul { @for left in &report.left { li { b { (line(&left.booking_id)) } ": " (why(left)) } } }
            }
        }
    }
}

/// How far ahead confirmed absences are listed: ten years.
const AHEAD_MINUTES: i64 = 10 * 366 * 1440;

/// Repairs that are named beside each whom nobody would serve.
const HELPS_MAX: usize = 3;

/// What a question is about, in the visitor's words; the question itself is in the words of who asked.
fn asked_in_words(about: About) -> &'static str {
    match about {
        About::Who => "abs-about-who",
        About::When => "abs-about-when",
        About::Past => "abs-about-past",
        About::Backwards => "abs-about-backwards",
        About::Word => "abs-about-word",
        About::NotAnAbsence => "abs-about-other",
    }
}

fn group<S: AsRef<str>>(w: &Words, name: &str, ids: &[S], line: impl Fn(&str) -> Markup) -> Markup {
    html! {
        @if !ids.is_empty() {
            h3 { (w.count(name, ids.len())) }
            ul { @for id in ids { li { (line(id.as_ref())) } } }
        }
    }
}

fn step(w: &Words, planned: &PlannedDay, day: &Day, id: &str) -> Markup {
    match planned.moves.iter().find(|step| step.booking_id == id) {
        Some(step) => lines::moved(w, day, id, &step.before.resources, &step.after.resources),
        None => html! { (lines::line_of(w, day, id)) },
    }
}

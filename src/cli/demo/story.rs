//! The story itself, chapter by chapter.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::bail;
use chrono::{Days, NaiveDate};

use super::cast::{self, ASKS, Ask, LATECOMER, SATURDAY, SPA, ZONE};
use crate::booking::{Outcome, Request, book, free, reschedule};
use crate::cli::output::{print, table};
use crate::cli::{absence as absence_words, optimize as optimize_words, solve};
use crate::clock::{Clock, SetClock};
use crate::domain::local;
use crate::notify::{ConsoleSender, deliver};
use crate::operations::absence::{Absence, absence, search};
use crate::operations::finalize_due;
use crate::operations::night::{RunOptions, Told, optimize};
use crate::store::{BookingRow, DayView, NewBooking, OutboxClass, Store};

/// Columns that the story fits into.
const WIDTH: usize = 98;

/// The stage: the database, the day that it is all about, and a clock that stands where the story is.
struct Stage<'s> {
    store: &'s dyn Store,
    day: NaiveDate,
    /// The day on which the bookings come in.
    asked_on: NaiveDate,
    clock: SetClock,
}

/// Tells it from the first booking to the last message.
pub async fn tell(store: &dyn Store) -> anyhow::Result<()> {
    let stage = Stage::begin(store, SATURDAY, SATURDAY - Days::new(2)).await?;
    stage.the_nights_run().await?;
    stage.grace_is_out_sick().await?;
    stage.what_waits_for_a_person().await?;
    stage.the_cutoff().await?;
    stage.daniel_is_out_sick().await
}

/// Tells how the bookings of the next day come in whose names are not told yet, and leaves the rest to whoever tries it. Which day that is.
pub async fn begin(store: &dyn Store, clock: &dyn Clock) -> anyhow::Result<NaiveDate> {
    let today = local::local_date(ZONE, clock.now());
    // Somebody who comes in the afternoon has an evening before the cutoff all the same.
    let is_late = clock.now_minute() >= local::instant(ZONE, today, LATE_MINUTE);
    let day = today + Days::new(if is_late { 2 } else { 1 });
    Stage::begin(store, day, today - Days::new(1)).await?;
    Ok(day)
}

/// From when on tomorrow's cutoff, 18:00, is too near to try things: 16:00.
const LATE_MINUTE: u32 = 16 * 60;

impl<'s> Stage<'s> {
    /// Writes the spa, and lets the bookings of the day come in.
    async fn begin(store: &'s dyn Store, day: NaiveDate, asked_on: NaiveDate) -> anyhow::Result<Stage<'s>> {
        cast::write(store).await?;
        let stage = Stage { store, day, asked_on, clock: SetClock::at(local::instant(ZONE, asked_on, 0).to_utc()) };
        stage.the_team().await?;
        stage.bookings_come_in().await?;
        stage.a_temp_is_added().await?;
        Ok(stage)
    }
}

impl Stage<'_> {
    /// The day before, when it is decided.
    fn eve(&self) -> NaiveDate {
        self.day - Days::new(1)
    }

    fn weekday(&self) -> String {
        self.day.format("%A").to_string()
    }

    /// Sets the clock on the wall and says so.
    fn chapter(&self, date: NaiveDate, minute: u32, title: &str) -> anyhow::Result<()> {
        self.set(date, minute);
        let rule = "─".repeat(WIDTH);
        print(format_args!("\n{rule}\n{} {:02}:{:02}  {title}\n{rule}\n", date.format("%A"), minute / 60, minute % 60))
    }

    fn set(&self, date: NaiveDate, minute: u32) {
        self.clock.set(local::instant(ZONE, date, minute).to_utc());
    }

    async fn the_team(&self) -> anyhow::Result<()> {
        print(format_args!(
            "A spa in Nairobi, and its {}. Customers book a time; who serves them is\ndecided the night before and told at the cutoff, 18:00 on {}.\n",
            self.day.format("%A, %-d %B %Y"),
            self.eve().format("%A")
        ))?;
        print(self.duty_roster().await?)
    }

    async fn duty_roster(&self) -> anyhow::Result<String> {
        let day = self.store.day(SPA, self.day, DayView::Live).await?;
        let rows = day.sheet.resources.iter().map(|person| {
            let hours: Vec<String> = person.shifts.iter().map(|s| format!("{}–{}", s.start.to_clock(ZONE), s.end.to_clock(ZONE))).collect();
            let can: Vec<&str> = person.qualifications.iter().map(String::as_str).collect();
            let temp = if person.temporary { "temp" } else { "" };
            [person.name.clone(), person.gender.clone().unwrap_or_default(), can.join(", "), hours.join(", "), temp.to_owned()]
        });
        Ok(table(["on duty", "", "can do", "hours", ""], rows))
    }

    /// Asks for a time the way the web or the desk does.
    async fn ask(&self, id: &str, ask: &Ask) -> anyhow::Result<Outcome> {
        let new = NewBooking {
            id: Some(id.to_owned()),
            customer_id: Some(ask.name.to_lowercase()),
            gender: ask.gender.map(str::to_owned),
            ..NewBooking::new(SPA, ask.service, local::instant(ZONE, self.day, ask.start))
        };
        Ok(book(self.store, &self.clock, &Request::new(new, "web")).await?)
    }

    async fn bookings_come_in(&self) -> anyhow::Result<()> {
        self.chapter(self.asked_on, ASKS[0].asked, "bookings come in")?;
        let mut rows = Vec::new();
        for (k, ask) in ASKS.iter().enumerate() {
            self.set(self.asked_on, ask.asked);
            let Outcome::Taken(row) = self.ask(&format!("b{:02}", k + 1), ask).await? else { bail!("{} was to be taken", ask.name) };
            rows.push(self.booking_row(ask, &row).await?);
        }
        print(table(["asked", "", "customer", "service", &self.weekday(), "wish", "held by", ""], rows))?;
        print(
            "\nEach is held by the least-busy person who is free and may serve it, so a time that is offered can be\nserved. The customer hears no name yet:\n",
        )?;
        self.messages(2).await
    }

    async fn booking_row(&self, ask: &Ask, row: &BookingRow) -> anyhow::Result<[String; 8]> {
        let day = self.store.day(SPA, self.day, DayView::Live).await?;
        let who: Vec<&str> = row.resources.iter().map(|id| day.resource_name(id)).collect();
        let service = row.service_id.as_ref().and_then(|id| day.services.get(id)).cloned().unwrap_or_default();
        let asked = format!("{:02}:{:02}", ask.asked / 60, ask.asked % 60);
        let wish = ask.gender.map(|g| format!("a {g}")).unwrap_or_default();
        Ok([
            asked,
            row.id.clone(),
            ask.name.to_owned(),
            service,
            row.span.start.to_clock(ZONE),
            wish,
            who.join(" and "),
            row.status.as_str().to_owned(),
        ])
    }

    async fn a_temp_is_added(&self) -> anyhow::Result<()> {
        self.chapter(self.asked_on, LATECOMER.asked, "one too many, and a temp")?;
        let Outcome::NoRoom(room) = self.ask("b16", &LATECOMER).await? else { bail!("there was to be no room") };
        let nearby: Vec<String> = room.nearby.iter().map(|at| at.to_clock(ZONE)).collect();
        print(format_args!(
            "{} asks for deep tissue at {}. Nobody who can do it is free then;\nfree that day: {}.",
            LATECOMER.name,
            room.asked.to_clock(ZONE),
            nearby.join(", ")
        ))?;
        let temp = cast::temp(self.day);
        self.store.upsert_resource(&temp).await?;
        self.store.upsert_rule(SPA, &cast::temp_hours()).await?;
        print(format_args!("\nThe manager adds a temp for {}, {}, 11:00–18:00. {} tries again:\n", self.weekday(), temp.name, LATECOMER.name))?;
        self.set(self.asked_on, LATECOMER.asked + 5);
        let Outcome::Taken(row) = self.ask("b16", &LATECOMER).await? else { bail!("there was to be room") };
        let line = self.booking_row(&LATECOMER, &row).await?;
        print(table(["asked", "", "customer", "service", &self.weekday(), "wish", "held by", ""], [line]))?;
        print("")?;
        self.messages(1).await
    }

    async fn the_nights_run(&self) -> anyhow::Result<()> {
        self.chapter(self.eve(), 2 * 60, "the night's run")?;
        print(
            "The whole of Saturday is dealt anew: everyone served first, then wishes, then a fair share of the\nwork, and as few moves as that allows. This house applies what is at least 3 % better.\n",
        )?;
        let report = optimize(self.store, &self.clock, SPA, self.day, &RunOptions::night("night-run")).await?;
        print(solve::tiers_table(&report.plan))?;
        print(format_args!("\n{}\n", wrapped(&report.run.rationale, "")))?;
        print(optimize_words::moves(&report))?;
        print("\nNobody was told a name, so nobody has to be told that it changed.")
    }

    async fn grace_is_out_sick(&self) -> anyhow::Result<()> {
        self.chapter(self.eve(), 7 * 60 + 10, "Grace is out sick tomorrow")?;
        let location = self.store.location(SPA).await?;
        let away = Absence::days(&location, "grace", self.day, self.day, "sick");
        let options = RunOptions::repair("manager", Told::Keep);
        print("First a look at what it means; nothing is written:\n")?;
        print(absence_words::in_words(&search(self.store, &self.clock, &away, &options).await?))?;
        self.set(self.eve(), 7 * 60 + 14);
        let report = absence(self.store, &self.clock, &away, &options).await?;
        let applied = report.days.iter().filter_map(|day| day.run.as_ref());
        for run in applied {
            print(format_args!("\n{}", wrapped(&format!("The manager confirms, and it is {}.", run.run.rationale), "")))?;
        }
        Ok(())
    }

    async fn what_waits_for_a_person(&self) -> anyhow::Result<()> {
        self.chapter(self.eve(), 9 * 60 + 30, "what waits for a person")?;
        for one in self.store.open_attention(SPA, Some(self.day)).await? {
            let booking = self.store.booking(&one.booking_id).await?;
            let service = booking.service_id.clone().unwrap_or_default();
            let times = free::times(self.store, &self.clock, SPA, &service, self.day, None).await?;
            let Some(&time) = times.iter().find(|at| **at > booking.span.start) else { bail!("a later time was to be free") };
            let clock: Vec<String> = times.iter().map(|at| at.to_clock(ZONE)).collect();
            let words = format!("{} ({}): {}. Free for it that day: {}.", one.booking_id, one.code, one.reason, clock.join(", "));
            print(wrapped(&words, ""))?;
            let customer = self.store.customer(cast::TENANT, booking.customer_id.as_deref().unwrap_or_default()).await?;
            let name = customer.map(|customer| customer.name).unwrap_or_default();
            let Outcome::Taken(_) = reschedule(self.store, &self.clock, &booking.id, time, None, "manager").await? else {
                bail!("it was to be free")
            };
            print(format_args!("\nThe manager phones {name}, who is as happy with {}.", time.to_clock(ZONE)))?;
        }
        Ok(())
    }

    async fn the_cutoff(&self) -> anyhow::Result<()> {
        self.chapter(self.eve(), 18 * 60, "the cutoff")?;
        for (_, report) in finalize_due(self.store, &self.clock, "cutoff").await? {
            print(format_args!("{} bookings are finalized, and {} messages go out:\n", report.finalized.len(), report.messages.len()))?;
        }
        self.messages(4).await?;
        print(format_args!("\n{}", self.grid().await?))
    }

    async fn daniel_is_out_sick(&self) -> anyhow::Result<()> {
        self.chapter(self.day, 7 * 60 + 5, "Daniel is out sick today")?;
        let location = self.store.location(SPA).await?;
        let away = Absence::days(&location, "daniel", self.day, self.day, "sick");
        print("His customers know his name. The manager decides to move those who fit and to tell them again:\n")?;
        let report = absence(self.store, &self.clock, &away, &RunOptions::repair("manager", Told::MayMove)).await?;
        print(absence_words::in_words(&report.days))?;
        print("\nOnly they hear of it:\n")?;
        self.messages(usize::MAX).await?;
        print(format_args!("\nThe day as it stands:\n\n{}\n", self.grid().await?))
    }

    /// The day by person.
    async fn grid(&self) -> anyhow::Result<String> {
        let day = self.store.day(SPA, self.day, DayView::Live).await?;
        let line = |ids: &dyn Fn(&BookingRow) -> bool| {
            let mut bookings: Vec<&BookingRow> = day.bookings.iter().filter(|b| ids(b)).collect();
            bookings.sort_by_key(|b| b.span);
            let minutes: i64 = bookings.iter().map(|b| b.span.minutes()).sum();
            let each: Vec<String> = bookings.iter().map(|b| format!("{} {}", b.span.start.to_clock(ZONE), b.id)).collect();
            (each.join("  "), minutes.to_string())
        };
        let mut rows: Vec<[String; 3]> = Vec::new();
        for person in &day.sheet.resources {
            let (each, minutes) = line(&|b| b.resources.contains(&person.id));
            rows.push([person.name.clone(), each, minutes]);
        }
        let (each, minutes) = line(&|b| b.resources.is_empty());
        if !each.is_empty() {
            rows.push(["nobody".to_owned(), each, minutes]);
        }
        Ok(table(["", "Saturday", "minutes"], rows))
    }

    /// Delivers what is due and shows the first `shown` messages.
    async fn messages(&self, shown: usize) -> anyhow::Result<()> {
        let paper = Paper::default();
        deliver(self.store, &self.clock, OutboxClass::Message, &ConsoleSender::to(Box::new(paper.clone()))).await?;
        let text = paper.text();
        let all: Vec<&str> = text.lines().collect();
        for line in all.iter().take(shown) {
            print(wrapped(line, "  "))?;
        }
        if all.len() > shown {
            print(format_args!("  … and {} more like these", all.len() - shown))?;
        }
        Ok(())
    }
}

/// Breaks a line at [`WIDTH`]; what follows the first line is indented by four more.
fn wrapped(text: &str, indent: &str) -> String {
    let mut out = indent.to_owned();
    let mut column = indent.len();
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > indent.len() && column + 1 + length > WIDTH {
            out.push_str(&format!("\n{indent}    "));
            column = indent.len() + 4;
        } else if column > indent.len() {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

/// What the console sender prints on, to be read back.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

//! The board as markup. Places are classes, since a page has no inline style; what colour says is said by a sign and in words, too.

use maud::{Markup, html};

use super::super::css;
use super::super::form;
use super::super::names::on_day;
use super::super::visit::Visit;
use super::super::words::Words;
use super::board::{Board, Column, Item, Load, Standing};
use super::{Looked, Shown};
use crate::domain::{Minute, ResourceKind};
use crate::http::app::App;
use crate::store::BookingRow;

/// Everything that the page of a day is drawn from.
pub(super) struct Drawing<'a> {
    pub(super) app: &'a App,
    pub(super) visit: &'a Visit,
    pub(super) looked: &'a Looked,
    pub(super) board: &'a Board<'a>,
    pub(super) shown: &'a Shown,
    pub(super) now: Minute,
    /// The address of what is shown, for the history of a browser.
    pub(super) here: &'a str,
}

impl Drawing<'_> {
    fn w(&self) -> &'static Words {
        self.visit.words()
    }

    /// The address of this day, with the filters that are on and these members.
    pub(super) fn address(&self, more: &[(&str, &str)]) -> String {
        address(self.looked, self.shown, more)
    }

    /// Everything below the title.
    pub(super) fn page(&self, panel: &Markup) -> Markup {
        let day = &self.looked.day;
        let at = format!("/admin/at/{}/{}", day.location.id, day.sheet.date);
        html! {
            div.day #day data-version=(self.looked.seen) data-at=(at) data-here=(self.here) data-again=(self.address(&[])) data-lost=(self.w().say("live-lost")) data-failed=(self.w().say("act-failed"))
                data-may-give=[self.visit.may("POST", "/admin/at/{location}/{date}/give").then_some("")] {
                (self.toolbar(&at))
                (super::hand::notice(self))
                div.split {
                    (self.board())
                    (panel)
                }
                form #give-form hidden method="post" action=(format!("{at}/give")) { (self.visit.carried(self.app)) }
                (self.legend())
            }
        }
    }

    fn toolbar(&self, at: &str) -> Markup {
        let (w, day) = (self.w(), &self.looked.day);
        let date = day.sheet.date;
        let place = format!("/admin/at/{}", day.location.id);
        let steps = [(date.pred_opt(), "day-before", "‹"), (date.succ_opt(), "day-after", "›")];
        let doings = [("book", "do-book"), ("optimize", "do-optimize"), ("absence", "do-absence"), ("temp", "do-temp")];
        html! {
            div.toolbar {
                div.steps {
                    @for (to, name, sign) in steps { @if let Some(to) = to { a.button.step href=(format!("{place}/{to}")) rel=(if sign == "‹" { "prev" } else { "next" }) aria-label=(w.say(name)) { (sign) } } }
                    a.button href=(place) { (w.say("today")) }
                }
                div.doings {
                    @for (path, name) in doings {
                        @if !self.looked.is_over && self.visit.may("GET", &format!("/admin/at/{{location}}/{{date}}/{path}")) { a.button href=(format!("{at}/{path}")) { (w.say(name)) } }
                    }
                }
                details.other open[self.is_filtered()] {
                    summary { (w.say("other-day")) }
                    form.inline method="get" action=(place) data-jump=(place) {
                        label.hidden for="jump" { (w.say("jump")) }
                        input #jump type="date" name="date" value=(date);
                        button type="submit" { (w.say("go")) }
                    }
                    (self.filters(at))
                }
            }
            p.facts { (self.facts()) }
        }
    }

    /// Bookings, people, and what waits, in a line.
    fn facts(&self) -> String {
        let (w, day) = (self.w(), &self.looked.day);
        let on_duty = |c: &&Column<'_>| c.resource.is_some_and(|r| r.kind == ResourceKind::Staff) && c.load.capacity > 0;
        let people = self.board.columns.iter().filter(on_duty).count();
        let mut facts = vec![w.count("fact-bookings", day.bookings.len() + self.looked.over.len()), w.count("fact-people", people)];
        if !self.looked.attention.is_empty() {
            facts.push(w.count("fact-waiting", self.looked.attention.len()));
        }
        if !self.board.absent.is_empty() {
            let names: Vec<String> = self.board.absent.iter().map(|one| on_day(day, &one.id)).collect();
            facts.push(w.say_with("fact-absent", &[("names", names.join(", ").into())]));
        }
        if self.looked.is_over {
            facts.push(w.say("fact-over"));
        }
        facts.push(w.say_with("fact-zone", &[("zone", day.location.timezone.name().into())]));
        facts.join(" · ")
    }

    /// Which bookings are bright.
    fn filters(&self, at: &str) -> Markup {
        let (w, shown) = (self.w(), self.shown);
        let mut services: Vec<(&String, &String)> = self.looked.day.services.iter().collect();
        services.sort_by_key(|(_, name)| name.to_lowercase());
        html! {
            form.inline.filters method="get" action=(at) data-eager {
                label { (w.say("filter-standing")) " "
                    select name="standing" {
                        option value="" { (w.say("filter-all")) }
                        @for standing in Standing::ALL { option value=(standing.word()) selected[shown.standing.as_deref() == Some(standing.word())] { (standing.sign()) " " (w.say(&format!("standing-{}", standing.word()))) } }
                    }
                }
                label { (w.say("filter-service")) " "
                    select name="service" {
                        option value="" { (w.say("filter-all")) }
                        @for (id, name) in services { option value=(id) selected[shown.service.as_ref() == Some(id)] { (name) } }
                    }
                }
                button type="submit" { (w.say("filter-show")) }
            }
        }
    }

    fn legend(&self) -> Markup {
        let w = self.w();
        html! {
            details.legend {
                summary { (w.say("legend")) }
                ul {
                    @for standing in Standing::ALL {
                        li { span class=(format!("sample {}", standing.word())) aria-hidden="true" { (standing.sign()) } " " (w.say(&format!("standing-{}", standing.word()))) " – " (w.say(&format!("standing-{}-means", standing.word()))) }
                    }
                }
                p { (w.say("keys")) }
            }
        }
    }

    fn board(&self) -> Markup {
        let (w, board) = (self.w(), self.board);
        let height = css::height(board.axis.minutes());
        let zone = self.looked.day.location.timezone;
        html! {
            div.board-scroll #board tabindex="0" role="region" aria-label=(w.say("board")) {
                div.board {
                    div.times aria-hidden="true" {
                        div.head {}
                        div class=(format!("lane-box {height}")) {
                            @for hour in board.hours() { span class=(format!("hour {}", css::top(hour.0 - board.axis.start.0))) { (hour.to_clock(zone)) } }
                        }
                    }
                    @for column in &board.columns { (self.column(column, &height)) }
                }
            }
        }
    }

    fn column(&self, column: &Column<'_>, height: &str) -> Markup {
        let w = self.w();
        let id = format!("column-{}", column.id());
        let mut classes = format!("column of{}", column.lanes);
        match column.resource {
            None => classes.push_str(" nobody"),
            Some(resource) if resource.temporary => classes.push_str(" temp"),
            Some(resource) if resource.kind == ResourceKind::Table => classes.push_str(" table"),
            Some(_) => {}
        }
        html! {
            section class=(classes) data-column=(column.id()) aria-labelledby=(id) {
                div.head { (self.head(column, &id)) p.may {} }
                div class=(format!("lane-box {height}")) {
                    @for shade in &column.shades {
                        div class=(format!("shade {} {}{}", css::top(shade.top), css::height(shade.height), if shade.away.is_some() { " away" } else { "" })) {
                            @if let Some(away) = &shade.away { span { (self.away(away)) } } @else { span.hidden { (w.say("off-duty")) } }
                        }
                    }
                    @if let Some(top) = self.board.top_of(self.now) { div class=(format!("now {}", css::top(top))) {} }
                    @if column.items.is_empty() { p.hidden { (w.say(if column.resource.is_none() { "nobody-waits" } else { "nothing-booked" })) } }
                    ol { @for item in &column.items { li { (self.card(column, item)) } } }
                }
            }
        }
    }

    /// Words that the house uses for time away are said in the visitor's language; what somebody wrote is said as it is.
    fn away(&self, reason: &str) -> String {
        if reason.is_empty() { self.w().say("away") } else { self.w().known(&format!("away-{reason}"), reason) }
    }

    fn head(&self, column: &Column<'_>, id: &str) -> Markup {
        let w = self.w();
        let Some(resource) = column.resource else {
            return html! { h2 id=(id) { span.name { (w.say("unassigned")) } } p.sub { (w.count("waiting-here", column.items.len())) } };
        };
        let able: Vec<&str> = resource.qualifications.iter().map(String::as_str).collect();
        html! {
            h2 id=(id) { span.name { (on_day(&self.looked.day, &resource.id)) } @if resource.temporary { " " span.tag { (w.say("temp")) } } }
            p.sub title=(able.join(", ")) {
                @if let Some(gender) = &resource.gender { span.gender { (self.gender(gender)) } " " }
                @if resource.kind == ResourceKind::Table { (w.count("seats", resource.seats as usize)) } @else { (able.join(", ")) }
            }
            (self.load(column.load))
        }
    }

    pub(super) fn gender(&self, gender: &str) -> String {
        gender_in_words(self.w(), gender)
    }

    /// A bar as long as somebody's duty, filled as far as they are busy, with a mark at their fair share.
    fn load(&self, load: Load) -> Markup {
        let w = self.w();
        let share = |minutes: i64| if load.capacity > 0 { (100 * minutes / load.capacity).clamp(0, 100) } else { 0 };
        let over = load.target.is_some_and(|target| load.minutes > target + target / 5 + 15);
        let said = match load.target {
            Some(target) => w.say_with("load-of-target", &[("load", w.minutes(load.minutes).into()), ("target", w.minutes(target).into())]),
            None => w.say_with("load", &[("load", w.minutes(load.minutes).into())]),
        };
        html! {
            p class=(if over { "load above" } else { "load" }) title=(w.say_with("load-means", &[("capacity", w.minutes(load.capacity).into())])) {
                span.bar aria-hidden="true" {
                    span class=(format!("fill w{}", share(load.minutes))) {}
                    @if let Some(target) = load.target { span class=(format!("mark x{}", share(target))) {} }
                }
                span.said { (said) @if over { " " strong { (w.say("load-over")) } } }
            }
        }
    }

    fn card(&self, column: &Column<'_>, item: &Item<'_>) -> Markup {
        let (w, day, booking) = (self.w(), &self.looked.day, item.booking);
        let zone = day.location.timezone;
        let standing = w.say(&format!("standing-{}", item.standing.word()));
        let (service, customer) = (service(day, booking), customer(day, booking).unwrap_or_default());
        let able = able(booking);
        let wish = booking.gender.as_deref().map(|gender| w.say_with("wish", &[("gender", self.gender(gender).into())]));
        let mut told = vec![w.span(booking.span, zone), service.clone(), customer.clone(), standing.clone()];
        told.extend(wish.clone());
        told.extend((!able.is_empty()).then(|| able.clone()));
        told.retain(|part| !part.is_empty());
        let is_open = self.shown.booking.as_ref() == Some(&booking.id);
        // Of several who serve it, whose place it is about.
        let of = [("booking", booking.id.as_str()), ("from", column.id())];
        let members = if booking.resources.len() > 1 { &of[..] } else { &of[..1] };
        let classes = format!(
            "card {} {} {} lane{}{}{}{}",
            item.standing.word(),
            css::top(item.top),
            css::height(item.height),
            item.lane,
            if self.is_dim(item) { " dim" } else { "" },
            if item.height < 40 { " short" } else { "" },
            if is_open { " open" } else { "" }
        );
        // A day has hundreds of these, so each has as little in it as will do.
        html! {
            a id=(format!("card-{}-{}", booking.id, column.id())) class=(classes) href=(self.address(members)) title=(told.join(" · ")) draggable="false"
                data-booking=(booking.id) data-from=(column.id()) data-movable[item.movable] aria-current=[is_open.then_some("true")] {
                i role="img" aria-label=(standing) { (item.standing.sign()) } (booking.span.start.to_clock(zone))
                @if let Some(gender) = &booking.gender { " " span.wish { (self.gender(gender)) } }
                " " br; b { (service) }
                @if !customer.is_empty() { " " br; (customer) }
                @if !able.is_empty() { " " br; small { (able) } }
            }
        }
    }

    /// Is anything filtered?
    fn is_filtered(&self) -> bool {
        [&self.shown.standing, &self.shown.service].iter().any(|word| word.as_ref().is_some_and(|word| !word.is_empty()))
    }

    /// Is it not one of those that were asked for?
    fn is_dim(&self, item: &Item<'_>) -> bool {
        let asked = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        asked(&self.shown.standing).is_some_and(|word| word != item.standing.word())
            || asked(&self.shown.service).is_some_and(|service| item.booking.service_id.as_ref() != Some(&service))
    }
}

/// The address of a day, with the filters that are on and these members.
pub(super) fn address(looked: &Looked, shown: &Shown, more: &[(&str, &str)]) -> String {
    let kept = [("standing", shown.standing.as_deref()), ("service", shown.service.as_deref())];
    let kept = kept.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    form::address(&format!("/admin/at/{}/{}", looked.day.location.id, looked.day.sheet.date), kept.chain(more.iter().copied()))
}

/// A gender on file in words; others than the two that have some as they were written.
pub(in super::super) fn gender_in_words(w: &Words, gender: &str) -> String {
    w.known(&format!("gender-{}", gender.to_lowercase()), gender)
}

/// What was booked.
pub(in super::super) fn service(day: &crate::store::Day, booking: &BookingRow) -> String {
    let id = booking.service_id.clone().unwrap_or_default();
    day.services.get(&id).cloned().unwrap_or(id)
}

/// Who booked.
pub(in super::super) fn customer(day: &crate::store::Day, booking: &BookingRow) -> Option<String> {
    let id = booking.customer_id.as_ref()?;
    Some(day.customers.get(id).map_or_else(|| id.clone(), |customer| customer.name.clone()))
}

/// What those who serve it have to be able to do.
fn able(booking: &BookingRow) -> String {
    let all: std::collections::BTreeSet<&str> = booking.demands.iter().flat_map(|demand| demand.qualifications.iter().map(String::as_str)).collect();
    all.into_iter().collect::<Vec<_>>().join(", ")
}

//! What is asked back, in the language that was spoken.

use chrono::{Datelike, NaiveDate};

use super::{DAYS_MAX, WORDS_MAX};
use crate::domain::Language;

/// A question. Texts are what was said, or what it could be.
#[derive(Debug, Clone)]
pub(super) enum Ask<'a> {
    LongText,
    NobodyNamed,
    Stranger { said: &'a str, near: Vec<&'a str> },
    TwoNamed(&'a str, &'a str),
    Namesakes { said: &'a str, count: usize },
    Misspelt { said: &'a str, near: &'a str },
    Unknown(&'a str),
    IsQuestion,
    Undoes,
    IsThere,
    AbsenceOrNot,
    SaysNothing,
    Repeated(&'a str),
    WhichHalf,
    CouldBe { said: &'a str, ways: Vec<&'a str> },
    WhichDay { said: &'a str, a: NaiveDate, b: NaiveDate },
    NoDay(&'a str),
    OtherDate { said: &'a str, date: NaiveDate },
    Passed { this: NaiveDate, next: NaiveDate },
    NotThisMonth { said: &'a str, next: NaiveDate },
    NotThisYear { said: &'a str, next: NaiveDate },
    BesideTime(&'a str),
    BesidePart(&'a str),
    BesideDay(&'a str),
    BesideDays(&'a str),
    StillPart(&'a str),
    AwayThenToo(&'a str),
    ThereAgain(&'a str),
    HowLong(&'a str),
    FromOrUntil(&'a str),
    NoTime(&'a str),
    NotInPart(&'a str),
    TimesBackwards(&'a str),
    DaysBackwards { from: NaiveDate, to: NaiveDate },
    PartsBackwards,
    DayIsOver(NaiveDate),
    IsOver,
    TooManyDays,
    NoSuchHour,
    UntilWhenFrom(NaiveDate),
    UntilWhen,
    NotOneAfterTheOther,
    EndsAndParts,
    TwoEnds,
    WhichDayBegins,
    FromWhen,
    LateUntil,
    AwayFrom,
    TimesOfDays,
    TodayAnd(NaiveDate),
    LengthFromWhen,
    LongerThanADay,
    TimesOrDays,
    OnWhichDay,
    When,
}

impl Ask<'_> {
    /// The question in a language.
    pub fn in_words(&self, language: Language) -> String {
        match language {
            Language::English => self.in_english(),
            Language::Swahili => self.in_swahili(),
        }
    }

    fn in_english(&self) -> String {
        let spelt = |date: &NaiveDate| spelt(*date, Language::English);
        match self {
            Ask::LongText => format!("that is a long text; say who is away and when in at most {WORDS_MAX} characters"),
            Ask::NobodyNamed => "who is away? Nobody is named".into(),
            Ask::Stranger { said, near } if near.is_empty() => format!("nobody here is called {said:?}; who is away?"),
            Ask::Stranger { said, near } => format!("nobody here is called {said:?}; did you mean {}?", near.join(" or ")),
            Ask::TwoNamed(a, b) => format!("that names {a:?} and {b:?}; one absence is one person's: say it for each of them"),
            Ask::Namesakes { said, count } => format!("{count} people are called {said:?}; which of them?"),
            Ask::Misspelt { said, near } => format!("{said:?} is not clear; did you mean {near:?}?"),
            Ask::Unknown(said) => format!(
                "{said:?} is not clear here; say who, when and why, such as \"Grace is on leave from Monday to Wednesday\" or \"/absence Grace 2026-11-21..23\""
            ),
            Ask::IsQuestion => "that is a question; say who is away and when".into(),
            Ask::Undoes => "that takes an absence back; undo it by its id".into(),
            Ask::IsThere => "that tells of somebody who is there, not of an absence; an absence is taken back by its undo".into(),
            Ask::AbsenceOrNot => "is that an absence or not? Say only from when to when somebody is away".into(),
            Ask::SaysNothing => "that does not say that somebody is away; say it like \"Grace is out sick today\"".into(),
            Ask::Repeated(said) => format!("{said:?}: one absence is one stretch of time; what comes again belongs in the hours"),
            Ask::WhichHalf => "which half of the day?".into(),
            Ask::CouldBe { said, ways } => format!("{said:?} could be {}; which?", ways.join(" or ")),
            Ask::WhichDay { said, a, b } => format!("{said:?} could be {} or {}; which day?", spelt(a), spelt(b)),
            Ask::NoDay(said) => format!("{said:?} is no day of the calendar"),
            Ask::OtherDate { said, date } => format!("{said:?}: {} is the date; which day is meant?", spelt(date)),
            Ask::Passed { this, next } => format!("{} is over; is {} meant?", spelt(this), spelt(next)),
            Ask::NotThisMonth { said, next } => format!("{said:?}: this month has no such day; is {} meant?", spelt(next)),
            Ask::NotThisYear { said, next } => format!("{said:?}: this year has no such day; is {} meant?", spelt(next)),
            Ask::BesideTime(said) => format!("{said:?} comes beside another time; one absence is one stretch: from when to when?"),
            Ask::BesidePart(said) => format!("{said:?} comes beside another part of the day; one absence is one stretch: from when to when?"),
            Ask::BesideDay(said) => format!("{said:?} comes beside another day; from when to when?"),
            Ask::BesideDays(said) => format!("{said:?} comes beside other days; from when to when?"),
            Ask::StillPart(day) => format!("is {day} still part of it?"),
            Ask::AwayThenToo(day) => format!("away on {day} too"),
            Ask::ThereAgain(day) => format!("there again on {day}"),
            Ask::HowLong(said) => format!("{said:?}: how long is it?"),
            Ask::FromOrUntil(said) => format!("{said:?}: from then on, or until then?"),
            Ask::NoTime(said) => format!("{said:?} is no time here; write 9:00 as 09:00 or 9am, 15:00 or 3pm"),
            Ask::NotInPart(said) => format!("{said:?} is not in that part of the day; which time is meant?"),
            Ask::TimesBackwards(said) => format!("{said:?} ends before it begins; from when to when?"),
            Ask::DaysBackwards { from, to } => format!("it would end on {} and begin on {}; from when to when?", spelt(to), spelt(from)),
            Ask::PartsBackwards => "that ends before it begins; from when to when?".into(),
            Ask::DayIsOver(day) => format!("{} is over; an absence is written for today or later", spelt(day)),
            Ask::IsOver => "that is over already; an absence is written for a time to come".into(),
            Ask::TooManyDays => format!("that is more than {DAYS_MAX} days; say a shorter absence, or take the person off the list"),
            Ask::NoSuchHour => "the clocks change then, and that time does not exist; from when to when?".into(),
            Ask::UntilWhenFrom(day) => format!("from {} until when?", spelt(day)),
            Ask::UntilWhen => "until when?".into(),
            Ask::NotOneAfterTheOther => {
                "the days do not follow one another; one absence is one stretch of time: say it for each of them, or from when to when".into()
            }
            Ask::EndsAndParts => "there are two ends, or a part of the day and several days; from when to when?".into(),
            Ask::TwoEnds => "there are two ends; from when to when?".into(),
            Ask::WhichDayBegins => "on which day does it begin?".into(),
            Ask::FromWhen => "from when?".into(),
            Ask::LateUntil => "late until when?".into(),
            Ask::AwayFrom => "away from when?".into(),
            Ask::TimesOfDays => {
                "these are times of several days; one absence is one stretch of time: say it for each of the days, or from when to when".into()
            }
            Ask::TodayAnd(day) => format!("that is said of today and of {}; which day?", spelt(day)),
            Ask::LengthFromWhen => "how long is clear, but not from when; say from when to when".into(),
            Ask::LongerThanADay => "that is longer than a day; say from when to when".into(),
            Ask::TimesOrDays => "are these times or days? Times need a day with them; days are said like \"from the 2nd to the 5th\"".into(),
            Ask::OnWhichDay => "on which day?".into(),
            Ask::When => "when? Nothing is said about it".into(),
        }
    }

    fn in_swahili(&self) -> String {
        let spelt = |date: &NaiveDate| spelt(*date, Language::Swahili);
        match self {
            Ask::LongText => format!("maneno ni mengi mno; sema nani hayupo na lini kwa herufi zisizozidi {WORDS_MAX}"),
            Ask::NobodyNamed => "nani hayupo? Hakuna aliyetajwa".into(),
            Ask::Stranger { said, near } if near.is_empty() => format!("hakuna anayeitwa {said:?} hapa; nani hayupo?"),
            Ask::Stranger { said, near } => format!("hakuna anayeitwa {said:?} hapa; ulimaanisha {}?", near.join(" au ")),
            Ask::TwoNamed(a, b) => format!("umetaja {a:?} na {b:?}; kutokuwepo kumoja ni kwa mtu mmoja: sema kwa kila mmoja wao"),
            Ask::Namesakes { said, count } => format!("watu {count} wanaitwa {said:?}; ni yupi kati yao?"),
            Ask::Misspelt { said, near } => format!("{said:?} halieleweki; ulimaanisha {near:?}?"),
            Ask::Unknown(said) => format!(
                "{said:?} haieleweki hapa; sema nani, lini na kwa nini, kama \"Grace yuko likizo kuanzia Jumatatu hadi Jumatano\" au \"/absence Grace 2026-11-21..23\""
            ),
            Ask::IsQuestion => "hilo ni swali; sema nani hayupo na lini".into(),
            Ask::Undoes => "hiyo inafuta kutokuwepo; kutendue kwa namba yake".into(),
            Ask::IsThere => "hiyo inasema kwamba mtu yupo, si kwamba hayupo; kutokuwepo kunafutwa kwa kutenduliwa".into(),
            Ask::AbsenceOrNot => "je, hayupo au yupo? Sema tu ni kuanzia lini hadi lini hayupo".into(),
            Ask::SaysNothing => "hiyo haisemi kwamba kuna asiyekuwepo; sema kama \"Grace ni mgonjwa leo\"".into(),
            Ask::Repeated(said) => format!("{said:?}: kutokuwepo kumoja ni kipindi kimoja; kinachojirudia huandikwa kwenye saa za kazi"),
            Ask::WhichHalf => "nusu ipi ya siku?".into(),
            Ask::CouldBe { said, ways } => format!("{said:?} inaweza kuwa {}; ipi?", ways.join(" au ")),
            Ask::WhichDay { said, a, b } => format!("{said:?} inaweza kuwa {} au {}; siku gani?", spelt(a), spelt(b)),
            Ask::NoDay(said) => format!("{said:?} si siku ya kalenda"),
            Ask::OtherDate { said, date } => format!("{said:?}: tarehe hiyo ni {}; siku gani inamaanishwa?", spelt(date)),
            Ask::Passed { this, next } => format!("{} imepita; ni {}?", spelt(this), spelt(next)),
            Ask::NotThisMonth { said, next } => format!("{said:?}: mwezi huu hauna siku hiyo; ni {}?", spelt(next)),
            Ask::NotThisYear { said, next } => format!("{said:?}: mwaka huu hauna siku hiyo; ni {}?", spelt(next)),
            Ask::BesideTime(said) => {
                format!("{said:?} imetajwa pamoja na saa nyingine; kutokuwepo kumoja ni kipindi kimoja: kuanzia lini hadi lini?")
            }
            Ask::BesidePart(said) => {
                format!("{said:?} imetajwa pamoja na sehemu nyingine ya siku; kutokuwepo kumoja ni kipindi kimoja: kuanzia lini hadi lini?")
            }
            Ask::BesideDay(said) => format!("{said:?} imetajwa pamoja na siku nyingine; kuanzia lini hadi lini?"),
            Ask::BesideDays(said) => format!("{said:?} imetajwa pamoja na siku nyingine kadhaa; kuanzia lini hadi lini?"),
            Ask::StillPart(day) => format!("je, {day} imo pia?"),
            Ask::AwayThenToo(day) => format!("{day} hayupo pia"),
            Ask::ThereAgain(day) => format!("{day} yupo tena"),
            Ask::HowLong(said) => format!("{said:?}: ni muda gani?"),
            Ask::FromOrUntil(said) => format!("{said:?}: kuanzia hapo, au hadi hapo?"),
            Ask::NoTime(said) => format!("{said:?} si saa inayojulikana hapa; andika saa tatu asubuhi kama 09:00, na saa tisa mchana kama 15:00"),
            Ask::NotInPart(said) => format!("{said:?} haimo katika sehemu hiyo ya siku; ni saa ngapi?"),
            Ask::TimesBackwards(said) => format!("{said:?} inaisha kabla ya kuanza; kuanzia saa ngapi hadi saa ngapi?"),
            Ask::DaysBackwards { from, to } => format!("ingeisha {} na kuanza {}; kuanzia lini hadi lini?", spelt(to), spelt(from)),
            Ask::PartsBackwards => "hiyo inaisha kabla ya kuanza; kuanzia lini hadi lini?".into(),
            Ask::DayIsOver(day) => format!("{} imepita; kutokuwepo huandikwa kwa leo au baadaye", spelt(day)),
            Ask::IsOver => "hiyo tayari imepita; kutokuwepo huandikwa kwa wakati ujao".into(),
            Ask::TooManyDays => format!("hizo ni zaidi ya siku {DAYS_MAX}; sema muda mfupi zaidi, au mwondoe mtu huyo kwenye orodha"),
            Ask::NoSuchHour => "saa hubadilishwa wakati huo, na muda huo haupo; kuanzia lini hadi lini?".into(),
            Ask::UntilWhenFrom(day) => format!("kuanzia {} hadi lini?", spelt(day)),
            Ask::UntilWhen => "hadi lini?".into(),
            Ask::NotOneAfterTheOther => {
                "siku hizo hazifuatani; kutokuwepo kumoja ni kipindi kimoja: sema kwa kila siku, au kuanzia lini hadi lini".into()
            }
            Ask::EndsAndParts => "kuna miisho miwili, au sehemu ya siku pamoja na siku kadhaa; kuanzia lini hadi lini?".into(),
            Ask::TwoEnds => "kuna miisho miwili; kuanzia lini hadi lini?".into(),
            Ask::WhichDayBegins => "inaanza siku gani?".into(),
            Ask::FromWhen => "kuanzia lini?".into(),
            Ask::LateUntil => "anachelewa hadi saa ngapi?".into(),
            Ask::AwayFrom => "anaondoka saa ngapi?".into(),
            Ask::TimesOfDays => {
                "hizo ni saa za siku kadhaa; kutokuwepo kumoja ni kipindi kimoja: sema kwa kila siku, au kuanzia lini hadi lini".into()
            }
            Ask::TodayAnd(day) => format!("hiyo inasema leo na pia {}; siku gani?", spelt(day)),
            Ask::LengthFromWhen => "muda unajulikana, lakini si unapoanza; sema kuanzia lini hadi lini".into(),
            Ask::LongerThanADay => "hiyo ni zaidi ya siku moja; sema kuanzia lini hadi lini".into(),
            Ask::TimesOrDays => "je, hizo ni saa au siku? Saa zinahitaji siku yake; siku husemwa kama \"kuanzia tarehe 2 hadi tarehe 5\"".into(),
            Ask::OnWhichDay => "siku gani?".into(),
            Ask::When => "lini? Hakuna kilichosemwa kuhusu hilo".into(),
        }
    }
}

const WEEKDAYS: [&str; 7] = ["Jumatatu", "Jumanne", "Jumatano", "Alhamisi", "Ijumaa", "Jumamosi", "Jumapili"];
const MONTHS: [&str; 12] = ["Januari", "Februari", "Machi", "Aprili", "Mei", "Juni", "Julai", "Agosti", "Septemba", "Oktoba", "Novemba", "Desemba"];

/// A day for people: `Friday 27 November 2026`, `Ijumaa 27 Novemba 2026`.
pub(super) fn spelt(date: NaiveDate, language: Language) -> String {
    match language {
        Language::English => date.format("%A %-d %B %Y").to_string(),
        Language::Swahili => {
            let weekday = WEEKDAYS[date.weekday().num_days_from_monday() as usize];
            format!("{weekday} {} {} {}", date.day(), MONTHS[date.month0() as usize], date.year())
        }
    }
}

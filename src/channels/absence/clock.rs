//! Swahili time: the day's hours are counted from six, "saa tatu asubuhi" is 09:00. Yet many write the clock on the wall with the same word, "saa 9
//! asubuhi". A number in words is Swahili time; one in digits is what the part of the day leaves, and asked back where that leaves both.

use std::ops::Range;

use super::hours::{DAY, Reading, Time, clock_of_24, half};
use super::reader::{Found, Reader};

/// Six hours, by which the two ways to count are apart.
const APART: u32 = 6 * 60;
const HALF_DAY: u32 = DAY / 2;

/// A part of the day as it is said of times: what lies in it in Swahili time, and on the clock on the wall.
struct SpokenPart {
    swahili: [Range<u32>; 2],
    wall: [Range<u32>; 2],
}

const fn hours(from: u32, to: u32) -> Range<u32> {
    from * 60..to * 60
}

/// What is said of a time: the words, its hours in Swahili time, and those on the clock on the wall. "Saa kumi na moja asubuhi" is five in the
/// morning; on the clock on the wall the house's morning begins at six.
const PARTS: [(&str, SpokenPart); 7] = [
    ("alfajiri", SpokenPart { swahili: [hours(3, 7), hours(0, 0)], wall: [hours(3, 7), hours(0, 0)] }),
    ("asubuhi", SpokenPart { swahili: [hours(5, 12), hours(0, 0)], wall: [hours(6, 12), hours(0, 0)] }),
    ("adhuhuri", SpokenPart { swahili: [hours(12, 15), hours(0, 0)], wall: [hours(12, 15), hours(0, 0)] }),
    ("mchana", SpokenPart { swahili: [hours(11, 18), hours(0, 0)], wall: [hours(11, 18), hours(0, 0)] }),
    ("alasiri", SpokenPart { swahili: [hours(14, 18), hours(0, 0)], wall: [hours(14, 18), hours(0, 0)] }),
    ("jioni", SpokenPart { swahili: [hours(16, 21), hours(0, 0)], wall: [hours(16, 21), hours(0, 0)] }),
    ("usiku", SpokenPart { swahili: [hours(19, 24), hours(0, 5)], wall: [hours(19, 24), hours(0, 5)] }),
];

impl SpokenPart {
    fn has(&self, (minute, reading): (u32, Reading)) -> bool {
        let ranges = if reading == Reading::Swahili { &self.swahili } else { &self.wall };
        ranges.iter().any(|range| range.contains(&minute))
    }
}

/// What the hand and the words show, before it is known which half of the day it is.
struct Face {
    minutes: u32,
    /// Of the clock of twelve hours.
    of_12: bool,
    /// In words: Swahili time.
    in_words: bool,
    /// `09:00`: the clock on the wall.
    is_wall: bool,
    /// `14:30`, and `10:30` where no word says more.
    is_exact: bool,
    /// A number alone.
    is_bare: bool,
}

fn part(reader: Reader<'_>, i: usize) -> Found<&'static SpokenPart> {
    let start = reader.skip(i, &["ya", "za", "wakati wa"]);
    PARTS.iter().find_map(|(word, part)| Some((part, reader.phrase(start, word)?)))
}

/// A time; a number alone only where `bare` is allowed.
pub(super) fn time(reader: Reader<'_>, i: usize, bare: bool) -> Found<Time> {
    let (before, start) = part(reader, i).filter(|(_, next)| reader.is(*next, "saa")).map_or((None, i), |(part, next)| (Some(part), next));
    let said = reader.phrase(start, "saa");
    let (face, next) = face(reader, said.unwrap_or(start), said.is_some())?;
    let (part, end) = match part(reader, next) {
        Some((part, end)) if before.is_none() => (Some(part), end),
        _ => (before, next),
    };
    let made = |could_be: Vec<(u32, Reading)>, open: bool, next: usize| {
        let at = reader.lexemes[i].at.start..reader.lexemes[next - 1].at.end;
        Some((Time { could_be, open, bare: face.is_bare && part.is_none(), at }, next))
    };
    if let Some((hours, next)) = half(reader, next).filter(|_| face.of_12) {
        return made(exact(face.minutes % HALF_DAY + hours * 60), false, next);
    }
    if face.is_bare && part.is_none() && !(bare && ends_there(reader, next)) {
        return None;
    }
    if face.is_exact && part.is_none() || !face.of_12 {
        let (minutes, _) = clock_of_24(face.minutes, next)?;
        let fits = part.is_none_or(|part| minutes.iter().any(|minute| part.has((*minute, Reading::Wall))));
        return if fits { made(minutes.into_iter().map(|minute| (minute, Reading::Either)).collect(), false, end) } else { None };
    }
    let all = could_be(&face);
    let Some(part) = part else { return made(all, true, end) };
    let fitting: Vec<(u32, Reading)> = all.iter().copied().filter(|one| part.has(*one)).collect();
    match fitting[..] {
        [(only, _)] => made(exact(only), false, end),
        // Nothing that was said lies in that part of the day: it is one or the other, whoever said it.
        [] => {
            let other = if face.is_wall { Reading::Swahili } else { Reading::Wall };
            let minutes = if face.is_wall { face.minutes + APART } else { face.minutes };
            let others = halves(minutes).map(|minute| (minute, other)).into_iter().filter(|one| part.has(*one));
            made(others.chain(all).collect(), false, end)
        }
        _ => made(fitting, false, end),
    }
}

/// A number before one of these is not a time.
fn ends_there(reader: Reader<'_>, next: usize) -> bool {
    reader.any(next, &["/", ":", ".", "%", "siku", "wiki"]).is_none_or(|after| reader.is(next, ".") && reader.lexemes.get(after).is_none())
}

fn exact(minute: u32) -> Vec<(u32, Reading)> {
    let both = if minute.is_multiple_of(DAY) { vec![0, DAY] } else { vec![minute] };
    both.into_iter().map(|minute| (minute, Reading::Either)).collect()
}

fn halves(minutes: u32) -> [u32; 2] {
    [minutes % HALF_DAY, minutes % HALF_DAY + HALF_DAY]
}

fn could_be(face: &Face) -> Vec<(u32, Reading)> {
    let swahili = halves(face.minutes + APART).map(|minute| (minute, Reading::Swahili));
    let wall = halves(face.minutes).map(|minute| (minute, Reading::Wall));
    match (face.in_words, face.is_wall) {
        (true, _) => swahili.into(),
        (false, true) => wall.into(),
        (false, false) => swahili.into_iter().chain(wall).collect(),
    }
}

/// `tatu`, `3`, `3:30`, `saa nane na nusu`.
fn face(reader: Reader<'_>, i: usize, said: bool) -> Found<Face> {
    if let Some((hour, next)) = reader.number(i).filter(|(hour, _)| reader.text(i).len() <= 2 && *hour <= 24) {
        let of_12 = (1..=12).contains(&hour);
        if let Some((minute, after)) = minutes(reader, next, said) {
            let two = reader.is(next, ":") && reader.text(i).len() == 2;
            let is_wall = two && (hour > 12 || reader.text(i).starts_with('0'));
            let is_exact = is_wall || two && !said;
            return Some((Face { minutes: hour * 60 + minute, of_12, in_words: false, is_wall, is_exact, is_bare: false }, after));
        }
        let (minutes, next) = beside(reader, hour * 60, next);
        return Some((Face { minutes, of_12, in_words: false, is_wall: !of_12, is_exact: !of_12, is_bare: !said }, next));
    }
    let (hour, next) = reader.in_words(i).filter(|(hour, _)| (1..=12).contains(hour))?;
    let (minutes, next) = beside(reader, hour * 60, next);
    // Without its "saa" a number in words is a time only where a part of the day follows.
    (said || part(reader, next).is_some())
        .then_some((Face { minutes, of_12: true, in_words: true, is_wall: false, is_exact: false, is_bare: false }, next))
}

/// Minutes behind the hour, in digits: `:30`, and `.30` after "saa".
fn minutes(reader: Reader<'_>, i: usize, said: bool) -> Found<u32> {
    let shaped = reader.any(i, if said { &[":", "."] } else { &[":"] }).is_some() && reader.is_glued(i) && reader.is_glued(i + 1);
    reader.number(i + 1).filter(|(minute, _)| shaped && reader.has_digits(i + 1, 2) && *minute < 60)
}

/// `na nusu`, `kasoro robo`: minutes beside the full hour, in words.
fn beside(reader: Reader<'_>, full: u32, i: usize) -> (u32, usize) {
    let fixed = [("na nusu", 30), ("unusu", 30), ("na robo", 15), ("kasoro robo", -15), ("kasorobo", -15), ("kamili", 0)];
    let counted = [("na dakika", 1), ("kasoro dakika", -1)];
    let found = reader.meant(i, &fixed).or_else(|| {
        let (sign, next) = reader.meant(i, &counted)?;
        let (count, next) = reader.count(next).filter(|(count, _)| *count < 60)?;
        Some((sign * i32::try_from(count).ok()?, next))
    });
    match found {
        Some((minutes, next)) => (full.saturating_add_signed(minutes), next),
        None => (full, i),
    }
}

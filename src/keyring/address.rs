//! Addresses: one spelling for each, so that the same person is found however it was typed, and a masked form for logs and answers.

use std::fmt;

use phonenumber::Metadata;
use phonenumber::metadata::{DATABASE, Descriptor};

/// The longest e-mail address that can be delivered to.
const MAX_EMAIL: usize = 254;

/// The longest number with its country code, in digits.
const MAX_DIGITS: usize = 15;

/// An address that is none: what was given it for, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressError {
    channel: String,
    expected: String,
}

impl fmt::Display for AddressError {
    /// Without the address itself: such a message may be logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no address for {}; expected {}", self.channel, self.expected)
    }
}

impl std::error::Error for AddressError {}

/// The one spelling of an address. Phone numbers (channels `sms`, `whatsapp`, `voice`, `phone`) become E.164 such as `+254700123456`; those
/// without a country code are taken to be of `default_region` (two letters: `KE`). E-mail becomes lower case. Anything else is trimmed.
///
/// # Errors
/// It is no address of that channel; the error says what was expected.
pub fn normalize(channel: &str, address: &str, default_region: Option<&str>) -> Result<String, AddressError> {
    let refused = |expected: String| AddressError { channel: channel.to_owned(), expected };
    match channel {
        "sms" | "whatsapp" | "voice" | "phone" => phone(address, default_region).map_err(refused),
        "email" => email(address).ok_or_else(|| refused("one name, one @ and a domain, such as ruth@example.org".to_owned())),
        _ => match address.trim() {
            "" => Err(refused("some text".to_owned())),
            text => Ok(text.to_owned()),
        },
    }
}

fn email(address: &str) -> Option<String> {
    let address = address.trim().to_lowercase();
    let (name, domain) = address.split_once('@')?;
    let domain_fits = domain.split('.').count() > 1 && domain.split('.').all(|part| !part.is_empty()) && !domain.contains('@');
    let signs_fit = !address.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'));
    (!name.is_empty() && domain_fits && signs_fit && address.len() <= MAX_EMAIL).then_some(address)
}

fn phone(address: &str, default_region: Option<&str>) -> Result<String, String> {
    let home = default_region.map(region).transpose()?;
    let typed = digits(address).ok_or("a phone number in digits, such as +254 700 123 456")?;
    let abroad = typed.strip_prefix('+').or_else(|| dialled_abroad(home?, &typed)).or_else(|| typed.strip_prefix("00"));
    let (international, rest) = (abroad.is_some(), abroad.unwrap_or(&typed));
    let found = match (international, home) {
        (true, _) => of_the_world(rest),
        (false, Some(home)) => of_a_region(home, rest),
        (false, None) => {
            return Err("a phone number with its country code, such as +254 700 123 456, since no country is set for this place".to_owned());
        }
    };
    found.filter(|number| number.len() <= MAX_DIGITS + 1).ok_or_else(|| match home {
        Some(home) if !international => format!("a phone number of {} or one with its country code, such as +254 700 123 456", home.id()),
        _ => "a phone number that its country has, with its country code, such as +254 700 123 456".to_owned(),
    })
}

/// The digits of what was typed, with the plus before them if there is one; none where anything but signs between digits stands there too.
fn digits(address: &str) -> Option<String> {
    let address = address.trim();
    let address = ["tel:", "whatsapp:"].iter().find_map(|scheme| address.strip_prefix(scheme)).unwrap_or(address);
    let mut out = String::new();
    for c in address.chars() {
        match c {
            '0'..='9' => out.push(c),
            '+' | '\u{ff0b}' if out.is_empty() => out.push('+'),
            '-' | '.' | '(' | ')' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            // Copied numbers come wrapped in marks of writing direction that nobody sees.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {}
            c if c.is_whitespace() => {}
            _ => return None,
        }
    }
    Some(out)
}

fn region(code: &str) -> Result<&'static Metadata, String> {
    DATABASE.by_id(&*code.trim().to_ascii_uppercase()).ok_or_else(|| format!("a country of two letters such as KE; {code:?} is none"))
}

/// What follows the digits that one dials in `home` to leave the country.
fn dialled_abroad<'a>(home: &Metadata, typed: &'a str) -> Option<&'a str> {
    let found = home.international_prefix()?.find(typed)?;
    (found.start() == 0 && found.end() < typed.len()).then(|| &typed[found.end()..])
}

/// `254700123456`, with or without the zero that some people leave in: `2540700123456`.
fn of_the_world(digits: &str) -> Option<String> {
    let (code, national) = split_code(digits)?;
    let countries = DATABASE.by_code(&code)?;
    let main = countries.iter().find(|country| country.is_main_country_for_code()).or(countries.first())?;
    let without_trunk = main.national_prefix().and_then(|trunk| national.strip_prefix(trunk));
    let candidates = [Some(national), without_trunk];
    let fits = candidates.into_iter().flatten().find(|national| countries.iter().any(|country| has(country, national)))?;
    Some(format!("+{code}{fits}"))
}

/// `0700123456` as people of that country type it; also with their own country code and no plus.
fn of_a_region(home: &Metadata, digits: &str) -> Option<String> {
    let code = home.country_code().to_string();
    let trunk = home.national_prefix().and_then(|trunk| digits.strip_prefix(trunk));
    let candidates = [Some(digits), trunk];
    if let Some(fits) = candidates.into_iter().flatten().find(|national| has(home, national)) {
        return Some(format!("+{code}{fits}"));
    }
    if let Some(whole) = digits.strip_prefix(&code).filter(|national| has(home, national)) {
        return Some(format!("+{code}{whole}"));
    }
    // Mobile numbers that are dialled otherwise at home than from abroad.
    let parsed = phonenumber::parse(home.id().parse().ok(), digits).ok()?;
    let national = parsed.national().to_string();
    (parsed.code().value() == home.country_code() && has(home, &national)).then(|| format!("+{code}{national}"))
}

/// The country code at the beginning of an international number, and the rest. No code is the beginning of another.
fn split_code(digits: &str) -> Option<(u16, &str)> {
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let code = code.parse().ok().filter(|_| !code.starts_with('0'))?;
        DATABASE.by_code(&code).map(|_| (code, national))
    })
}

/// Could `national` be a number of this country, by its first digits and its length? Ranges that nobody has been given yet are taken too.
fn has(country: &Metadata, national: &str) -> bool {
    let known = country.descriptors();
    let kinds = [
        known.fixed_line(),
        known.mobile(),
        known.toll_free(),
        known.premium_rate(),
        known.shared_cost(),
        known.personal_number(),
        known.voip(),
        known.pager(),
        known.uan(),
    ];
    let mut kinds = kinds.into_iter().flatten();
    let length_fits = |kind: &Descriptor| kind.possible_length().iter().any(|length| usize::from(*length) == national.len());
    let whole = |pattern: &Descriptor| pattern.national_number().find(national).is_some_and(|found| found.range() == (0..national.len()));
    kinds.clone().any(|kind| kind.is_match(national)) || (whole(known.general()) && kinds.any(length_fits))
}

/// What may be shown of an address: `+254•••••123`, `a•••@example.org`. It does not tell how long the address is.
pub fn mask(address: &str) -> String {
    let address = address.trim();
    if let Some((name, domain)) = address.rsplit_once('@') {
        let first: String = name.chars().take(1).collect();
        return format!("{first}•••@{domain}");
    }
    let number: Vec<char> = address.chars().filter(char::is_ascii_digit).collect();
    let is_number = address.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-.()/".contains(c));
    if is_number && number.len() >= 7 {
        let digits: String = number.iter().collect();
        let code = if address.starts_with('+') { split_code(&digits).map(|(code, _)| format!("+{code}")) } else { None };
        return format!("{}•••••{}", code.unwrap_or_default(), &digits[digits.len() - 3..]);
    }
    let first: String = if address.chars().count() > 3 { address.chars().take(1).collect() } else { String::new() };
    format!("{first}•••")
}

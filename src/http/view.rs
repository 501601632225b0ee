//! What is shown of a booking: to customers never a name while it is provisional, to staff everything but full addresses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use chrono_tz::Tz;

use super::app::App;
use super::problem::Problem;
use crate::domain::{AssignmentStatus, BookingState};
use crate::keyring::mask;
use crate::store::{BookingRow, LocationRow, ResourceRow, SlotRow};

/// A time that can be booked.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotView {
    /// Identifier, for the booking.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// What.
    pub service_id: String,
    /// When it starts, with its offset.
    #[schema(format = DateTime)]
    pub start: String,
    /// When it ends, with its offset.
    #[schema(format = DateTime)]
    pub end: String,
}

impl SlotView {
    /// The slot in a zone.
    pub fn of(slot: &SlotRow, zone: Tz) -> SlotView {
        SlotView {
            id: slot.id.clone(),
            location_id: slot.location_id.clone(),
            service_id: slot.service_id.clone(),
            start: slot.span.start.to_rfc3339(zone),
            end: slot.span.end.to_rfc3339(zone),
        }
    }
}

/// Who serves a booking, as far as the customer may know.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// The house says who before the visit.
    ToBeConfirmed,
    /// The person the customer chose.
    Chosen,
    /// The person who was named to the customer.
    Named,
}

/// A booking as its customer sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookingView {
    /// Identifier.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// What.
    pub service_id: Option<String>,
    /// When it starts.
    #[schema(format = DateTime)]
    pub start: String,
    /// When it ends.
    #[schema(format = DateTime)]
    pub end: String,
    /// Where it stands.
    #[schema(format = "zamu-state", example = "held")]
    pub state: String,
    /// Who serves it.
    pub served_by: Promise,
    /// Their names, once they may be known.
    pub names: Vec<String>,
    /// How many people come.
    pub party_size: u32,
    /// The wish for a gender could not be met: nobody of it is on file.
    pub gender_waived: bool,
    /// When the hold runs out, while it is held.
    #[schema(format = DateTime)]
    pub hold_expires_at: Option<String>,
    /// What the customer wrote.
    pub notes: Option<String>,
    /// For changes that must not overwrite another's.
    pub state_version: i64,
    /// What to say to the customer.
    pub message: String,
}

/// A person or table that holds a booking.
#[derive(Debug, Serialize, ToSchema)]
pub struct HolderView {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
}

/// A customer as staff see them.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerView {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Where they are told, masked.
    pub contact: Option<String>,
}

/// A booking as staff see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffBookingView {
    /// What the customer sees, too; `served_by` and `names` are the customer's.
    #[serde(flatten)]
    pub booking: BookingView,
    /// How firmly it is held: provisional, bound or finalized.
    #[schema(format = "zamu-firmness")]
    pub assignment_status: String,
    /// Who holds it.
    pub holders: Vec<HolderView>,
    /// Who booked.
    pub customer: Option<CustomerView>,
    /// The wish for a gender.
    pub gender: Option<String>,
    /// Who asked for it, by the name in their token.
    pub user_id: Option<String>,
    /// Reference of its payment.
    pub payment_ref: Option<String>,
    /// The local day whose sheet it stands on.
    #[schema(format = Date)]
    pub date: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
}

fn promise(booking: &BookingRow) -> Promise {
    match booking.status {
        AssignmentStatus::Provisional => Promise::ToBeConfirmed,
        AssignmentStatus::Bound => Promise::Chosen,
        AssignmentStatus::Finalized => Promise::Named,
    }
}

fn message(booking: &BookingRow, names: &[String]) -> String {
    let waived = if booking.gender_waived { " We have nobody of the gender you asked for, so that wish could not be met." } else { "" };
    let said = match booking.state {
        BookingState::Held => "Held for you; confirm it before the hold runs out.",
        BookingState::Expired => "The hold ran out; choose a time again.",
        BookingState::Cancelled => "Cancelled.",
        BookingState::Completed => "Thank you for your visit.",
        BookingState::NoShow => "You were missed.",
        BookingState::Failed => "It could not be taken.",
        _ if names.is_empty() => "It stands. We'll confirm who serves you before your visit.",
        _ => return format!("It stands. {} will serve you.{waived}", names.join(" and ")),
    };
    format!("{said}{waived}")
}

/// Shows bookings of one location.
pub struct Shower {
    zone: Tz,
    people: Option<Vec<ResourceRow>>,
}

impl Shower {
    /// For one customer's booking: names are only read where they may be known.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn for_customer(app: &App, location: &LocationRow, booking: &BookingRow, zone: Tz) -> Result<Shower, Problem> {
        let may_know = booking.status != AssignmentStatus::Provisional;
        let people = if may_know { Some(app.store.resources(&location.id).await?) } else { None };
        Ok(Shower { zone, people })
    }

    /// For staff.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn for_staff(app: &App, location: &LocationRow, zone: Tz) -> Result<Shower, Problem> {
        Ok(Shower { zone, people: Some(app.store.resources(&location.id).await?) })
    }

    fn name(&self, id: &str) -> String {
        let known = self.people.iter().flatten().find(|person| person.id == id);
        known.map_or_else(|| id.to_owned(), |person| person.name.clone())
    }

    /// What the customer sees.
    pub fn customer(&self, booking: &BookingRow) -> BookingView {
        // A name may be known that was chosen or told; a hold that ran out or was called off names nobody.
        let may_know = booking.status != AssignmentStatus::Provisional && self.people.is_some();
        let names: Vec<String> = if may_know { booking.resources.iter().map(|id| self.name(id)).collect() } else { Vec::new() };
        let until = booking.hold_expires_at.filter(|_| booking.state == BookingState::Held);
        BookingView {
            id: booking.id.clone(),
            location_id: booking.location_id.clone(),
            service_id: booking.service_id.clone(),
            start: booking.span.start.to_rfc3339(self.zone),
            end: booking.span.end.to_rfc3339(self.zone),
            state: booking.state.as_str().to_owned(),
            served_by: promise(booking),
            message: message(booking, &names),
            names,
            party_size: booking.party_size,
            gender_waived: booking.gender_waived,
            hold_expires_at: until.map(|until| until.with_timezone(&self.zone).to_rfc3339()),
            notes: booking.notes.clone(),
            state_version: booking.state_version,
        }
    }

    /// What staff see.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn staff(&self, app: &App, tenant: &str, booking: &BookingRow) -> Result<StaffBookingView, Problem> {
        let customer = match &booking.customer_id {
            Some(id) => app.store.customer(tenant, id).await?,
            None => None,
        };
        Ok(StaffBookingView {
            booking: self.customer(booking),
            assignment_status: booking.status.as_str().to_owned(),
            holders: booking.resources.iter().map(|id| HolderView { id: id.clone(), name: self.name(id) }).collect(),
            customer: customer.map(|c| CustomerView { id: c.id, name: c.name, contact: c.contact.map(|contact| mask(&contact.address)) }),
            gender: booking.gender.clone(),
            user_id: booking.user_id.clone(),
            payment_ref: booking.payment_ref.clone(),
            date: booking.local_date.to_string(),
            created_at: booking.created_at.to_rfc3339(),
        })
    }
}

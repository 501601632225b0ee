"""A location that nothing drawn knows of, and requests that can be carried out there.

Some operations can be done to few things and to each of them once: an absence that is confirmed is taken back, a row that waits is given to
somebody. What is drawn meets such a thing by luck only, and what other requests did to the house may have used it up or closed it. So the
first requests of these operations are made here, each about something that was made for it.
"""

import datetime
import itertools
import time

HOURS = {"start_time": "08:00", "end_time": "20:00"}


class Quiet:
    """The location, with somebody who serves one service on every day; `asked(method, path, body)` is what the service answers."""

    def __init__(self, asked, words):
        self.asked, self.words = asked, words
        # Nothing is booked so far ahead, and no day is used twice.
        first = datetime.date.fromisoformat(max(words["date"])) + datetime.timedelta(days=40)
        self.days = (str(first + datetime.timedelta(days=k)) for k in itertools.count())
        self.at = asked("POST", "/admin/v1/locations", {"name": "Quiet", "timezone": "Africa/Nairobi"})["id"]
        # Whatever was made here.
        self.made = {self.at}
        self.person = self.make("/admin/v1/people", name="Neema", qualifications=["calm"])
        self.service = self.make("/admin/v1/services", name="Rest", duration_minutes=30, qualifications=["calm"])
        weekly = {"rule_kind": "WEEKLY", "days_of_week": [1, 2, 3, 4, 5, 6, 7], **HOURS}
        self.make("/admin/v1/availabilities", **weekly)
        self.make("/admin/v1/availabilities", person_id=self.person, **weekly)

    def make(self, path, **body):
        made = self.asked("POST", path, {"location_id": self.at, **body})["id"]
        self.made.add(made)
        return made

    def block(self, day):
        return {"location_id": self.at, "person_id": self.person, "start": f"{day}T08:00", "end": f"{day}T20:00", "reason": "sick"}

    def booking(self, day):
        return self.make("/admin/v1/bookings", service_id=self.service, start=f"{day}T10:00")

    def slot(self):
        day = next(self.days)
        self.asked("POST", "/admin/v1/slots/generate", {"location_id": self.at, "from": day, "to": day})
        shown = f"/admin/v1/slots?location_id={self.at}&from={day}&to={day}&service_id={self.service}"
        return self.asked("GET", shown)[0]["id"]

    def row(self, is_here_after_all):
        """A row of the needs-attention queue: a booking on a day when the one who could serve it is away."""
        day = next(self.days)
        self.booking(day)
        block = self.make("/admin/v1/blocks", **self.block(day))
        self.make("/admin/v1/runs", date=day, time_limit_s=5)
        if is_here_after_all:
            self.asked("DELETE", f"/admin/v1/blocks/{block}?location_id={self.at}", {})
        return self.asked("GET", f"/admin/v1/attention?location_id={self.at}&date={day}")[0]["id"]

    def absence(self, is_confirmed):
        absence = self.make("/admin/v1/absences", person=self.person, **{"from": next(self.days)}, reason="holiday")
        if is_confirmed:
            self.asked("POST", f"/admin/v1/absences/{absence}/confirm", {})
        return absence

    def worked_out(self):
        """A what-if over a day as it is now, once it is done, and the day."""
        day = next(self.days)
        self.booking(day)
        whatif = self.make("/admin/v1/whatifs", **{"from": day, "to": day}, scenario={"change": [{"kind": "waive-gender"}]})
        for _ in range(100):
            if self.asked("GET", "/admin/v1/whatifs/" + whatif)["state"] not in ("queued", "running"):
                break
            time.sleep(0.1)
        return whatif, {"date": day}

    def can_be_done(self, method, path):
        """The id and the body of a request of this operation that will be carried out; None where what is drawn is good enough."""
        here, wish = {"location_id": self.at}, None
        match method, path:
            case "POST", "/admin/v1/absences/{id}/confirm":
                wish = self.absence(False), {}
            case "POST", "/admin/v1/absences/{id}/undo":
                wish = self.absence(True), {}
            case "POST", "/admin/v1/attention/{id}/accept":
                wish = self.row(True), {"change": {"kind": "rearrange"}}
            case "POST", "/admin/v1/attention/{id}/act":
                wish = self.row(False), {"action": "confirm", "reason": "they wait"}
            case "POST", "/admin/v1/attention/{id}/assign":
                wish = self.row(True), {"people": [self.person], "reason": "asked for"}
            case "POST", "/admin/v1/attention/{id}/resolve":
                wish = self.row(False), {"resolution": "they rang"}
            case "POST", "/admin/v1/availabilities":
                day = next(self.days)
                wish = None, {**here, "person_id": self.person, "rule_kind": "EXCEPTION", "valid_from": day, "valid_to": day, **HOURS}
            case "DELETE", "/admin/v1/availabilities/{id}":
                day = next(self.days)
                rule = {"person_id": self.person, "rule_kind": "EXCEPTION", "valid_from": day, "valid_to": day, **HOURS}
                wish = self.make("/admin/v1/availabilities", **rule), {}
            case "POST", "/admin/v1/blocks":
                wish = None, self.block(next(self.days))
            case "DELETE", "/admin/v1/blocks/{id}":
                wish = self.make("/admin/v1/blocks", **self.block(next(self.days))), {}
            case "POST", "/admin/v1/bookings":
                wish = None, {**here, "service_id": self.service, "start": f"{next(self.days)}T10:00"}
            case "PATCH", "/admin/v1/bookings/{id}":
                wish = self.booking(next(self.days)), {"state": "cancelled", "reason": "asked for"}
            case "POST", "/admin/v1/combinations":
                tables = [self.make("/admin/v1/tables", name=f"T{next(self.days)}", seats=4) for _ in range(2)]
                wish = None, {**here, "tables": tables, "seats": 8}
            case "PATCH", "/admin/v1/locations/{id}":
                wish = self.at, {"name": "Very quiet"}
            case "PATCH", "/admin/v1/people/{id}":
                wish = self.make("/admin/v1/people", name="Neema", qualifications=["calm"]), {"name": "Neema A."}
            case "POST", "/admin/v1/messages/{id}/dismiss":
                wish = self.words["dismissed"].pop(), {}
            case "POST", "/admin/v1/messages/{id}/retry":
                wish = self.words["message"].pop(), {}
            case "POST", "/admin/v1/slots/generate":
                day = next(self.days)
                wish = None, {**here, "from": day, "to": day}
            case "POST", "/admin/v1/temps":
                day = next(self.days)
                wish = None, {**here, "name": "Tatu", "qualifications": ["calm"], "from": day, "to": day}
            case "POST", "/admin/v1/whatifs/{id}/cancel":
                wish = self.worked_out()[0], {}
            case "POST", "/admin/v1/whatifs/{id}/promote":
                wish = self.worked_out()
            case "POST", "/internal/v1/bookings/{id}/state":
                wish = self.booking(next(self.days)), {"to": "cancelled", "reason": "asked for"}
            case "POST", "/v1/bookings":
                wish = None, {"slot_id": self.slot(), "customer": {"name": "Zawadi", "phone": "+254712000001"}}
            case "POST", "/v1/bookings/{id}/cancel":
                wish = self.booking(next(self.days)), {}
            case "POST", "/v1/bookings/{id}/reschedule":
                wish = self.booking(next(self.days)), {"slot_id": self.slot()}
        return wish

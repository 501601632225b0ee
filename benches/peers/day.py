"""A zamu.sheet/1 as the peers read it: bookings that each need one person, who could be that person, and who is in whose way.

Shared by highs.py and cpsat.py. They understand the bulk of a spa's day and refuse the rest, so that nobody compares answers to different
questions: every booking asks for exactly one member of staff, and none is linked to another.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from math import gcd

TIERS = ("unplaced", "balance", "moved")


class Unsupported(Exception):
    """The sheet or the tiers ask for something that these models leave out."""


@dataclass
class Job:
    """A booking. `start` and `end` include its buffers, `minutes` do not; `options` are positions of people."""

    id: str
    start: int
    end: int
    minutes: int
    priority: int
    options: list
    current: object


@dataclass
class Person:
    """A resource. `capacity` and `carried` in minutes; `jobs` are positions of the bookings it could serve."""

    id: str
    capacity: int
    carried: float
    jobs: list


class Day:
    """A sheet, prepared for a model."""

    def __init__(self, document, step="grid"):
        if document.get("combinations") or any(r.get("kind", "staff") != "staff" for r in document["resources"]):
            raise Unsupported("tables and combinations are left out")
        staff = document["resources"]
        position = {r["id"]: k for k, r in enumerate(staff)}
        shifts = [[(minute(s["start"]), minute(s["end"])) for s in r.get("shifts", [])] for r in staff]
        blocks = [merged((minute(s["start"]), minute(s["end"])) for s in r.get("blocks", [])) for r in staff]
        on_file = {r.get("gender") for r in staff}
        self.grid = document.get("grid_minutes", 5)
        self.common_step = step == "common"
        self.jobs = []
        self.people = [Person(r["id"], free_minutes(shifts[k], blocks[k]), r.get("carried_minutes", 0), []) for k, r in enumerate(staff)]
        for booking in document["bookings"]:
            demand = the_one_demand(booking)
            begin, finish = minute(booking["start"]), minute(booking["end"])
            start, end = begin - booking.get("buffer_before_minutes", 0), finish + booking.get("buffer_after_minutes", 0)
            holder = (booking.get("assignment") or {}).get("resources") or []
            if len(holder) > 1:
                raise Unsupported(f"{booking['id']} is held by several")
            current = position[holder[0]] if holder else None
            firm = current is not None and booking["assignment"]["status"] in ("bound", "finalized")
            needs, wish = set(demand.get("qualifications", [])), booking.get("gender")
            options = [
                k
                for k, person in enumerate(staff)
                if (not firm or k == current)
                and needs.issubset(person.get("qualifications", []))
                and (wish is None or wish not in on_file or person.get("gender") == wish)
                and any(a <= start and end <= z for a, z in shifts[k])
                and not any(a < end and start < z for a, z in blocks[k])
            ]
            for k in options:
                self.people[k].jobs.append(len(self.jobs))
            self.jobs.append(Job(booking["id"], start, end, finish - begin, booking.get("priority", 1), options, current))

    def crowds(self, person):
        """The sets of this person's bookings that share an instant and fit into no larger such set. One row each is as strong as it gets."""
        jobs = sorted(person.jobs, key=lambda j: (self.jobs[j].start, self.jobs[j].end))
        found, now, last_was_arrival = [], [], False
        events = sorted([(self.jobs[j].end, 0, j) for j in jobs] + [(self.jobs[j].start, 1, j) for j in jobs])
        for _, arrives, j in events:
            if arrives:
                now.append(j)
            else:
                if last_was_arrival and len(now) > 1:
                    found.append(list(now))
                now.remove(j)
            last_was_arrival = bool(arrives)
        return found

    def steps(self, person):
        """The balance term of a person as rising prices of further minutes: (minutes of a step, price of each step). Exact, since every
        load is a whole number of steps. The steps are the sheet's grid, as anybody would write it down, or the largest common divisor of
        this person's bookings: fewer steps and a far easier program."""
        step = gcd(*(self.jobs[j].minutes for j in person.jobs)) if self.common_step else self.grid
        most = min(person.capacity, sum(self.jobs[j].minutes for j in person.jobs)) // step
        load = [person.carried + k * step for k in range(most + 1)]
        return step, [(b * b - a * a) / person.capacity for a, b in zip(load, load[1:])]

    def rest(self):
        """What balance is worth when nobody serves anything."""
        return sum(p.carried**2 / p.capacity for p in self.people if p.capacity > 0)


def minute(text):
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int(at.timestamp() // 60)


def merged(spans):
    """Spans in order, those that touch made one."""
    out = []
    for a, z in sorted(spans):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(z, out[-1][1]))
        else:
            out.append((a, z))
    return out


def free_minutes(shifts, blocks):
    return sum(z - a - sum(max(0, min(z, d) - max(a, c)) for c, d in blocks) for a, z in shifts)


def the_one_demand(booking):
    demands = booking["demands"]
    if len(demands) != 1 or demands[0].get("count", 1) != 1 or demands[0].get("kind", "staff") != "staff":
        raise Unsupported(f"{booking['id']} needs other than one person")
    if booking.get("same_resource_as"):
        raise Unsupported(f"{booking['id']} is linked to another booking")
    return demands[0]


def answer(day, name, tiers, chosen, began):
    """`chosen`: position of the person for each booking, or None."""
    placed = [{"booking": j.id, "resources": [day.people[k].id]} for j, k in zip(day.jobs, chosen) if k is not None]
    return {"peer": name, "tiers": tiers, "assignments": placed, "seconds": round(time.monotonic() - began, 4)}


def run(solve, description):
    """The command line both scripts share. `solve(day, tiers, seconds, threads)` answers with what `answer` makes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("sheet", help="a zamu.sheet/1; - for one sheet per line of standard input, each answered with a line")
    parser.add_argument("--seconds", type=float, default=60.0, help="for all tiers together [60]")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tiers", default=",".join(TIERS), help="in strict order, out of " + ", ".join(TIERS))
    parser.add_argument("--step", choices=("grid", "common"), default="grid", help="minutes by which balance is priced; see Day.steps [grid]")
    options = parser.parse_args()
    tiers = options.tiers.split(",")
    unknown = [t for t in tiers if t not in TIERS]
    if unknown:
        sys.exit(f"tier {unknown[0]}: expected some of {', '.join(TIERS)}")

    def one(text):
        try:
            return solve(Day(json.loads(text), options.step), tiers, options.seconds, options.threads)
        except Unsupported as what:
            return {"unsupported": str(what)}

    if options.sheet == "-":
        for line in sys.stdin:
            print(json.dumps(one(line)), flush=True)
    else:
        with open(options.sheet, encoding="utf-8") as file:
            text = file.read()
        print(json.dumps(one(text)))

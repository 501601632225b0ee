#!/usr/bin/env python3
"""The other usual choice: a day as a constraint program for OR-Tools CP-SAT, tier after tier.

    cpsat.py sheet.json --seconds 60 --threads 2

One literal per booking and person who could serve it; at most one of each crowd of overlapping bookings of a person, which is far stronger
here than intervals that may not overlap; the current assignment, then the last tier's solution, as the hint. CP-SAT counts in whole
numbers, so prices of minutes are rounded to thousandths: its `balance` is proven to that precision only. The seconds count from the
prepared sheet on.
"""

import time

from ortools.sat.python import cp_model

from day import answer, run

NAME = "CP-SAT"
THOUSANDTHS = 1000


def solve(day, tiers, seconds, threads):
    began = time.monotonic()
    model = cp_model.CpModel()
    serves = {(j, k): model.new_bool_var(f"{j}/{k}") for j, job in enumerate(day.jobs) for k in job.options}
    out = [model.new_bool_var(f"{j}/-") for j in range(len(day.jobs))]
    for j, job in enumerate(day.jobs):
        model.add_exactly_one([serves[j, k] for k in job.options] + [out[j]])
    prices = []
    for k, person in enumerate(day.people):
        for crowd in day.crowds(person):
            model.add_at_most_one(serves[j, k] for j in crowd)
        if person.jobs and person.capacity > 0:
            prices += priced_minutes(model, day, serves, k)
    # Each tier: its expression, its value when all variables are zero, and how many units of the expression are one of the tier.
    goals = {
        "unplaced": (sum(job.priority * out[j] for j, job in enumerate(day.jobs)), 0.0, 1),
        "balance": (sum(prices), day.rest(), THOUSANDTHS),
        "moved": (sum(v for (j, k), v in serves.items() if day.jobs[j].current not in (None, k)), 0.0, 1),
    }
    for (j, k), v in serves.items():
        model.add_hint(v, day.jobs[j].current == k)
    found, chosen = [], [None] * len(day.jobs)
    for name in tiers:
        left = seconds - (time.monotonic() - began)
        if left <= 0:
            break
        goal, constant, unit = goals[name]
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = threads
        solver.parameters.max_time_in_seconds = left
        model.minimize(goal)
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        proven = status == cp_model.OPTIMAL
        bound = solver.best_objective_bound / unit
        found.append({"name": name, "bound": constant + bound, "optimal": proven, "seconds": round(time.monotonic() - began, 4)})
        chosen = [next((k for k in job.options if solver.value(serves[j, k])), None) for j, job in enumerate(day.jobs)]
        if not proven:
            break
        model.add(goal <= round(solver.objective_value))
        model.clear_hints()
        for v in serves.values():
            model.add_hint(v, solver.value(v))
    return answer(day, NAME, found, chosen, began)


def priced_minutes(model, day, serves, k):
    """A person's minutes as steps, each dearer than the last, so that a cheapest solution takes them in order."""
    person = day.people[k]
    step, prices = day.steps(person)
    taken = [model.new_bool_var(f"{k}+{s}") for s in range(len(prices))]
    model.add(sum(day.jobs[j].minutes // step * serves[j, k] for j in person.jobs) == sum(taken))
    return [round(THOUSANDTHS * price) * v for price, v in zip(prices, taken)]


if __name__ == "__main__":
    run(solve, __doc__.splitlines()[0])

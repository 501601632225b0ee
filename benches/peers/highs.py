#!/usr/bin/env python3
"""What somebody would do first: a day as the textbook mixed-integer program, handed to HiGHS as it is, tier after tier.

    highs.py sheet.json --seconds 60 --threads 2

One binary per booking and person who could serve it, one row per crowd of overlapping bookings and person, balance as rising prices of
further minutes. A tier starts from the solution of the one before and may not worsen it. The seconds count from the prepared sheet on:
building the program and solving it, without Python's start and reading the file.
"""

import time

import highspy
import numpy as np

from day import answer, run

NAME = "HiGHS"


def solve(day, tiers, seconds, threads):
    began = time.monotonic()
    program = Program(day)
    highs = highspy.Highs()
    for option, value in {"output_flag": False, "threads": threads, "mip_rel_gap": 0.0, "mip_feasibility_tolerance": 1e-7}.items():
        highs.setOptionValue(option, value)
    highs.passModel(program.lp())
    found, best = [], None
    for name in tiers:
        left = seconds - (time.monotonic() - began)
        if left <= 0:
            break
        constant, cost = program.tiers[name]
        # Whole-number tiers are proven once less than one is missing.
        highs.setOptionValue("mip_abs_gap", 1e-6 if name == "balance" else 0.999)
        highs.setOptionValue("time_limit", left)
        highs.changeColsCost(program.columns, np.arange(program.columns, dtype=np.int32), dense(cost, program.columns))
        if best is not None:
            start = highspy.HighsSolution()
            start.col_value = list(best)
            highs.setSolution(start)
        highs.run()
        info = highs.getInfo()
        if info.primal_solution_status != 2:
            break
        best = np.array(highs.getSolution().col_value)
        value = float(sum(price * best[column] for column, price in cost.items()))
        proven = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        whole = name != "balance"
        bound = float(np.ceil(info.mip_dual_bound - 1e-6)) if whole else info.mip_dual_bound
        if proven:
            bound = round(value) if whole else min(bound, value)
        found.append({"name": name, "bound": constant + bound, "optimal": proven, "seconds": round(time.monotonic() - began, 4)})
        if not proven:
            break
        hold = round(value) + 1e-3 if whole else value + 1e-6
        index = np.array(list(cost), dtype=np.int32)
        highs.addRow(-highspy.kHighsInf, hold, len(index), index, np.array(list(cost.values()), dtype=float))
    return answer(day, NAME, found, program.read_off(best), began)


def dense(cost, columns):
    out = np.zeros(columns)
    for column, price in cost.items():
        out[column] = price
    return out


class Program:
    """Columns: one per booking and person who could serve it, one per booking for leaving it out, then the steps of everyone's minutes."""

    def __init__(self, day):
        self.day = day
        self.column = {}
        for j, job in enumerate(day.jobs):
            for k in job.options:
                self.column[j, k] = len(self.column)
        self.binaries = len(self.column) + len(day.jobs)
        self.out = [len(self.column) + j for j in range(len(day.jobs))]
        self.columns = self.binaries
        self.rows = []
        balance = {}
        for j, job in enumerate(day.jobs):
            self.rows.append((1.0, 1.0, [(self.column[j, k], 1.0) for k in job.options] + [(self.out[j], 1.0)]))
        for k, person in enumerate(day.people):
            for crowd in day.crowds(person):
                self.rows.append((0.0, 1.0, [(self.column[j, k], 1.0) for j in crowd]))
            if person.jobs and person.capacity > 0:
                step, prices = day.steps(person)
                minutes = [(self.column[j, k], float(day.jobs[j].minutes // step)) for j in person.jobs]
                self.rows.append((0.0, 0.0, minutes + [(self.columns + s, -1.0) for s in range(len(prices))]))
                balance.update((self.columns + s, price) for s, price in enumerate(prices))
                self.columns += len(prices)
        # Each tier: its value when all columns are zero, and the price of each column.
        self.tiers = {
            "unplaced": (0.0, {self.out[j]: float(job.priority) for j, job in enumerate(day.jobs)}),
            "balance": (day.rest(), balance),
            "moved": (0.0, {c: 1.0 for (j, k), c in self.column.items() if day.jobs[j].current not in (None, k)}),
        }

    def lp(self):
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.columns, len(self.rows)
        lp.col_cost_ = np.zeros(self.columns)
        lp.col_lower_, lp.col_upper_ = np.zeros(self.columns), np.ones(self.columns)
        lp.row_lower_ = np.array([low for low, _, _ in self.rows])
        lp.row_upper_ = np.array([high for _, high, _ in self.rows])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(terms) for _, _, terms in self.rows])]).astype(np.int32)
        lp.a_matrix_.index_ = np.array([c for _, _, terms in self.rows for c, _ in terms], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([v for _, _, terms in self.rows for _, v in terms])
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger if c < self.binaries else kinds.kContinuous for c in range(self.columns)]
        return lp

    def read_off(self, values):
        chosen = [None] * len(self.day.jobs)
        if values is not None:
            for (j, k), c in self.column.items():
                if values[c] > 0.5:
                    chosen[j] = k
        return chosen


if __name__ == "__main__":
    run(solve, __doc__.splitlines()[0])

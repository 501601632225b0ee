"""Gives most requests the identifiers of something that is there, a key of their own, and no version that nothing has.

An identifier may be any text, so that what schemathesis draws is one of nothing: every request would end at "there is no such thing", and
nothing behind that would be tried. One in six is left as it is drawn. What is no identifier at all (another type, a control character), and
what an answer named before, always is, but where an operation has identifiers of its own.
"""

import collections
import functools
import itertools
import json
import pathlib
import re
import sys
import urllib.error
import urllib.request

import schemathesis

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from quiet import Quiet  # noqa: E402 (the folder has to be known first)

WORDS = json.loads((pathlib.Path.cwd() / "words.json").read_text())
MEMBERS = {"location_id": "location", "service_id": "service", "person_id": "person", "slot_id": "slot", "person": "person"}
PLACES = [
    ("/bookings/", "booking"),
    ("/people/", "person"),
    ("/services/", "service"),
    ("/locations/", "location"),
    ("/tables/", "table"),
    ("/runs/", "run"),
    ("/blocks/", "block"),
    ("/availabilities/", "rule"),
    ("/attention/", "attention"),
    ("/absences/", "absence"),
    ("/messages/", "message"),
    ("/whatifs/", "whatif"),
]
# What another operation uses up.
OF_THEIR_OWN = {"/admin/v1/attention/{id}/assign": "assigned", "/admin/v1/messages/{id}/dismiss": "dismissed"}
IS_KNOWN = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7")
IS_BROKEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SCENARIOS = [
    {"change": [{"kind": "waive-gender"}]},
    {"seeds": [1, 2], "change": [{"kind": "demand", "grow": 0.2}], "expect": ["unplaced = 0"]},
    {"parameters": {"temps": [1, 2]}, "change": [{"kind": "temp", "count": "$temps", "qualifications": ["swedish"], "from": "10:00", "to": "16:00"}]},
]
# So many requests of each operation are made in the quiet location, where they can be carried out.
GOOD = 2
count = itertools.count()
good = collections.Counter()


def asked(method, path, body=None):
    """What the service answers to a request of ours."""
    headers = {"Authorization": "Bearer " + WORDS["token"][0], "Content-Type": "application/json", "Idempotency-Key": f"hook-{next(count)}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(WORDS["url"][0] + path, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {path} {body}: {error.code} {error.read()}") from error


@functools.cache
def quiet():
    return Quiet(asked, WORDS)


def known(sort, drawn, is_of_its_own=False):
    number = next(count)
    if not isinstance(drawn, str):
        return drawn
    # An answer may have named something of the quiet location: that is for nobody else.
    if drawn not in quiet().made:
        # What an answer named may be what another operation uses up, or has used up.
        was_named = IS_KNOWN.match(drawn) and not is_of_its_own
        if IS_BROKEN.search(drawn) or was_named or number % 6 == 5:
            return drawn
    return WORDS[sort][number % len(WORDS[sort])]


def sensible(path, body):
    """What fits the schema and would be refused nearly always: a rule about a person and a service, an end before its start, a sentence and members."""
    if path == "/admin/v1/availabilities":
        body["person_id" if next(count) % 2 else "service_id"] = None
        if body.get("person_id") is not None:
            body["slot_capacity"] = body["slot_granularity_minutes"] = None
        if body.get("valid_from") is not None:
            body["valid_to"] = body["valid_from"]
    if path == "/admin/v1/absences":
        # In a sentence, or by its members.
        if next(count) % 2:
            body["words"] = WORDS["sentence"][next(count) % len(WORDS["sentence"])]
            body["person"] = body["from"] = body["to"] = None
        else:
            body["words"] = None
            body["to"] = body.get("from")
    if path == "/admin/v1/whatifs":
        body["scenario"] = SCENARIOS[next(count) % len(SCENARIOS)]
    if path == "/admin/v1/attention/{id}/accept":
        body["change"] = {"kind": "rearrange"}
        body["day_version"] = None
    if path == "/admin/v1/attention/{id}/assign":
        body["people"] = [WORDS["person"][next(count) % len(WORDS["person"])]]
        body["reason"] = "asked for"
    start, end = body.get("start"), body.get("end")
    if isinstance(start, str) and isinstance(end, str) and path == "/admin/v1/blocks":
        body["end"] = start.replace("T09:30", "T10:30").replace("T14", "T16").replace("T15", "T17").replace("T11", "T12")


def is_carried_out(case):
    """Makes a request one that will be carried out, where it is among the first of an operation that what is drawn rarely fits."""
    operation = (case.method.upper(), case.path)
    if case.meta is None or not case.meta.generation.mode.is_positive or good[operation] >= GOOD:
        return False
    wish = quiet().can_be_done(*operation)
    if wish is None:
        return False
    good[operation] += 1
    # Parts of a case may be shared with those that are made from it, which are to know nothing of the quiet location.
    about, case.body = wish
    if about is not None:
        case.path_parameters = {**case.path_parameters, "id": about}
    if "location_id" in (case.query or {}):
        case.query = {**case.query, "location_id": quiet().at}
    case.headers = type(case.headers)({**(case.headers or {}), "Idempotency-Key": f"good-{next(count)}"})
    return True


@schemathesis.hook
def before_call(context, case, kwargs):
    if is_carried_out(case):
        return
    for place, sort in PLACES:
        sort = OF_THEIR_OWN.get(case.path, sort)
        if place + "{id}" in case.path and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = known(sort, case.path_parameters["id"], case.path in OF_THEIR_OWN)
    for members in (case.query, case.body):
        if isinstance(members, dict):
            for name, sort in MEMBERS.items():
                if name in members:
                    members[name] = known(sort, members[name])
    if isinstance(case.body, dict) and isinstance(case.body.get("tables"), list):
        case.body["tables"] = [known("table", drawn) for drawn in case.body["tables"]]
    if isinstance(case.body, dict) and type(case.body.get("expected_version")) is int and abs(case.body["expected_version"]) < 2**63:
        case.body["expected_version"] = None if next(count) % 6 != 5 else case.body["expected_version"]
    if isinstance(case.body, dict) and case.meta is not None and case.meta.generation.mode.is_positive and next(count) % 4 != 3:
        sensible(case.path, case.body)
    # A request that is to lack a header, or to have an odd one, would get it back by being written to.
    about = getattr(getattr(case.meta, "phase", None), "data", None)
    if str(getattr(about, "parameter_location", None)).lower().endswith("header"):
        return
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch("[!-~]{1,180}", key) and next(count) % 6 != 5:
        case.headers["Idempotency-Key"] = f"{key}-{next(count)}"

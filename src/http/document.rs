//! The OpenAPI document as it is served: what the handlers' annotations say, and what is told better in one place: words of closed lists, the
//! forms of times, what no text may have in it, a name for every operation, the links between them, the problem document by reference.

use serde_json::{Map, Value, json};

use super::admin::whatifs::PROGRESS;
use super::problem::CODES;
use crate::alloc::Profile;
use crate::domain::{AssignmentStatus, BookingState};
use crate::sheet::plan::PlanStatus;
use crate::store::{AbsenceState, ExposurePolicy, HistoryKind, OutboxState, RunKind, RunStatus, SlotStatus, WhatIfState};

/// States a person at the desk may step a booking to.
pub const STEPS: [BookingState; 5] =
    [BookingState::Confirmed, BookingState::Cancelled, BookingState::Completed, BookingState::NoShow, BookingState::ManualReview];

/// A date from 1970 to 9999, by its form.
const DATE: &str = "(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
/// What no text that is sent may have in it: control characters other than tabs and new lines.
const TEXT: &str = "^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$";

/// The words or the form behind a format of ours.
enum Form {
    Words(Vec<String>),
    Pattern(String),
}

fn form(format: &str) -> Option<Form> {
    let words = |words: &[&str]| Some(Form::Words(words.iter().map(|&word| word.to_owned()).collect()));
    match format {
        "zamu-state" => words(&BookingState::ALL.map(BookingState::as_str)),
        "zamu-step" => words(&STEPS.map(BookingState::as_str)),
        "zamu-firmness" => {
            words(&[AssignmentStatus::Provisional, AssignmentStatus::Bound, AssignmentStatus::Finalized].map(AssignmentStatus::as_str))
        }
        "zamu-history" => words(&[HistoryKind::State, HistoryKind::Assignment, HistoryKind::Time].map(HistoryKind::as_str)),
        "zamu-slot" => words(&[SlotStatus::Open, SlotStatus::Partial, SlotStatus::Full, SlotStatus::Blocked].map(SlotStatus::as_str)),
        "zamu-message" => words(&OutboxState::ALL.map(OutboxState::as_str)),
        "zamu-run" => words(&RunKind::ALL.map(RunKind::as_str)),
        "zamu-outcome" => {
            words(&[RunStatus::Applied, RunStatus::Kept, RunStatus::LostRace, RunStatus::DryRun, RunStatus::Shadow].map(RunStatus::as_str))
        }
        "zamu-proof" => {
            Some(Form::Words([PlanStatus::Optimal, PlanStatus::Feasible].iter().filter_map(|s| json!(s).as_str().map(str::to_owned)).collect()))
        }
        "zamu-whatif" => words(&WhatIfState::ALL.map(WhatIfState::as_str)),
        "zamu-whatif-event" => {
            let ends = WhatIfState::ALL.into_iter().filter(|state| state.is_ended()).map(WhatIfState::as_str);
            words(&std::iter::once(PROGRESS).chain(ends).collect::<Vec<_>>())
        }
        "zamu-absence" => words(&AbsenceState::ALL.map(AbsenceState::as_str)),
        "zamu-gender" => words(&["on_duty", "on_file", "nobody"]),
        "zamu-exposure" => words(&[ExposurePolicy::Range, ExposurePolicy::Stylist].map(ExposurePolicy::as_str)),
        "zamu-profile" => Some(Form::Words(Profile::shipped_texts().iter().map(|(name, _)| (*name).to_owned()).collect())),
        "zamu-code" => Some(Form::Words(CODES.iter().map(|(code, ..)| (*code).to_owned()).collect())),
        "zamu-clock" => Some(Form::Pattern("^(([0-3][0-9]|4[0-7]):[0-5][0-9]|48:00)$".to_owned())),
        "zamu-clock-of-day" => Some(Form::Pattern("^([01][0-9]|2[0-3]):[0-5][0-9]$".to_owned())),
        "zamu-instant" => Some(Form::Pattern(format!("^{DATE}T([01][0-9]|2[0-3]):[0-5][0-9](:00(\\.0+)?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?$"))),
        _ => None,
    }
}

/// Makes the document of the annotations the one that is served.
pub fn finish(mut document: Value) -> Value {
    let sent = sent_schemas(&document);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        for (name, schema) in schemas.iter_mut() {
            forms(schema, sent.contains(name));
        }
        schemas.insert("Problem".to_owned(), problem());
    }
    require(&mut document, "BookingChange", "oneOf", &[("state", "string"), ("start", "string"), ("people", "array")]);
    require(&mut document, "CustomerGiven", "anyOf", &[("phone", "string"), ("email", "string")]);
    let links = links(&document);
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let is_needed = |schema: &Value| ["required", "oneOf", "anyOf"].iter().any(|word| schema.get(word).is_some());
    let needed: Vec<String> = schemas.filter(|(_, schema)| is_needed(schema)).map(|(name, _)| name.clone()).collect();
    let Some(paths) = document["paths"].as_object_mut() else { return document };
    for (path, operations) in paths {
        let Some(operations) = operations.as_object_mut() else { continue };
        for (method, operation) in operations {
            operation["operationId"] = json!(operation_id(method, path));
            for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
                let sent = parameter["in"] == "query";
                forms(&mut parameter["schema"], sent);
            }
            if let Some(body) = operation.get_mut("requestBody") {
                // No body is the same as an empty object.
                let schema = body["content"]["application/json"]["schema"]["$ref"].as_str().unwrap_or_default().to_owned();
                body["required"] = json!(needed.iter().any(|name| schema.ends_with(&format!("/{name}"))));
            }
            for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
                answer(status, response);
                if status.starts_with('2')
                    && let Some((_, links)) = links.iter().find(|(from, _)| *from == operation_id(method, path))
                {
                    response["links"] = Value::Object(links.clone());
                }
            }
        }
    }
    document
}

/// Exactly one (`oneOf`) or at least one (`anyOf`) of these members has to be there and not be `null`.
fn require(document: &mut Value, schema: &str, how: &str, members: &[(&str, &str)]) {
    let ways = members.iter().map(|(name, kind)| json!({"required": [name], "properties": {*name: {"type": kind}}}));
    document["components"]["schemas"][schema][how] = ways.collect();
}

/// `get_admin_bookings_by_id_history` for `GET /admin/v1/bookings/{id}/history`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split('/').filter(|part| !part.is_empty() && *part != "v1").map(|part| if part.starts_with('{') { "by_id" } else { part });
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// Names of the schemas that requests are made of.
fn sent_schemas(document: &Value) -> Vec<String> {
    let mut names = Vec::new();
    let mut open: Vec<&Value> = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(_, path)| path.as_object())
        .flatten()
        .map(|(_, o)| &o["requestBody"])
        .collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                if let Some(name) = members.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/components/schemas/"))
                    && !names.iter().any(|known| known == name)
                {
                    names.push(name.to_owned());
                    open.push(&document["components"]["schemas"][name]);
                }
                open.extend(members.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    names
}

fn is_text(schema: &Map<String, Value>) -> bool {
    match schema.get("type") {
        Some(Value::String(kind)) => kind == "string",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
        _ => false,
    }
}

/// Puts words and patterns in the place of our formats, everywhere in a schema.
fn forms(schema: &mut Value, sent: bool) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| forms(item, sent)),
        Value::Object(members) => {
            let format = members.get("format").and_then(Value::as_str).unwrap_or_default().to_owned();
            match form(&format) {
                Some(Form::Words(words)) => {
                    let nothing = members.get("type").is_some_and(Value::is_array).then_some(Value::Null);
                    members.insert("enum".to_owned(), words.into_iter().map(Value::String).chain(nothing).collect());
                    members.remove("format");
                }
                Some(Form::Pattern(pattern)) => {
                    members.insert("pattern".to_owned(), Value::String(pattern));
                    members.remove("format");
                }
                None if format == "date" => {
                    members.insert("pattern".to_owned(), Value::String(format!("^{DATE}$")));
                }
                None if sent && is_text(members) && !["enum", "pattern", "format"].iter().any(|known| members.contains_key(*known)) => {
                    members.insert("pattern".to_owned(), Value::String(TEXT.to_owned()));
                }
                None => {}
            }
            members.values_mut().for_each(|member| forms(member, sent));
        }
        _ => {}
    }
}

/// What every answer has: the request's name, when to come back, the problem document by reference.
fn answer(status: &str, response: &mut Value) {
    if response.get("description").is_none() {
        response["description"] = json!("Done.");
    }
    let header = |about: &str, kind: &str| json!({"description": about, "schema": {"type": kind}});
    response["headers"]["X-Request-Id"] = header("the request's name: the caller's own, or a new one", "string");
    if ["429", "503"].contains(&status) {
        response["headers"]["Retry-After"] = header("seconds after which to try again", "integer");
    }
    for (kind, content) in response.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
        if kind == "application/problem+json" {
            content["schema"] = json!({"$ref": "#/components/schemas/Problem"});
        } else {
            forms(&mut content["schema"], false);
        }
    }
}

fn problem() -> Value {
    let text = |about: &str| json!({"type": "string", "description": about});
    let mut schema = json!({
        "type": "object",
        "description": "A problem document (RFC 9457). Some have further members, such as `nearby`: times that are free.",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": text("A name for this sort of problem."),
            "title": text("What sort of problem it is, in words."),
            "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status."},
            "detail": text("What, where, what was expected and what to do."),
            "code": {"type": "string", "format": "zamu-code", "description": "A stable code.", "example": "SLOT_FULL"},
        },
    });
    forms(&mut schema, false);
    schema
}

/// From each operation that makes or shows something with an id to those that take that id, by the first one's name.
fn links(document: &Value) -> Vec<(String, Map<String, Value>)> {
    let operations: Vec<(&str, &str, &Value)> = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(path, o)| o.as_object().into_iter().flatten().map(move |(method, operation)| (method.as_str(), path.as_str(), operation)))
        .collect();
    let takes = |operation: &Value, name: &str| operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == name));
    let mut all = Vec::new();
    for (method, path, _) in operations.iter().filter(|(method, path, _)| *method == "post" && !path.contains("{id}")) {
        let internal = path.replace("/admin/", "/internal/");
        let onward = operations.iter().filter(|(_, to, _)| [*path, &internal].iter().any(|from| to.starts_with(&format!("{from}/{{id}}"))));
        let mut links = Map::new();
        for (method, to, operation) in onward {
            let mut parameters = json!({"id": "$response.body#/id"});
            if takes(operation, "location_id") {
                parameters["location_id"] = json!("$response.body#/location_id");
            }
            links.insert(operation_id(method, to), json!({"operationId": operation_id(method, to), "parameters": parameters}));
        }
        if !links.is_empty() {
            all.push((operation_id(method, path), links));
        }
    }
    let resolve = operation_id("post", "/admin/v1/attention/{id}/resolve");
    let first = json!({"operationId": resolve, "parameters": {"id": "$response.body#/0/id", "location_id": "$request.query.location_id"}});
    all.push((operation_id("get", "/admin/v1/attention"), Map::from_iter([(resolve, first)])));
    all
}

//! A fake RevCent.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use chrono::DateTime;
use http::{Method, Request, Response};
use serde_json::{Map, Value, json as value};

use super::API_KEY;
use super::bounded_log::Shelf;
use super::fake::{Fake, Machine, RecordedCase};
use super::wire::{header, json, length, object, path, query};

/// RevCent's state: chargeback records, and a search index that may lag.
#[derive(Debug, Default)]
pub struct RevCentFake {
    records: Shelf<Record>,
    /// Where each word of the searched fields stands.
    index: HashMap<String, BTreeSet<usize>>,
    calls: u64,
    searches: u64,
    lag: u64,
    loose: bool,
    voids: u64,
}

#[derive(Debug)]
struct Record {
    id: String,
    fields: Map<String, Value>,
    history: Vec<Value>,
    /// The search from which on it is found.
    found_from: u64,
}

const PLAIN: &[&str] = &[
    "amount",
    "arn",
    "case_number",
    "reason_code",
    "third_party_integration_id",
    "third_party_chargeback_id",
    "third_party_order_id",
    "chargeback_date",
    "received_date",
    "representment",
    "metadata",
];
const ONLY_NEW: &[&str] = &["transaction_id", "gateway_transaction_id", "void_transaction"];
const FROZEN: &[&str] = &["initiated", "initiated_date", "completed", "completed_date"];

impl Machine for RevCentFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        self.calls += 1;
        if header(request, "x-api-key") != Some(API_KEY) {
            return self.refuse(401, "auth", "Invalid API key.");
        }
        let path = path(request);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (request.method(), path.as_slice()) {
            (&Method::GET, ["v2", "chargebacks", "search"]) => match query(request, "search_term") {
                Some(term) if !term.is_empty() => self.search(&term),
                _ => self.refuse(400, "search_term", "A search term is required."),
            },
            (&Method::GET, ["v2", "chargebacks", id]) => self.get(id),
            (&Method::POST, ["v2", "chargebacks"]) => match object(request) {
                Some(body) => self.create(body),
                None => self.refuse(400, "body", "Not a JSON object."),
            },
            (&Method::POST, ["v2", "chargebacks", id]) => match object(request) {
                Some(body) => self.edit(id, body),
                None => self.refuse(400, "body", "Not a JSON object."),
            },
            _ => self.refuse(404, "path", "No such operation."),
        }
    }

    fn cases(&self) -> Vec<RecordedCase> {
        let case = |record: &Record| RecordedCase {
            key: record.id.clone(),
            state: Value::Object(record.fields.clone()),
            history: record.history.clone(),
        };
        self.records.iter().map(case).collect()
    }

    fn keep_last(&mut self, cases: usize) {
        self.records.keep_last(cases);
    }

    fn refusal(&self) -> Response<Bytes> {
        self.refuse(400, "refused", "The chargeback is refused.")
    }

    fn server_error(&self) -> Response<Bytes> {
        self.refuse(500, "internal", "Internal error.")
    }
}

impl RevCentFake {
    fn call_id(&self) -> String {
        format!("apicall{:013}", self.calls)
    }

    fn refuse(&self, status: u16, code: &str, message: &str) -> Response<Bytes> {
        let body = value!({
            "api_call_id": self.call_id(), "api_call_unix": 1_700_000_000, "code": 0,
            "error_code": code, "message": message, "result": "The call failed.",
        });
        json(status, &body)
    }

    fn written(&self, id: &str, result: &str) -> Response<Bytes> {
        let body = value!({
            "api_call_id": self.call_id(), "api_call_unix": 1_700_000_000, "code": 1,
            "chargeback_id": id, "result": result,
        });
        json(200, &body)
    }

    fn create(&mut self, body: Map<String, Value>) -> Response<Bytes> {
        if let Some(fault) = schema_fault(&body, true) {
            return self.refuse(400, "schema", &fault);
        }
        if body.contains_key("transaction_id") == body.contains_key("gateway_transaction_id") {
            return self.refuse(400, "transaction", "One of the transaction ids is required.");
        }
        let mut fields = Map::new();
        if let Err(fault) = apply(&mut fields, &body) {
            return self.refuse(400, "representment", fault);
        }
        if body.get("void_transaction") == Some(&Value::Bool(true)) {
            self.voids += 1;
        }
        let id = format!("chargeback{:010}", self.records.next_number() + 1);
        let found_from = self.searches + 1 + self.lag;
        let record = Record { id: id.clone(), fields, history: vec![Value::Object(body)], found_from };
        let words = record.searched();
        let (number, gone) = self.records.add(record);
        self.put_into_index(number, words);
        for (record, oldest) in gone.iter().rev().zip(1..) {
            let number = self.records.next_number() - self.records.iter().count() - oldest;
            self.take_out_of_index(number, &record.searched());
        }
        self.written(&id, "Chargeback created.")
    }

    fn edit(&mut self, id: &str, body: Map<String, Value>) -> Response<Bytes> {
        if let Some(fault) = schema_fault(&body, false) {
            return self.refuse(400, "schema", &fault);
        }
        let number = number(id);
        let Some(record) = self.records.get_mut(number).filter(|record| record.id == id) else {
            return self.refuse(404, "chargeback_id", "No such chargeback.");
        };
        let mut fields = record.fields.clone();
        if let Err(fault) = apply(&mut fields, &body) {
            return self.refuse(400, "representment", fault);
        }
        let before = record.searched();
        record.fields = fields;
        record.history.push(Value::Object(body));
        let after = record.searched();
        self.take_out_of_index(number, &before);
        self.put_into_index(number, after);
        self.written(id, "Chargeback edited.")
    }

    /// Times go in as text and come out as Unix seconds.
    fn get(&self, id: &str) -> Response<Bytes> {
        let Some(record) = self.records.get(number(id)).filter(|record| record.id == id) else {
            return self.refuse(404, "chargeback_id", "No such chargeback.");
        };
        let mut shown = record.fields.clone();
        shown.insert("id".to_owned(), value!(id));
        as_unix(&mut shown, &["chargeback_date", "received_date"]);
        if let Some(Value::Object(fight)) = shown.get_mut("representment") {
            as_unix(fight, &["initiated_date", "completed_date"]);
        }
        let body = value!({ "api_call_id": self.call_id(), "code": 1, "chargeback": shown });
        json(200, &body)
    }

    /// Full text over a few fields; hits show little. Case and order of words do not count.
    fn search(&mut self, term: &str) -> Response<Bytes> {
        self.searches += 1;
        let none = BTreeSet::new();
        let sets: Vec<&BTreeSet<usize>> =
            words(term).iter().map(|word| self.index.get(word).unwrap_or(&none)).collect();
        let places: BTreeSet<usize> = if self.loose {
            sets.iter().flat_map(|set| set.iter().copied()).collect()
        } else {
            let smallest = sets.iter().copied().min_by_key(|set| set.len()).unwrap_or(&none);
            smallest.iter().copied().filter(|place| sets.iter().all(|set| set.contains(place))).collect()
        };
        let found = places.iter().filter_map(|&place| self.records.get(place));
        let hits: Vec<Value> = found
            .filter(|record| record.found_from <= self.searches)
            .take(10)
            .map(|record| value!({ "item_type": "chargeback", "id": record.id, "created_date_unix": 1_700_000_000 }))
            .collect();
        json(200, &value!({ "api_call_id": self.call_id(), "code": 1, "results": hits }))
    }
}

impl RevCentFake {
    fn put_into_index(&mut self, number: usize, words: Vec<String>) {
        for word in words {
            self.index.entry(word).or_default().insert(number);
        }
    }

    fn take_out_of_index(&mut self, number: usize, words: &[String]) {
        for word in words {
            let Some(numbers) = self.index.get_mut(word) else { continue };
            numbers.remove(&number);
            if numbers.is_empty() {
                self.index.remove(word);
            }
        }
    }
}

/// Ids are counted from 1. What is no id of ours has a number that nothing has.
fn number(id: &str) -> usize {
    let number = id.strip_prefix("chargeback").and_then(|digits| digits.parse::<usize>().ok());
    number.and_then(|number| number.checked_sub(1)).unwrap_or(usize::MAX)
}

impl Record {
    /// The words by which it is found.
    fn searched(&self) -> Vec<String> {
        let text = |key: &str| self.fields.get(key).and_then(Value::as_str).unwrap_or_default();
        let fields = ["case_number", "arn", "third_party_chargeback_id", "gateway_transaction_id"].map(text);
        let metadata = self.fields.get("metadata").map(ToString::to_string).unwrap_or_default();
        words(&format!("{} {} {metadata}", self.id, fields.join(" ")))
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn as_unix(fields: &mut Map<String, Value>, keys: &[&str]) {
    for key in keys {
        let unix = fields.get(*key).and_then(Value::as_str).and_then(|at| DateTime::parse_from_rfc3339(at).ok());
        if let Some(at) = unix {
            fields.insert((*key).to_owned(), value!(at.timestamp()));
        }
    }
}

/// What the vendor's schema refuses.
fn schema_fault(body: &Map<String, Value>, new: bool) -> Option<String> {
    for (key, value) in body {
        let known = PLAIN.contains(&key.as_str()) || (new && ONLY_NEW.contains(&key.as_str()));
        let right = match key.as_str() {
            "amount" => value.is_number(),
            "void_transaction" => value.is_boolean(),
            "transaction_id" | "third_party_integration_id" => length(value) == Some(20),
            "chargeback_date" | "received_date" => is_time(value),
            "representment" => value.as_object().is_some_and(is_representment),
            "metadata" => value.as_array().is_some_and(|list| list.iter().all(is_metadatum)),
            _ => value.is_string(),
        };
        if !known || !right {
            return Some(format!("{key} is not allowed or not valid"));
        }
    }
    None
}

fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|at| DateTime::parse_from_rfc3339(at).is_ok())
}

fn is_representment(fight: &Map<String, Value>) -> bool {
    fight.iter().all(|(key, value)| match key.as_str() {
        "initiated" | "completed" => value.is_boolean(),
        "initiated_date" | "completed_date" => is_time(value),
        "outcome" => matches!(value.as_str(), Some("pending" | "won" | "lost")),
        _ => false,
    })
}

fn is_metadatum(pair: &Value) -> bool {
    let within = |key: &str, most: usize| pair.get(key).and_then(length).is_some_and(|n| (1..=most).contains(&n));
    pair.as_object().is_some_and(|pair| pair.len() == 2) && within("name", 100) && within("value", 255)
}

/// Writes a body into a record. What is frozen may not be written a second time, not even with the same value.
fn apply(fields: &mut Map<String, Value>, body: &Map<String, Value>) -> Result<(), &'static str> {
    for (key, value) in body {
        if key == "representment" {
            let held = fields.entry("representment").or_insert_with(|| value!({}));
            let (Some(held), Some(wanted)) = (held.as_object_mut(), value.as_object()) else { continue };
            for (key, value) in wanted {
                if FROZEN.contains(&key.as_str()) && held.contains_key(key) {
                    return Err("Read-only once set.");
                }
                held.insert(key.clone(), value.clone());
            }
            let holds = |key: &str| held.get(key) == Some(&Value::Bool(true));
            if holds("completed") && !holds("initiated") {
                return Err("completed needs initiated.");
            }
            if held.contains_key("outcome") && !(holds("initiated") && holds("completed")) {
                return Err("outcome needs initiated and completed.");
            }
        } else {
            fields.insert(key.clone(), value.clone());
        }
    }
    Ok(())
}

impl Fake<RevCentFake> {
    /// Makes every chargeback that is created from now on appear only after this many searches have missed it. 0, the
    /// default, is no lag.
    pub fn lag_index(&self, searches: u64) {
        self.lock().machine.lag = searches;
    }

    /// Makes the search find what holds any word of the term, instead of all of them. How loose RevCent's own is, is not
    /// known.
    pub fn search_loosely(&self) {
        self.lock().machine.loose = true;
    }

    /// How many times a customer was refunded by `void_transaction`; no report ever does.
    #[must_use]
    pub fn voids(&self) -> u64 {
        self.lock().machine.voids
    }
}

//! A fake RevCent.

use bytes::Bytes;
use chrono::DateTime;
use http::{Method, Request};
use serde_json::{Map, Value, json as value};

use super::bounded_log::BoundedLog;
use super::credentials::API_KEY;
use super::fake::Fake;
use super::machine::Machine;
use super::recorded_case::RecordedCase;
use super::search_index::SearchIndex;
use super::wire::{Reply, header, length, object, opaque_debug, path, query, text};

const KEYS: &[&str] = &[
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
const CREATE_KEYS: &[&str] = &["transaction_id", "gateway_transaction_id", "void_transaction"];
const SEARCHED_KEYS: [&str; 4] = ["case_number", "arn", "third_party_chargeback_id", "gateway_transaction_id"];
const FROZEN_KEYS: &[&str] = &["initiated", "initiated_date", "completed", "completed_date"];

/// The state of the fake RevCent: chargeback records, and a search index with an optional lag.
#[derive(Default)]
pub struct RevCentFake {
    records: BoundedLog<Record>,
    index: SearchIndex,
    calls: u64,
    searches: u64,
    /// The number of searches that miss a new record.
    lag: u64,
    matches_any_term: bool,
    voids: u64,
}

opaque_debug!(RevCentFake);

struct Record {
    id: String,
    fields: Map<String, Value>,
    history: Vec<Value>,
    /// The number of the first search that finds the record.
    visible_from: u64,
}

impl Machine for RevCentFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Result<Reply, Reply> {
        self.calls += 1;
        if header(request, "x-api-key") != Some(API_KEY) {
            return Err(self.error(401, "auth", "Invalid API key."));
        }
        let path = path(request);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (request.method(), path.as_slice()) {
            (&Method::GET, ["v2", "chargebacks", "search"]) => match query(request, "search_term") {
                Some(term) if !term.is_empty() => Ok(self.search(&term)),
                _ => Err(self.error(400, "search_term", "A search term is required.")),
            },
            (&Method::GET, ["v2", "chargebacks", id]) => self.get(id),
            (&Method::POST, ["v2", "chargebacks"]) => match object(request) {
                Some(body) => self.create(body),
                None => Err(self.error(400, "body", "Not a JSON object.")),
            },
            (&Method::POST, ["v2", "chargebacks", id]) => match object(request) {
                Some(body) => self.edit(id, body),
                None => Err(self.error(400, "body", "Not a JSON object.")),
            },
            _ => Err(self.error(404, "path", "No such operation.")),
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

    fn rejection(&self) -> Reply {
        self.error(400, "refused", "The chargeback is refused.")
    }

    fn server_error(&self) -> Reply {
        self.error(500, "internal", "Internal error.")
    }
}

impl RevCentFake {
    fn call_id(&self) -> String {
        format!("apicall{:013}", self.calls)
    }

    fn error(&self, status: u16, code: &str, message: &str) -> Reply {
        let body = value!({
            "api_call_id": self.call_id(), "api_call_unix": 1_700_000_000, "code": 0,
            "error_code": code, "message": message, "result": "The call failed.",
        });
        Reply::new(status, body)
    }

    fn written(&self, id: &str, result: &str) -> Reply {
        let body = value!({
            "api_call_id": self.call_id(), "api_call_unix": 1_700_000_000, "code": 1,
            "chargeback_id": id, "result": result,
        });
        Reply::new(200, body)
    }

    fn create(&mut self, body: Map<String, Value>) -> Result<Reply, Reply> {
        validate(&body, true).map_err(|message| self.error(400, "schema", &message))?;
        if body.contains_key("transaction_id") == body.contains_key("gateway_transaction_id") {
            return Err(self.error(400, "transaction", "One of the transaction ids is required."));
        }
        let mut fields = Map::new();
        apply(&mut fields, &body).map_err(|message| self.error(400, "representment", message))?;
        if body.get("void_transaction") == Some(&Value::Bool(true)) {
            self.voids += 1;
        }
        let id = format!("chargeback{:010}", self.records.next_number() + 1);
        let visible_from = self.searches + 1 + self.lag;
        let record = Record { id: id.clone(), fields, history: vec![Value::Object(body)], visible_from };
        let searched = record.searched_text();
        let (number, removed) = self.records.push(record);
        self.index.insert(number, &searched);
        for (number, record) in removed {
            self.index.remove(number, &record.searched_text());
        }
        Ok(self.written(&id, "Chargeback created."))
    }

    fn edit(&mut self, id: &str, body: Map<String, Value>) -> Result<Reply, Reply> {
        validate(&body, false).map_err(|message| self.error(400, "schema", &message))?;
        let number = number(id);
        let Some(record) = self.records.get(number).filter(|record| record.id == id) else {
            return Err(self.error(404, "chargeback_id", "No such chargeback."));
        };
        let mut fields = record.fields.clone();
        apply(&mut fields, &body).map_err(|message| self.error(400, "representment", message))?;
        if let Some(record) = self.records.get_mut(number) {
            self.index.remove(number, &record.searched_text());
            record.fields = fields;
            record.history.push(Value::Object(body));
            self.index.insert(number, &record.searched_text());
        }
        Ok(self.written(id, "Chargeback edited."))
    }

    /// Returns a record. RevCent accepts times as text and returns them as Unix seconds.
    fn get(&self, id: &str) -> Result<Reply, Reply> {
        let Some(record) = self.records.get(number(id)).filter(|record| record.id == id) else {
            return Err(self.error(404, "chargeback_id", "No such chargeback."));
        };
        let mut fields = record.fields.clone();
        fields.insert("id".to_owned(), value!(id));
        to_unix_seconds(&mut fields, &["chargeback_date", "received_date"]);
        if let Some(Value::Object(representment)) = fields.get_mut("representment") {
            to_unix_seconds(representment, &["initiated_date", "completed_date"]);
        }
        Ok(Reply::new(200, value!({ "api_call_id": self.call_id(), "code": 1, "chargeback": fields })))
    }

    /// Returns at most ten hits of a full-text search. A hit has only the id and the date of the record.
    fn search(&mut self, query: &str) -> Reply {
        self.searches += 1;
        let numbers =
            if self.matches_any_term { self.index.with_any_term(query) } else { self.index.with_all_terms(query) };
        let hits: Vec<Value> = numbers
            .iter()
            .filter_map(|&number| self.records.get(number))
            .filter(|record| record.visible_from <= self.searches)
            .take(10)
            .map(|record| value!({ "item_type": "chargeback", "id": record.id, "created_date_unix": 1_700_000_000 }))
            .collect();
        Reply::new(200, value!({ "api_call_id": self.call_id(), "code": 1, "results": hits }))
    }
}

impl Record {
    /// Returns the text that the search index covers.
    fn searched_text(&self) -> String {
        let fields = SEARCHED_KEYS.map(|key| text(&self.fields, key));
        let metadata = self.fields.get("metadata").map(ToString::to_string).unwrap_or_default();
        format!("{} {} {metadata}", self.id, fields.join(" "))
    }
}

/// Returns the number of the record with this id. Ids are counted from 1. For an id in another format, returns a
/// number that no record has.
fn number(id: &str) -> usize {
    let number = id.strip_prefix("chargeback").and_then(|digits| digits.parse::<usize>().ok());
    number.and_then(|number| number.checked_sub(1)).unwrap_or(usize::MAX)
}

fn to_unix_seconds(fields: &mut Map<String, Value>, keys: &[&str]) {
    for key in keys {
        if let Ok(at) = DateTime::parse_from_rfc3339(text(fields, key)) {
            fields.insert((*key).to_owned(), value!(at.timestamp()));
        }
    }
}

/// Checks a body against the vendor's schema: known keys and valid values.
fn validate(body: &Map<String, Value>, is_create: bool) -> Result<(), String> {
    for (key, value) in body {
        let is_known = KEYS.contains(&key.as_str()) || (is_create && CREATE_KEYS.contains(&key.as_str()));
        let is_valid = match key.as_str() {
            "amount" => value.is_number(),
            "void_transaction" => value.is_boolean(),
            "transaction_id" | "third_party_integration_id" => length(value) == Some(20),
            "chargeback_date" | "received_date" => is_time(value),
            "representment" => value.as_object().is_some_and(is_representment),
            "metadata" => value.as_array().is_some_and(|list| list.iter().all(is_metadata_entry)),
            _ => value.is_string(),
        };
        if !is_known || !is_valid {
            return Err(format!("{key} is not allowed or not valid"));
        }
    }
    Ok(())
}

fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|at| DateTime::parse_from_rfc3339(at).is_ok())
}

fn is_representment(representment: &Map<String, Value>) -> bool {
    representment.iter().all(|(key, value)| match key.as_str() {
        "initiated" | "completed" => value.is_boolean(),
        "initiated_date" | "completed_date" => is_time(value),
        "outcome" => matches!(value.as_str(), Some("pending" | "won" | "lost")),
        _ => false,
    })
}

fn is_metadata_entry(entry: &Value) -> bool {
    let fits = |key: &str, max: usize| entry.get(key).and_then(length).is_some_and(|n| (1..=max).contains(&n));
    entry.as_object().is_some_and(|entry| entry.len() == 2) && fits("name", 100) && fits("value", 255)
}

/// Writes a body into the fields of a record.
///
/// A second write of a frozen field is an error, even with the same value. The representment must be initiated
/// before it can be completed, and both before it has an outcome.
fn apply(fields: &mut Map<String, Value>, body: &Map<String, Value>) -> Result<(), &'static str> {
    for (key, value) in body {
        if key != "representment" {
            fields.insert(key.clone(), value.clone());
            continue;
        }
        let held = fields.entry("representment").or_insert_with(|| value!({}));
        let (Some(held), Some(written)) = (held.as_object_mut(), value.as_object()) else { continue };
        for (key, value) in written {
            if FROZEN_KEYS.contains(&key.as_str()) && held.contains_key(key) {
                return Err("Read-only once set.");
            }
            held.insert(key.clone(), value.clone());
        }
        let is_true = |key: &str| held.get(key) == Some(&Value::Bool(true));
        if is_true("completed") && !is_true("initiated") {
            return Err("completed needs initiated.");
        }
        if held.contains_key("outcome") && !(is_true("initiated") && is_true("completed")) {
            return Err("outcome needs initiated and completed.");
        }
    }
    Ok(())
}

impl Fake<RevCentFake> {
    /// Sets the number of searches that miss each chargeback created from now on. The default is 0.
    ///
    /// ```
    /// use chargeback::sandbox::{Fault, FaultKind, Sandbox};
    /// # use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, chrono::Utc::now())
    /// #     .gateway_transaction_id("gw-1")
    /// #     .build()?;
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let revcent = sandbox.connect(sandbox.revcent_connector()).build()?;
    /// sandbox.revcent().lag_index(1);
    /// sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    /// // The provider repeats the search until the index has the new chargeback.
    /// assert!(revcent.report(&received).await?.was_reconciled());
    /// assert_eq!(sandbox.revcent().cases().len(), 1);
    /// assert_eq!(sandbox.revcent().voids(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn lag_index(&self, searches: u64) {
        self.lock().machine.lag = searches;
    }

    /// Lets a search find the records with any term of the query. By default, a record must have all terms.
    ///
    /// RevCent's documents do not define this rule.
    pub fn search_loosely(&self) {
        self.lock().machine.matches_any_term = true;
    }

    /// Returns the number of refunds by `void_transaction`. Reports never send this switch.
    ///
    /// ```
    /// use chargeback::revcent::CreateChargeback;
    /// use chargeback::sandbox::Sandbox;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), chargeback::Error> {
    /// let sandbox = Sandbox::in_memory();
    /// let revcent = sandbox.connect(sandbox.revcent_connector()).build()?;
    /// revcent.create_chargeback_and_void_transaction(CreateChargeback::for_gateway_transaction("gw-1")).await?;
    /// assert_eq!(sandbox.revcent().voids(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn voids(&self) -> u64 {
        self.lock().machine.voids
    }
}

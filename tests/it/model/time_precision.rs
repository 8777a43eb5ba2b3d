//! Every time of the model keeps its full precision, also in JSON. Vendors receive milliseconds.

use chargeback::revcent::{FirstReport, RevCent};
use chargeback::spade::{self, Spade, WonMeans};
use chargeback::thirdwatch::{self, Thirdwatch};
use chargeback::{
    Chargeback, ChargebackBuilder, ChargebackProvider as _, HttpProvider, Reason, Representment, Rfc3339, Stage,
};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Script, at, plain};

type Setter = fn(ChargebackBuilder, DateTime<Utc>) -> ChargebackBuilder;
type Getter = fn(&Chargeback) -> Option<DateTime<Utc>>;

/// Every time of the model, with its setter and its getter.
const TIMES: &[(&str, Setter, Getter)] = &[
    ("occurred_at", |case, at| case.stage(Stage::Won, at), |case| Some(case.occurred_at())),
    ("opened_at", ChargebackBuilder::opened_at, Chargeback::opened_at),
    ("received_at", ChargebackBuilder::received_at, Chargeback::received_at),
    ("due_by", ChargebackBuilder::due_by, Chargeback::due_by),
    (
        "initiated_at",
        |case, at| case.representment(Representment::initiated().initiated_at(at)),
        |case| case.representment()?.initiated_at,
    ),
    (
        "completed_at",
        |case, at| case.representment(Representment::initiated().completed_at(at)),
        |case| case.representment()?.completed_at,
    ),
];

/// Instants from year 1 to 9999 to the nanosecond, and leap seconds.
fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    let any = (-62_135_596_800_i64..253_402_300_800, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap());
    let leap =
        (1_000_000_000_u32..2_000_000_000).prop_map(|nanos| DateTime::from_timestamp(1_483_228_799, nanos).unwrap());
    prop_oneof![4 => any, 1 => leap]
}

/// The names of the times in JSON.
fn time_names(value: &Value, names: &mut Vec<String>) {
    let Value::Object(fields) = value else { return };
    for (name, value) in fields {
        if value.as_str().is_some_and(|text| text.parse::<Rfc3339>().is_ok()) {
            names.push(name.clone());
        }
        time_names(value, names);
    }
}

#[test]
fn table_has_every_time_of_the_model() {
    let case = crate::support::full(Stage::Won, Reason::FraudOther).build().unwrap();
    let mut names = Vec::new();
    time_names(&serde_json::to_value(&case).unwrap(), &mut names);
    names.sort_unstable();
    let mut table: Vec<_> = TIMES.iter().map(|(name, ..)| *name).collect();
    table.sort_unstable();
    assert_eq!(names, table);
}

proptest! {
    #[test]
    fn every_time_is_kept_to_the_nanosecond(time in instants()) {
        for (name, set, get) in TIMES {
            let case = set(plain("case-1", Stage::Won, Reason::FraudOther), time).build().unwrap();
            prop_assert_eq!(get(&case), Some(time), "{}", name);
            let json = serde_json::to_string(&case).unwrap();
            let read: Chargeback = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(get(&read), Some(time), "{} {}", name, json);
            prop_assert_eq!(&read, &case);
            let through_value: Chargeback = serde_json::from_value(serde_json::to_value(&case).unwrap()).unwrap();
            prop_assert_eq!(&through_value, &case);
            prop_assert_eq!(case.to_builder().build().unwrap(), case);
        }
    }
}

/// The plans of all vendors that receive times, as text.
fn plans(case: &Chargeback) -> Vec<String> {
    let script = Script::empty();
    let thirdwatch = Thirdwatch::new("k", thirdwatch::Environment::Production);
    let spade = Spade::new("k", spade::Environment::EastSandbox, WonMeans::MerchantWon);
    let revcent = RevCent::new("k").first_report(FirstReport::CreateAtOnce);
    let text = |plan: Result<chargeback::Plan, chargeback::Error>| plan.unwrap().to_text();
    vec![
        text(HttpProvider::builder(thirdwatch).transport(script.clone()).build().unwrap().plan(case)),
        text(HttpProvider::builder(spade).transport(script.clone()).build().unwrap().plan(case)),
        text(HttpProvider::builder(revcent).transport(script).build().unwrap().plan(case)),
    ]
}

#[test]
fn vendors_receive_every_time_truncated_to_milliseconds() {
    for (number, (name, set, _)) in TIMES.iter().enumerate() {
        let day = u32::try_from(number).unwrap() + 10;
        let time = at(day, 3) + TimeDelta::nanoseconds(123_999_999);
        let case = plain("case-1", Stage::Won, Reason::FraudOther).representment(Representment::initiated());
        let plans = plans(&set(case, time).build().unwrap());
        let sent = at(day, 3) + TimeDelta::milliseconds(123);
        let sent = sent.to_rfc3339_opts(SecondsFormat::Millis, true);
        assert!(plans.iter().any(|plan| plan.contains(&sent)), "{name}: {plans:?}");
        assert!(plans.iter().all(|plan| !plan.contains("123999") && !plan.contains(".124")), "{name}: {plans:?}");
    }
}

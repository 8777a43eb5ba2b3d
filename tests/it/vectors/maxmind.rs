//! MaxMind: the body of the report in, verdict and request out.

use chargeback::connector::Operation as _;
use chargeback::maxmind::{MaxMind, ReportTransaction, WonTag};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Line, Verdict, accept, attempt, compare, judge, parse};

#[derive(Deserialize)]
struct Input<'a> {
    account_id: String,
    license_key: String,
    #[serde(borrow)]
    report: &'a RawValue,
}

pub(super) fn report(line: &Line<'_>) -> Result<Verdict, String> {
    let input: Input<'_> = serde_json::from_str(line.input.get()).unwrap();
    let expect: Value = parse(line.expect);
    let accepted = accept::<ReportTransaction>(input.report, ReportTransaction::validate);
    if let (Ok(report), Some(request)) = (&accepted, expect.get("request")) {
        let vendor = MaxMind::new(input.account_id.parse().unwrap(), input.license_key, WonTag::Clear);
        let sent = report.encode(&vendor, &attempt()).map_err(|broken| broken.to_string())?;
        compare(&sent, request)?;
    }
    let written = accepted.map(|report| serde_json::to_string(&report).unwrap());
    judge(line, written, input.report, &expect)
}

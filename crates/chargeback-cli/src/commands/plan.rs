//! `chargeback plan`.

use chargeback::{Error, Plan, PlannedRequest, PlannedStep, ProviderId};
use serde_json::{Value, json};

use crate::args::PlanArgs;
use crate::config::Config;
use crate::failure::{Exit, Failure, chain};
use crate::input::{Content, Input};
use crate::output::{Output, line};

/// Shows the requests for the first chargebacks of a file.
pub(crate) fn plan(arguments: &PlanArgs, config: &Config, output: Output) -> Result<Exit, Failure> {
    let reporter = config.reporter(&arguments.choice)?;
    let input = Input::open(&arguments.input)?;
    let mut exit = Exit::Success;
    for row in input.rows()?.take(arguments.limit) {
        match row.content {
            Content::Chargeback(chargeback) => {
                for (vendor, plan) in reporter.plan(&chargeback) {
                    if plan.is_err() {
                        exit = exit.max(Exit::Attention);
                    }
                    print(row.line, &vendor, &plan, output)?;
                }
            }
            Content::Other(value) => {
                output.print(
                    &json!({ "line": row.line, "other": value }),
                    format!("line {}: not a chargeback", row.line),
                )?;
            }
            Content::Unreadable(reason) => {
                exit = exit.max(Exit::Unreadable);
                let value = json!({ "line": row.line, "unreadable": reason });
                output.print(&value, format!("line {}: {reason}", row.line))?;
            }
        }
    }
    if !output.show_payload && !output.json {
        line("\nAdd --show-payload for addresses and bodies, which hold the data of the case.");
    }
    Ok(exit)
}

fn print(number: u64, vendor: &ProviderId, plan: &Result<Plan, Error>, output: Output) -> Result<(), Failure> {
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) => {
            let text = reason(error);
            let value = json!({ "line": number, "vendor": vendor, "error": text });
            return output.print(&value, format!("line {number}: {text}"));
        }
    };
    let losses: Vec<String> = plan.losses().iter().map(ToString::to_string).collect();
    let steps: Vec<Value> = plan.steps().iter().map(|step| step_json(step, output.show_payload)).collect();
    let value = json!({
        "line": number, "vendor": vendor, "stage": plan.stage_value(), "reason": plan.reason_value(),
        "losses": losses, "steps": steps,
    });
    let text = if output.show_payload { plan.to_text() } else { without_payload(plan) };
    output.print(&value, format!("line {number}: {}", text.trim_end()))
}

/// Returns the error of a report that would not be sent. Texts of the crate hold no values of the case.
pub(crate) fn reason(error: &Error) -> String {
    match error {
        Error::Invalid(invalid) => {
            let problems: Vec<String> = invalid.violations().iter().map(ToString::to_string).collect();
            problems.join("; ")
        }
        other => chain(other),
    }
}

fn step_json(step: &PlannedStep, show_payload: bool) -> Value {
    json!({
        "operation": step.operation(), "condition": step.condition(), "failure": step.failure(),
        "request": step.request().map(|request| request_json(request, show_payload)),
    })
}

fn request_json(request: &PlannedRequest, show_payload: bool) -> Value {
    let (method, url, body) = (request.method().as_str(), request.url(), request.body());
    if !show_payload {
        return json!({ "method": method, "host": host(url), "body_bytes": body.len() });
    }
    let headers: Vec<_> = request.headers().iter().map(|(name, value)| format!("{name}: {value}")).collect();
    json!({ "method": method, "url": url, "headers": headers, "body": body })
}

fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or_default()
}

/// Returns the plan without addresses and bodies.
fn without_payload(plan: &Plan) -> String {
    let mut text = format!("{}: stage `{}`, reason `{}`", plan.provider(), plan.stage_value(), plan.reason_value());
    for step in plan.steps() {
        let condition = step.condition().map(|condition| format!(", if {condition}")).unwrap_or_default();
        let request = step.request().map_or_else(
            || format!("fails: {}", step.failure().unwrap_or_default()),
            |request| format!("{} {}, {} bytes", request.method(), host(request.url()), request.body().len()),
        );
        text = format!("{text}\n  {}{condition}: {request}", step.operation());
    }
    for loss in plan.losses() {
        text = format!("{text}\n  lost: {loss}");
    }
    text
}

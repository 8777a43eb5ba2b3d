//! The requests of a report, without sending them.

use super::core::Engine;
use super::report::translate;
use crate::connector::{Attempt, Case, CompletedStep, Connector, Operation};
use crate::error::{Error, InvalidError};
use crate::provider::{Plan, PlannedRequest, PlannedStep};

/// The largest number of nested conditions.
const MAX_DEPTH: usize = 8;

/// Plans a report of a case that already has the vendor's case id, if one is known.
pub(super) fn plan<C: Connector>(engine: &Engine<C>, case: Case<'_>) -> Result<Plan, Error> {
    let translation = translate(engine, &case)?;
    let mut plan = Plan::new(engine.id().clone())
        .with_stage_value(translation.stage_value)
        .with_reason_value(translation.reason_value)
        .with_losses(translation.losses);
    for planned in translation.steps {
        plan_step(engine, planned.step, case, None, &mut Vec::new(), &mut plan)?;
    }
    Ok(plan)
}

/// Adds a step, and the steps that follow from each possible reply.
///
/// `done` is the path of steps and replies that leads here. For each possible reply, the step is pushed onto the
/// path with that reply, the steps that follow are planned by recursion, and the step is taken back from the path.
fn plan_step<C: Connector>(
    engine: &Engine<C>,
    step: C::Step,
    case: Case<'_>,
    condition: Option<&str>,
    done: &mut Vec<CompletedStep<C::Step>>,
    plan: &mut Plan,
) -> Result<(), Error> {
    let violations = step.validate();
    if !violations.is_empty() {
        return Err(InvalidError::for_vendor(engine.id().clone(), Some(step.name()), violations).into());
    }
    let request = planned_request(engine, &step)?;
    let planned = PlannedStep::request_for(step.name(), request);
    plan.push(planned.with_condition(condition.map(str::to_owned)));
    if done.len() >= MAX_DEPTH {
        return Ok(());
    }
    let operation = step.name();
    let replies = engine.connector().possible_replies(&case, &step);
    let mut step = Some(step);
    for possible in replies {
        let Some(sent) = step.take() else { break };
        let condition = match condition {
            Some(outer) => format!("{outer}, and {}", possible.condition),
            None => possible.condition.to_owned(),
        };
        done.push(CompletedStep::new(sent, possible.reply));
        match engine.connector().next_steps(&case, done) {
            Ok(next) => {
                for planned in next.steps {
                    plan_step(engine, planned.step, case, Some(&condition), done, plan)?;
                }
            }
            Err(error) => {
                let failure = PlannedStep::failure_after(
                    operation,
                    engine.translate_error(error, operation, case.is_in_doubt()).to_string(),
                );
                plan.push(failure.with_condition(condition));
            }
        }
        step = done.pop().map(|last| last.step);
    }
    Ok(())
}

fn planned_request<C: Connector>(engine: &Engine<C>, step: &C::Step) -> Result<PlannedRequest, Error> {
    let request = engine.encode(step, &Attempt::plan(engine.now()))?;
    let mut planned = PlannedRequest::new(request.method().clone(), request.uri().to_string());
    for (name, value) in request.headers() {
        let text = if value.is_sensitive() { "[redacted]" } else { value.to_str().unwrap_or("[not text]") };
        planned = planned.with_header(name.as_str(), text);
    }
    Ok(planned.with_body(String::from_utf8_lossy(request.body())))
}

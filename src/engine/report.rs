//! A report: the connector's steps, one after another.

use std::collections::VecDeque;
use std::time::Duration;

use super::attempt::Run;
use super::core::Engine;
use super::doubt::CaseState;
use super::execute::Executed;
use crate::connector::{Case, CompletedStep, Connector, Operation, Planned, RetrySafety, Translation};
use crate::error::Error;
use crate::model::Chargeback;
use crate::provider::{FieldSupport, Loss, LossKind, Receipt, StepReport};

/// The progress of a report.
struct Progress<C: Connector> {
    done: Vec<CompletedStep<C::Step>>,
    steps: Vec<StepReport>,
    losses: Vec<Loss>,
    vendor_case: Option<String>,
    /// A write was acknowledged, by its reply or by the vendor's record. A later failure does not undo the report.
    has_written: bool,
    /// Every step so far was an idempotent write.
    only_idempotent_writes: bool,
}

/// Reports a chargeback that already has the vendor's case id, if one is known.
pub(super) async fn report<C: Connector>(
    engine: &Engine<C>,
    chargeback: &Chargeback,
    state: &mut CaseState<'_>,
    run: &Run<'_>,
    start: Duration,
) -> Result<Receipt, Error> {
    let case = Case::new(chargeback).in_doubt(state.is_in_doubt()).acknowledged_before(state.was_acknowledged_before());
    let Translation { stage_value, reason_value, losses, steps } = translate(engine, &case).inspect_err(|_| {
        // A report that cannot be sent leaves no doubt at a vendor whose earlier reports can be repeated.
        if engine.capabilities().writes_are_idempotent() {
            state.clear_assumed_doubt();
        }
    })?;
    let mut progress = Progress::<C> {
        done: Vec::with_capacity(steps.len()),
        steps: Vec::with_capacity(steps.len()),
        losses,
        vendor_case: None,
        has_written: false,
        only_idempotent_writes: false,
    };
    let result = take_steps(engine, steps, case, state, &mut progress, run).await;
    // A report that the gate stopped sent nothing that could replace the earlier one.
    if progress.only_idempotent_writes && !matches!(result, Err(Error::NotStarted(_))) {
        state.clear_assumed_doubt();
    }
    result?;
    Ok(Receipt::new(engine.id().clone())
        .with_stage_value(stage_value)
        .with_reason_value(reason_value)
        .with_losses(progress.losses)
        .with_steps(progress.steps)
        .with_vendor_case(progress.vendor_case)
        .with_wrote(run.wrote())
        .with_elapsed(engine.clock().elapsed().saturating_sub(start)))
}

async fn take_steps<C: Connector>(
    engine: &Engine<C>,
    steps: Vec<Planned<C::Step>>,
    case: Case<'_>,
    state: &mut CaseState<'_>,
    progress: &mut Progress<C>,
    run: &Run<'_>,
) -> Result<(), Error> {
    let mut queue = VecDeque::from(steps);
    progress.only_idempotent_writes = !queue.is_empty();
    while let Some(mut planned) = queue.pop_front() {
        let step = &planned.step;
        progress.only_idempotent_writes &= step.retry_safety() == RetrySafety::Idempotent && !step.reads_only();
        let operation = step.name();
        // Boxed: it is most of a report's future, and would enlarge every enclosing future.
        let executed = Box::pin(state.execute(engine, &mut planned.step, run)).await;
        let more = match executed {
            Ok(executed) => acknowledged(engine, planned.step, executed, case, state, progress)?,
            // A failure after an acknowledged write does not undo the write.
            Err(error) if planned.follow_up || progress.has_written => {
                progress.steps.push(StepReport::failed(operation, error));
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        for planned in more.into_iter().rev() {
            queue.push_front(planned);
        }
    }
    Ok(())
}

/// Records an acknowledged step, and returns the steps that follow from its reply.
///
/// If the next steps cannot be determined before the first write, the report fails. After a write, the report counts
/// as sent, and the failure becomes a failed step of the receipt. The loss policy can refuse a loss that a reply
/// shows only before the first write. After that, the receipt lists the loss.
fn acknowledged<C: Connector>(
    engine: &Engine<C>,
    step: C::Step,
    executed: Executed<<C::Step as Operation>::Reply>,
    case: Case<'_>,
    state: &mut CaseState<'_>,
    progress: &mut Progress<C>,
) -> Result<Vec<Planned<C::Step>>, Error> {
    let (operation, reads_only) = (step.name(), step.reads_only());
    let acknowledgement = step.acknowledge(&executed.reply);
    // A read may have returned another case; `next_steps` decides whether it is this one.
    identify(state, acknowledgement.case_id.filter(|_| !reads_only), progress);
    progress.steps.push(
        StepReport::acknowledged(operation)
            .with_attempts(executed.attempts)
            .with_reconciled(executed.reconciled)
            .with_request_id(acknowledgement.request_id)
            .with_message(acknowledgement.message),
    );
    progress.done.push(CompletedStep::new(step, executed.reply));
    progress.has_written |= !reads_only;
    let next = engine
        .connector()
        .next_steps(&case, &progress.done)
        .map_err(|error| engine.translate_error(error, operation, state.is_in_doubt()));
    let next = next.and_then(|next| {
        let accepted = if progress.has_written { Ok(()) } else { engine.losses().check(engine.id(), &next.losses) };
        accepted.map(|()| next)
    });
    match next {
        Ok(next) => {
            merge(&mut progress.losses, next.losses);
            identify(state, next.case_id, progress);
            Ok(next.steps)
        }
        Err(error) if progress.has_written => {
            progress.steps.push(StepReport::failed(operation, error));
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

/// Adds losses that a reply shows. Each of them corrects the earlier losses of the same field:
///
/// - A field that is not sent after all ([`LossKind::Dropped`]) is no longer listed as sent in some form.
/// - A field is listed as [`LossKind::Noted`] only if nothing else is known about it.
fn merge(losses: &mut Vec<Loss>, later: Vec<Loss>) {
    let is_corrected = |earlier: &Loss| {
        later.iter().filter(|loss| loss.field() == earlier.field()).any(|loss| {
            let not_sent = loss.kind() == LossKind::Dropped && earlier.kind().is_sent();
            not_sent || earlier.kind() == LossKind::Noted || loss == earlier
        })
    };
    losses.retain(|earlier| !is_corrected(earlier));
    losses.extend(later);
}

fn identify<C: Connector>(state: &mut CaseState<'_>, vendor_case: Option<String>, progress: &mut Progress<C>) {
    if let Some(vendor_case) = vendor_case {
        state.identify(&vendor_case);
        progress.vendor_case = Some(vendor_case);
    }
}

/// Translates a case. Every field of the chargeback is either sent or among the losses.
pub(super) fn translate<C: Connector>(engine: &Engine<C>, case: &Case<'_>) -> Result<Translation<C::Step>, Error> {
    let mut translation = engine
        .connector()
        .translate(case)
        .map_err(|error| engine.translate_error(error, "report", case.is_in_doubt()))?;
    for field in case.chargeback().fields() {
        let kind = match engine.capabilities().field(field) {
            FieldSupport::Sent => continue,
            FieldSupport::Noted => LossKind::Noted,
            FieldSupport::Dropped => LossKind::Dropped,
        };
        if translation.losses.iter().all(|loss| loss.field() != field) {
            translation.losses.push(Loss::new(field, kind, ""));
        }
    }
    engine.losses().check(engine.id(), &translation.losses)?;
    Ok(translation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;

    /// Every pair of an earlier and a later loss of one field.
    #[test]
    fn a_later_loss_corrects_an_earlier_one() {
        for &earlier in LossKind::ALL {
            for &later in LossKind::ALL {
                let first = Loss::new(Field::Notes, earlier, "earlier");
                let mut losses = vec![first.clone(), Loss::new(Field::Arn, earlier, "another field")];
                let last = Loss::new(Field::Notes, later, "later");
                merge(&mut losses, vec![last.clone()]);
                let is_corrected = earlier == LossKind::Noted || (later == LossKind::Dropped && earlier.is_sent());
                assert_eq!(losses.contains(&first), !is_corrected, "{earlier} {later}");
                assert!(losses.contains(&last) && losses.len() == 3 - usize::from(is_corrected), "{earlier} {later}");
            }
        }
    }

    #[test]
    fn losses_of_one_reply_do_not_correct_each_other() {
        let [cut, dropped] = [LossKind::Truncated, LossKind::Dropped].map(|kind| Loss::new(Field::Notes, kind, ""));
        let mut losses = vec![cut.clone()];
        merge(&mut losses, vec![cut.clone(), dropped.clone()]);
        assert_eq!(losses, [cut, dropped]);
    }
}

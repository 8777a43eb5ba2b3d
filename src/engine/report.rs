//! A report: the vendor's steps, one after another.

use std::collections::VecDeque;

use super::attempt::Executed;
use super::clock::Deadline;
use super::outcome::{cannot_tell, several};
use super::provider::Inner;
use crate::connector::{Case, CompletedStep, Connector, Operation, Planned, RetrySafety, TranslateError, Translation};
use crate::error::{Delivery, Error, InvalidError, UnsupportedError};
use crate::model::Chargeback;
use crate::provider::{FieldSupport, Loss, LossKind, Receipt, StepOutcome, StepReport};

/// A report under way.
struct Progress<V: Connector> {
    done: Vec<CompletedStep<V::Step>>,
    steps: Vec<StepReport>,
    losses: Vec<Loss>,
    vendor_case: Option<String>,
    wrote: bool,
    only_safe_writes: bool,
}

impl<V: Connector> Inner<V> {
    pub(super) async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        self.report_in_turn(chargeback).await.map_err(|error| self.with_doubt(error, chargeback.case_id()))
    }

    async fn report_in_turn(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        let start = self.runtime.elapsed();
        let deadline = Deadline::after(&*self.runtime, self.timeouts.operation);
        let _turn = self.turn_of(chargeback.case_id(), "report", deadline).await?;
        let known = self.with_known_case(chargeback);
        let case = Case {
            chargeback: known.as_deref().unwrap_or(chargeback),
            in_doubt: self.memory.is_in_doubt(chargeback.case_id()),
        };
        let translation = self.translate(&case)?;
        let mut progress = Progress::<V> {
            done: Vec::with_capacity(translation.steps.len()),
            steps: Vec::with_capacity(translation.steps.len()),
            losses: translation.losses,
            vendor_case: None,
            wrote: false,
            only_safe_writes: false,
        };
        let taken = self.take_steps(translation.steps, case, &mut progress, deadline).await;
        // Who says that another may have acted did not know that here it does no harm.
        if progress.only_safe_writes {
            self.memory.nothing_to_doubt(chargeback.case_id());
        }
        taken?;
        Ok(Receipt {
            provider: self.id.clone(),
            stage_value: translation.stage_value.into_owned(),
            reason_value: translation.reason_value.into_owned(),
            losses: progress.losses,
            steps: progress.steps,
            vendor_case: progress.vendor_case,
            wrote: progress.wrote,
            elapsed: self.runtime.elapsed().saturating_sub(start),
        })
    }

    async fn take_steps(
        &self,
        steps: Vec<Planned<V::Step>>,
        case: Case<'_>,
        progress: &mut Progress<V>,
        deadline: Deadline,
    ) -> Result<(), Error> {
        let mut queue = VecDeque::from(steps);
        progress.only_safe_writes = !queue.is_empty();
        while let Some(mut planned) = queue.pop_front() {
            progress.only_safe_writes &=
                planned.step.retry_safety() == RetrySafety::Idempotent && !planned.step.reads_only();
            let operation = planned.step.name();
            // In a place of its own: it is most of a report's future, and every future around it would be larger by it.
            let executed =
                Box::pin(self.execute_remembering(&mut planned.step, case.chargeback.case_id(), deadline)).await;
            let more = match executed {
                Ok(executed) => self.acknowledged(planned.step, executed, case, progress)?,
                // What comes after an acknowledged write cannot unmake it.
                Err(error) if planned.follow_up || progress.wrote => {
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

    /// Notes that a step was acknowledged; gives the steps that follow from its reply.
    fn acknowledged(
        &self,
        step: V::Step,
        executed: Executed<<V::Step as Operation>::Reply>,
        case: Case<'_>,
        progress: &mut Progress<V>,
    ) -> Result<Vec<Planned<V::Step>>, Error> {
        let (operation, reads_only) = (step.name(), step.reads_only());
        let acknowledgement = step.acknowledge(&executed.reply);
        // What was read may be another's case; the vendor says below whether it is this one.
        self.identify(case, acknowledgement.case_id.filter(|_| !reads_only), progress);
        progress.steps.push(StepReport {
            operation,
            outcome: StepOutcome::Acknowledged,
            attempts: executed.attempts,
            read_back: executed.read_back,
            request_id: acknowledgement.request_id,
            message: acknowledgement.message,
        });
        progress.done.push(CompletedStep { step, reply: executed.reply });
        progress.wrote |= !reads_only;
        let follow = self.vendor.next_steps(&case, &progress.done).map_err(|refused| self.refused(refused, operation));
        // What is lost can be refused before something is written; afterwards it can only be told.
        let follow = follow.and_then(|follow| {
            let taken = if progress.wrote { Ok(()) } else { self.losses.check(&self.id, &follow.losses) };
            taken.map(|()| follow)
        });
        match follow {
            Ok(follow) => {
                progress.losses.extend(follow.losses);
                self.identify(case, follow.case_id, progress);
                Ok(follow.steps)
            }
            Err(error) if progress.wrote => {
                progress.steps.push(StepReport::failed(operation, error));
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    /// Keeps the vendor's id of the case. Whoever has seen the case is in doubt about it no longer.
    fn identify(&self, case: Case<'_>, vendor_case: Option<String>, progress: &mut Progress<V>) {
        if let Some(vendor_case) = vendor_case {
            self.memory.keep(case.chargeback.case_id(), &vendor_case);
            progress.vendor_case = Some(vendor_case);
        }
    }

    /// The vendor's translation, with every field either sent or among the losses.
    pub(super) fn translate(&self, case: &Case<'_>) -> Result<Translation<V::Step>, Error> {
        let mut translation = self.vendor.translate(case).map_err(|refused| self.refused(refused, "report"))?;
        for field in case.chargeback.fields() {
            let kind = match self.capabilities.field(field) {
                FieldSupport::Sent => continue,
                FieldSupport::Noted => LossKind::Noted,
                FieldSupport::Dropped => LossKind::Dropped,
            };
            if translation.losses.iter().all(|loss| loss.field() != field) {
                translation.losses.push(Loss::new(field, kind, ""));
            }
        }
        self.losses.check(&self.id, &translation.losses)?;
        Ok(translation)
    }

    /// This report has sent nothing that acts; of an earlier one, [`with_doubt`](Self::with_doubt) tells.
    pub(super) fn refused(&self, refused: TranslateError, operation: &'static str) -> Error {
        let id = self.id.clone();
        match refused {
            TranslateError::Invalid(violations) => InvalidError::of_call(id, None, violations).into(),
            TranslateError::Unsupported { field, value, why } => UnsupportedError::new(id, field, value, why).into(),
            TranslateError::Ambiguous(candidates) => several(id, operation, Delivery::NotSent, 0, candidates),
            TranslateError::InDoubt(why) => cannot_tell(id, operation, Delivery::NotSent, why),
        }
    }
}

impl StepReport {
    fn failed(operation: &'static str, error: Error) -> Self {
        Self {
            operation,
            attempts: error.attempts(),
            outcome: StepOutcome::Failed(error),
            read_back: false,
            request_id: None,
            message: None,
        }
    }
}

//! The dry run: the same translation, the same steps, no sending.

use super::provider::Inner;
use crate::connector::{Attempt, Case, CompletedStep, Connector, Operation};
use crate::error::{Error, InvalidError};
use crate::model::Chargeback;
use crate::provider::{Plan, PlannedRequest, PlannedStep};

/// How deep conditions may nest.
const DEPTH: usize = 8;

impl<V: Connector> Inner<V> {
    pub(super) fn plan(&self, chargeback: &Chargeback) -> Result<Plan, Error> {
        let known = self.with_known_case(chargeback);
        let case = Case {
            chargeback: known.as_deref().unwrap_or(chargeback),
            in_doubt: self.memory.is_in_doubt(chargeback.case_id()),
        };
        let translation = self.translate(&case)?;
        let mut plan = Plan {
            provider: self.id.clone(),
            stage_value: translation.stage_value.into_owned(),
            reason_value: translation.reason_value.into_owned(),
            losses: translation.losses,
            steps: Vec::new(),
        };
        for planned in translation.steps {
            self.plan_step(planned.step, case, None, &mut Vec::new(), &mut plan)?;
        }
        Ok(plan)
    }

    /// Adds a step, and those that follow from each answer it may get.
    fn plan_step(
        &self,
        step: V::Step,
        case: Case<'_>,
        condition: Option<&str>,
        done: &mut Vec<CompletedStep<V::Step>>,
        plan: &mut Plan,
    ) -> Result<(), Error> {
        let broken = step.validate();
        if !broken.is_empty() {
            return Err(InvalidError::of_call(self.id.clone(), Some(step.name()), broken).into());
        }
        plan.steps.push(PlannedStep {
            operation: step.name(),
            condition: condition.map(str::to_owned),
            request: Some(self.planned_request(&step)?),
            refusal: None,
        });
        if done.len() >= DEPTH {
            return Ok(());
        }
        let operation = step.name();
        let answers = self.vendor.possible_replies(&case, &step);
        let mut step = Some(step);
        for answer in answers {
            let Some(asked) = step.take() else { break };
            let condition = match condition {
                Some(outer) => format!("{outer}, and {}", answer.condition),
                None => answer.condition.to_owned(),
            };
            done.push(CompletedStep { step: asked, reply: answer.reply });
            match self.vendor.next_steps(&case, done) {
                Ok(follow) => {
                    for planned in follow.steps {
                        self.plan_step(planned.step, case, Some(&condition), done, plan)?;
                    }
                }
                Err(refused) => plan.steps.push(PlannedStep {
                    operation,
                    condition: Some(condition),
                    request: None,
                    refusal: Some(self.refused(refused, operation).to_string()),
                }),
            }
            step = done.pop().map(|last| last.step);
        }
        Ok(())
    }

    fn planned_request(&self, step: &V::Step) -> Result<PlannedRequest, Error> {
        let request = self.encode(step, &Attempt::plan(self.runtime.now()))?;
        let headers = request.headers().iter().map(|(name, value)| {
            let shown = if value.is_sensitive() { "[redacted]" } else { value.to_str().unwrap_or("[not text]") };
            (name.as_str().to_owned(), shown.to_owned())
        });
        Ok(PlannedRequest {
            method: request.method().to_string(),
            url: request.uri().to_string(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(request.body()).into_owned(),
        })
    }
}

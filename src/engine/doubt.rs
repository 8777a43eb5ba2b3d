//! The state of a case during one report or call.

use std::borrow::Cow;

use super::attempt::Run;
use super::core::Engine;
use super::execute::{Executed, execute};
use super::memory::{Memory, TableFull};
use crate::connector::{Connector, Operation, RetrySafety};
use crate::error::{Delivery, Error, ErrorDetails};
use crate::provider::{Capabilities, ReportContext};

/// The state of a case during one report or call: its doubt, and the memory that keeps it, if any.
///
/// With a memory, every change is written through. A caller that passes a context keeps the state itself.
pub(super) struct CaseState<'m> {
    memory: Option<&'m Memory>,
    case_id: &'m str,
    /// The doubt of a case without a memory.
    in_doubt: bool,
    acknowledged_before: bool,
}

impl<'m> CaseState<'m> {
    /// The state that the provider remembers.
    pub(super) fn from_memory(memory: &'m Memory, case_id: &'m str) -> Self {
        let acknowledged_before = memory.may_have_been_reported(case_id);
        Self { memory: Some(memory), case_id, in_doubt: false, acknowledged_before }
    }

    /// The state that the caller passes.
    pub(super) const fn from_context(context: &ReportContext<'_>, case_id: &'m str) -> Self {
        let acknowledged_before = context.was_acknowledged_before();
        Self { memory: None, case_id, in_doubt: context.is_in_doubt(), acknowledged_before }
    }

    /// The doubt at this moment: a person may call `resolve_doubt` while a report runs.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.memory.map_or(self.in_doubt, |memory| memory.is_in_doubt(self.case_id))
    }

    pub(super) const fn was_acknowledged_before(&self) -> bool {
        self.acknowledged_before
    }

    /// Notes the vendor's id of the case. A case that was seen at the vendor is no longer in doubt.
    pub(super) fn identify(&mut self, vendor_case: &str) {
        self.in_doubt = false;
        if let Some(memory) = self.memory {
            memory.set_vendor_case(self.case_id, vendor_case);
        }
    }

    /// Ends the doubt of a case whose report consists of idempotent writes: an assumed doubt does not matter.
    pub(super) const fn clear_assumed_doubt(&mut self) {
        self.in_doubt = false;
    }

    /// Marks an error of a case in doubt.
    pub(super) fn with_doubt(&self, capabilities: &Capabilities, error: Error) -> Error {
        if self.is_in_doubt() {
            error.of_case_in_doubt(capabilities.writes_are_idempotent(), capabilities.lookup_state())
        } else {
            error
        }
    }

    /// Executes an operation of the case, and keeps the doubt about it as long as the outcome is unknown.
    pub(super) async fn execute<C, O>(
        &mut self,
        engine: &Engine<C>,
        operation: &mut O,
        run: &Run<'_>,
    ) -> Result<Executed<O::Reply>, Error>
    where
        C: Connector,
        O: Operation<Connector = C>,
    {
        if operation.reads_only() || operation.retry_safety() == RetrySafety::Idempotent {
            return execute(engine, operation, Delivery::NotSent, run).await;
        }
        let was_in_doubt = self.is_in_doubt();
        let mut pending = self.begin().map_err(|full| {
            let details = ErrorDetails::new(engine.id().clone(), operation.name(), Delivery::NotSent);
            let detail = full.to_string();
            Error::not_started(details.lookup_detail(Cow::from(detail)))
        })?;
        let before = if was_in_doubt { Delivery::Unknown } else { Delivery::NotSent };
        let result = execute(engine, operation, before, run).await;
        pending.resolved = match &result {
            Ok(_) => true,
            Err(error) => !was_in_doubt && error.delivery() != Delivery::Unknown,
        };
        let resolved = pending.resolved;
        drop(pending);
        self.in_doubt = !resolved;
        result
    }

    /// Begins the doubt before sending, so that it remains if the future is dropped.
    fn begin(&self) -> Result<Pending<'m>, TableFull> {
        if let Some(memory) = self.memory {
            memory.begin_doubt(self.case_id)?;
        }
        Ok(Pending { memory: self.memory, case_id: self.case_id, resolved: false })
    }
}

/// A request that must not be sent twice. Unless it is settled when dropped, the case stays in doubt.
struct Pending<'m> {
    memory: Option<&'m Memory>,
    case_id: &'m str,
    resolved: bool,
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        let Some(memory) = self.memory else { return };
        if self.resolved {
            memory.end_doubt(self.case_id);
        } else {
            // A concurrent `resolve_doubt` cannot know about this request, so set the doubt again. `begin_doubt`
            // fails only if the table became full meanwhile; then nothing more can be recorded.
            let _ = memory.begin_doubt(self.case_id);
        }
    }
}

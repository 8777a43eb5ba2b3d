//! One case at a time, and what is remembered of it between reports.

use super::attempt::Executed;
use super::clock::{Deadline, within};
use super::memory::{Doubt, Memory, Turn};
use super::outcome::{cannot_tell, never_got_its_turn};
use super::provider::{HttpProvider, Inner};
use crate::connector::{Connector, Operation, RetrySafety};
use crate::error::{Delivery, Error};
use crate::model::Chargeback;

impl<V: Connector> Inner<V> {
    /// Waits until no other report of the case runs.
    pub(super) async fn turn_of<'t>(
        &'t self,
        case_id: &'t str,
        operation: &'static str,
        deadline: Deadline,
    ) -> Result<Turn<'t>, Error> {
        let time = deadline.remaining(&*self.runtime);
        let turn = within(&*self.runtime, time, self.turns.of(case_id)).await;
        turn.ok_or_else(|| never_got_its_turn(self.id.clone(), operation))
    }

    /// Does an operation of a case, and remembers that the case is in doubt for as long as it is.
    pub(super) async fn execute_remembering<O>(
        &self,
        operation: &mut O,
        case_id: &str,
        deadline: Deadline,
    ) -> Result<Executed<O::Reply>, Error>
    where
        O: Operation<Connector = V>,
    {
        let may_leave_doubt = operation.retry_safety() != RetrySafety::Idempotent && !operation.reads_only();
        if !may_leave_doubt {
            return self.execute(operation, Delivery::NotSent, deadline).await;
        }
        let was_in_doubt = self.memory.is_in_doubt(case_id);
        // Before sending, so that it holds even if this future is dropped on the way.
        self.begin_doubt(case_id, Doubt::Own, operation.name())?;
        let before = if was_in_doubt { Delivery::Unknown } else { Delivery::NotSent };
        // Whoever resolves the doubt while this is under way knows nothing of this.
        let mut doubt = Doubting { memory: &self.memory, case_id, settled: false };
        let result = self.execute(operation, before, deadline).await;
        doubt.settled = match &result {
            Ok(_) => true,
            Err(error) => !was_in_doubt && error.delivery() != Delivery::Unknown,
        };
        result
    }

    pub(super) fn begin_doubt(&self, case_id: &str, doubt: Doubt, operation: &'static str) -> Result<(), Error> {
        if self.memory.begin_doubt(case_id, doubt) {
            return Ok(());
        }
        let why = "too many cases are in doubt; find out what became of them, then tell `resolve_doubt`";
        Err(cannot_tell(self.id.clone(), operation, Delivery::NotSent, why.into()))
    }

    pub(super) fn resolve_doubt(&self, case_id: &str, found: Option<&str>) {
        match found {
            Some(vendor_case) => self.memory.keep(case_id, vendor_case),
            None => self.memory.end_doubt(case_id),
        }
    }

    /// An error of a case about which an earlier report has left doubt says so.
    pub(super) fn with_doubt(&self, error: Error, case_id: &str) -> Error {
        if self.memory.is_in_doubt(case_id) { error.of_case_in_doubt() } else { error }
    }

    /// The chargeback with the vendor's case id, if this provider has learnt it and the caller has not.
    pub(super) fn with_known_case(&self, chargeback: &Chargeback) -> Option<Box<Chargeback>> {
        if chargeback.vendor_reference(&self.id).is_some_and(|reference| reference.case.is_some()) {
            return None;
        }
        let learnt = self.memory.vendor_case(chargeback.case_id())?;
        chargeback.to_builder().vendor_case(self.id.clone(), learnt).build().ok().map(Box::new)
    }
}

/// Something under way that must not happen twice; if it does not end well, the case is in doubt.
struct Doubting<'d> {
    memory: &'d Memory,
    case_id: &'d str,
    settled: bool,
}

impl Drop for Doubting<'_> {
    fn drop(&mut self) {
        if self.settled {
            self.memory.end_doubt(self.case_id);
        } else {
            // It was noted before; should it be gone and all room taken since, that many others are in doubt.
            let _ = self.memory.begin_doubt(self.case_id, Doubt::Own);
        }
    }
}

impl<V: Connector> HttpProvider<V> {
    /// Whether an earlier report of this case through this provider may have acted without anybody knowing.
    ///
    /// Later reports of such a case look at the vendor's record first, and send nothing while that does not tell. It is
    /// `true` as well while such a report is under way. It is never so where repeating does no harm, and it is kept in
    /// memory, by this provider and its clones: a restart forgets it, unless
    /// [`assume_doubt`](crate::ChargebackProvider::assume_doubt) tells the new one.
    #[must_use]
    pub fn is_in_doubt(&self, case_id: &str) -> bool {
        self.inner.memory.is_in_doubt(case_id)
    }

    /// Settles a doubt that the vendor's record could not settle: somebody has looked, at the vendor's dashboard or with
    /// its support desk, and this is what they found.
    ///
    /// With the vendor's id of the case, the next report goes on from it. With `None`, the next report starts as if
    /// nothing had been in doubt: give it if it is certain that the vendor did not act, or if the vendor gives cases no
    /// ids. In the latter case report again only what the vendor does not show. Of a vendor that gives its cases no ids, `None` ends
    /// the doubt in either case: then report only what the vendor does not show.
    pub fn resolve_doubt(&self, case_id: &str, found: Option<&str>) {
        self.inner.resolve_doubt(case_id, found);
    }
}

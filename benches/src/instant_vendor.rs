//! A vendor without a network, which acknowledges every report after a delay.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chargeback::{
    Capabilities, Chargeback, ChargebackProvider, Delivery, Error, ErrorDetails, FieldSupport, InvalidError, Plan,
    ProviderId, Receipt, ReportContext, Resolution, StageSupport, StepReport, Throttled, TurnGuard, Turns,
};

static DELIVERED: AtomicU64 = AtomicU64::new(0);

/// Returns the number of reports that all vendors of this process have acknowledged.
#[must_use]
pub fn delivered() -> u64 {
    DELIVERED.load(Ordering::Relaxed)
}

/// Acknowledges every report after a delay.
#[derive(Debug)]
pub struct InstantVendor {
    id: ProviderId,
    delay: Duration,
    capabilities: Capabilities,
    turns: Turns,
}

impl InstantVendor {
    /// Creates the vendor. Without idempotent writes, every report needs a durable mark.
    #[must_use]
    pub fn new(id: ProviderId, delay: Duration, idempotent: bool) -> Self {
        let capabilities = Capabilities::from_mapping(
            |stage| StageSupport::exact(stage.as_str()),
            |reason| StageSupport::exact(reason.as_str().to_owned()),
            |_| FieldSupport::Sent,
        );
        let capabilities = if idempotent { capabilities.with_idempotent_writes() } else { capabilities };
        Self { id, delay, capabilities, turns: Turns::new() }
    }

    fn receipt(&self) -> Receipt {
        DELIVERED.fetch_add(1, Ordering::Relaxed);
        Receipt::new(self.id.clone()).with_step(StepReport::acknowledged("report").with_attempts(1)).with_wrote(true)
    }
}

#[async_trait]
impl ChargebackProvider for InstantVendor {
    fn id(&self) -> ProviderId {
        self.id.clone()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn plan(&self, _: &Chargeback) -> Result<Plan, Error> {
        Ok(Plan::new(self.id.clone()))
    }

    async fn report(&self, _: &Chargeback) -> Result<Receipt, Error> {
        Ok(self.receipt())
    }

    async fn report_with(&self, _: &Chargeback, context: &ReportContext<'_>) -> Result<Receipt, Error> {
        context.gate().before_first_write().await.map_err(|error| {
            Error::not_started(ErrorDetails::new(self.id.clone(), "report", Delivery::NotSent).source(error))
        })?;
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        Ok(self.receipt())
    }

    async fn turn(&self, case_id: &str) -> TurnGuard {
        self.turns.acquire(case_id).await
    }

    fn resolve_doubt(&self, _: &str, resolution: Resolution) -> Result<(), InvalidError> {
        resolution.validate()
    }
}

impl Throttled for InstantVendor {
    fn throttled_for(&self) -> Duration {
        Duration::ZERO
    }
}

//! The dry run.

use std::fmt;
use std::fmt::Write as _;

use super::Loss;
use crate::model::ProviderId;

/// What a report would send, step by step, without secrets.
///
/// It holds what is sent, people's data included; accessors and [`to_text`](Self::to_text) show it, `Debug` does not.
#[derive(Clone)]
pub struct Plan {
    pub(crate) provider: ProviderId,
    pub(crate) stage_value: String,
    pub(crate) reason_value: String,
    pub(crate) losses: Vec<Loss>,
    pub(crate) steps: Vec<PlannedStep>,
}

impl Plan {
    /// The vendor that would be told.
    #[must_use]
    pub const fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// The vendor's word for the stage, to the letter; empty if its translation names none.
    #[must_use]
    pub fn stage_value(&self) -> &str {
        &self.stage_value
    }

    /// The vendor's word for the reason, to the letter; empty if the reason goes out as free text or not at all.
    #[must_use]
    pub fn reason_value(&self) -> &str {
        &self.reason_value
    }

    /// What the vendor would not be told, or not exactly. What only its answers would show is not among them.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// The steps in order; those with a condition depend on what the vendor answers.
    #[must_use]
    pub fn steps(&self) -> &[PlannedStep] {
        &self.steps
    }

    /// The steps at which the report would be refused, depending on what the vendor answers.
    pub fn refusals(&self) -> impl Iterator<Item = &PlannedStep> {
        self.steps.iter().filter(|step| step.refusal.is_some())
    }

    /// The whole plan as text for people to read. It shows what would be sent, people's data included.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n", self.provider);
        for step in &self.steps {
            // Writing to a `String` cannot fail.
            let what = if step.refusal.is_some() { "refused after " } else { "" };
            let _ = write!(text, "  {what}{}", step.operation);
            if let Some(condition) = &step.condition {
                let _ = write!(text, ", if {condition}");
            }
            match &step.request {
                Some(request) => {
                    let _ = writeln!(text, "\n    {} {}", request.method, request.url);
                    for (name, value) in &request.headers {
                        let _ = writeln!(text, "    {name}: {value}");
                    }
                    if !request.body.is_empty() {
                        let _ = writeln!(text, "    {}", request.body);
                    }
                }
                None => {
                    let _ = writeln!(text, "\n    {}", step.refusal.as_deref().unwrap_or("cannot be expressed"));
                }
            }
        }
        for loss in &self.losses {
            let _ = writeln!(text, "  lost: {loss}");
        }
        text
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("provider", &self.provider)
            .field("stage_value", &self.stage_value)
            .field("steps", &self.steps)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}

/// One step of a plan: a request that would be sent, or a refusal that would end the report.
#[derive(Clone)]
pub struct PlannedStep {
    pub(crate) operation: &'static str,
    pub(crate) condition: Option<String>,
    pub(crate) request: Option<PlannedRequest>,
    pub(crate) refusal: Option<String>,
}

impl PlannedStep {
    /// The operation: `search_chargebacks`. Of a refusal, the one whose answer leads to it.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        self.operation
    }

    /// On which answers of the vendor it is done, in words (`no chargeback holds this case id`); `None` for always.
    #[must_use]
    pub fn condition(&self) -> Option<&str> {
        self.condition.as_deref()
    }

    /// The request; `None` if the report would be refused here.
    #[must_use]
    pub const fn request(&self) -> Option<&PlannedRequest> {
        self.request.as_ref()
    }

    /// Why the report would be refused here, as the error would say it; `None` if it would not.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        self.refusal.as_deref()
    }
}

impl fmt::Debug for PlannedStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedStep")
            .field("operation", &self.operation)
            .field("condition", &self.condition)
            .field("refusal", &self.refusal)
            .finish_non_exhaustive()
    }
}

/// A request as it would be sent, with `[redacted]` in place of secrets.
#[derive(Clone)]
pub struct PlannedRequest {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl PlannedRequest {
    /// `GET` or `POST`.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The whole address with path and query, percent-encoded. It may hold ids.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers that the vendor's call sets, names in small letters; secret values are `[redacted]`. What the HTTP
    /// stack adds is not among them.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The body as text, JSON for all five vendors; empty if there is none. Keys and signatures in it are `[redacted]`.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

impl fmt::Debug for PlannedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

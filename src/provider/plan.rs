//! The requests of a report, without sending them.

use std::fmt;
use std::fmt::Write as _;

use http::Method;

use super::loss::Loss;
use crate::model::ProviderId;

/// The requests of a report, step by step and without secrets.
///
/// A plan holds the data of the request, personal data included. The accessors and [`to_text`](Self::to_text) show it;
/// `Debug` does not.
///
/// Providers outside this crate create plans with [`new`](Self::new) and the `with_*` methods:
///
/// ```
/// use chargeback::{Plan, PlannedRequest, PlannedStep, ProviderId};
///
/// let request = PlannedRequest::new(http::Method::POST, "https://acme.example/cases").with_body("{}");
/// let plan = Plan::new(ProviderId::from_static("acme"))
///     .with_stage_value("lost")
///     .with_step(PlannedStep::request_for("report", request));
/// assert_eq!(plan.to_text(), "acme\n  report\n    POST https://acme.example/cases\n    {}\n");
/// ```
#[derive(Clone)]
#[must_use]
pub struct Plan {
    provider: ProviderId,
    stage_value: String,
    reason_value: String,
    losses: Vec<Loss>,
    steps: Vec<PlannedStep>,
}

impl Plan {
    /// Creates an empty plan of this vendor.
    pub const fn new(provider: ProviderId) -> Self {
        Self {
            provider,
            stage_value: String::new(),
            reason_value: String::new(),
            losses: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Sets the stage value that would be sent.
    pub fn with_stage_value(mut self, value: impl Into<String>) -> Self {
        self.stage_value = value.into();
        self
    }

    /// Sets the reason value that would be sent.
    pub fn with_reason_value(mut self, value: impl Into<String>) -> Self {
        self.reason_value = value.into();
        self
    }

    /// Adds losses.
    pub fn with_losses(mut self, losses: impl IntoIterator<Item = Loss>) -> Self {
        self.losses.extend(losses);
        self
    }

    /// Adds a step.
    pub fn with_step(mut self, step: PlannedStep) -> Self {
        self.push(step);
        self
    }

    pub(crate) fn push(&mut self, step: PlannedStep) {
        self.steps.push(step);
    }

    /// Returns the vendor.
    #[must_use]
    pub const fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// Returns the stage value exactly as on the wire; empty if the connector does not name one.
    #[must_use]
    pub fn stage_value(&self) -> &str {
        &self.stage_value
    }

    /// Returns the reason value exactly as on the wire; empty if the reason is sent as free text or not at all.
    #[must_use]
    pub fn reason_value(&self) -> &str {
        &self.reason_value
    }

    /// Returns the fields that the vendor would not get, or would not get exactly. Losses that only the vendor's
    /// replies would show are not included.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// Returns the steps in order. Steps with a condition depend on the vendor's replies.
    #[must_use]
    pub fn steps(&self) -> &[PlannedStep] {
        &self.steps
    }

    /// Returns the steps at which the report would fail, depending on the vendor's replies.
    ///
    /// ```
    /// use chargeback::{Plan, PlannedStep, ProviderId};
    ///
    /// let step = PlannedStep::failure_after("search", "several cases match");
    /// let step = step.with_condition("two cases match".to_owned());
    /// let plan = Plan::new(ProviderId::from_static("acme")).with_step(step);
    /// let failures: Vec<_> = plan.failures().filter_map(PlannedStep::failure).collect();
    /// assert_eq!(failures, ["several cases match"]);
    /// assert_eq!(plan.to_text(), "acme\n  fails after search, if two cases match\n    several cases match\n");
    /// ```
    pub fn failures(&self) -> impl Iterator<Item = &PlannedStep> {
        self.steps.iter().filter(|step| step.failure.is_some())
    }

    /// Returns the whole plan as text for people. The text holds personal data: do not log it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n", self.provider);
        for step in &self.steps {
            // Writing to a `String` cannot fail.
            let prefix = if step.failure.is_some() { "fails after " } else { "" };
            let _ = write!(text, "  {prefix}{}", step.operation);
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
                    let _ = writeln!(text, "\n    {}", step.failure.as_deref().unwrap_or_default());
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

/// One step of a plan: a request that would be sent, or an error that would end the report.
///
/// ```
/// use chargeback::{PlannedRequest, PlannedStep};
/// use http::Method;
///
/// let request = PlannedRequest::new(Method::POST, "https://acme.example/cases");
/// let step = PlannedStep::request_for("report", request).with_condition("no case matches".to_owned());
/// assert_eq!((step.operation(), step.condition()), ("report", Some("no case matches")));
/// assert!(step.request().is_some() && step.failure().is_none());
/// ```
#[derive(Clone)]
pub struct PlannedStep {
    operation: &'static str,
    condition: Option<String>,
    request: Option<PlannedRequest>,
    failure: Option<String>,
}

impl PlannedStep {
    /// Creates a step that sends a request.
    #[must_use]
    pub const fn request_for(operation: &'static str, request: PlannedRequest) -> Self {
        Self { operation, condition: None, request: Some(request), failure: None }
    }

    /// Creates a step at which the report would fail with this error text.
    #[must_use]
    pub fn failure_after(operation: &'static str, error: impl Into<String>) -> Self {
        Self { operation, condition: None, request: None, failure: Some(error.into()) }
    }

    /// Sets the condition on the vendor's replies, as text.
    #[must_use]
    pub fn with_condition(mut self, condition: impl Into<Option<String>>) -> Self {
        self.condition = condition.into();
        self
    }

    /// Returns the name of the operation: `search_chargebacks`. For a failure, the operation whose reply leads to it.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        self.operation
    }

    /// Returns the condition on the vendor's replies (`no chargeback has this case id`); `None` for a step that is
    /// always taken.
    #[must_use]
    pub fn condition(&self) -> Option<&str> {
        self.condition.as_deref()
    }

    /// Returns the request; `None` if the report would fail here.
    #[must_use]
    pub const fn request(&self) -> Option<&PlannedRequest> {
        self.request.as_ref()
    }

    /// Returns the text of the error with which the report would fail here; `None` if it would go on.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }
}

impl fmt::Debug for PlannedStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedStep")
            .field("operation", &self.operation)
            .field("condition", &self.condition)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

/// A request as it would be sent, with `[redacted]` in place of secrets.
///
/// ```
/// use chargeback::PlannedRequest;
/// use http::Method;
///
/// let request = PlannedRequest::new(Method::POST, "https://acme.example/cases")
///     .with_header("x-api-key", "[redacted]")
///     .with_body("{}");
/// assert_eq!((request.method(), request.url(), request.body()), (&Method::POST, "https://acme.example/cases", "{}"));
/// assert_eq!(request.headers()[0].0, "x-api-key");
/// ```
#[derive(Clone)]
pub struct PlannedRequest {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl PlannedRequest {
    /// Creates a request without headers and body. The caller redacts secrets.
    #[must_use]
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: Vec::new(), body: String::new() }
    }

    /// Adds a header, its name in small letters.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body as text.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// Returns the method.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the whole address with path and query, percent-encoded. The address may hold ids.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the headers of the vendor's call, names in small letters; secret values are `[redacted]`. Headers
    /// that the HTTP stack adds are not included.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Returns the body as text; empty without a body. Keys and signatures in it are `[redacted]`.
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

//! The contract of every provider, tested only through `&dyn ChargebackProvider`: every vendor, version 2 of
//! Tutelar, and a connector from outside the crate.

mod delivery;
mod example_data;
mod gate;
mod subjects;

use std::sync::Arc;

use bytes::Bytes;
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Error, Fidelity, Field, FieldSupport, LossKind, ProviderId, Reason,
    Receipt, Stage,
};
use http::Request;
use serde_json::Value;

use self::subjects::{Subject, case_at, subjects, writes};
use crate::support::{at, full};

/// A stage that every provider supports.
const COMMON: Stage = Stage::Contested;

#[test]
fn trait_is_object_safe_and_its_futures_are_send() {
    fn require_send<T: Send>(value: T) -> T {
        value
    }
    fn require_shareable<T: Send + Sync + std::fmt::Debug + 'static>(_: &T) {}
    for subject in subjects() {
        let provider: Box<dyn ChargebackProvider> = subject.provider;
        require_shareable(&provider);
        let chargeback = case_at(COMMON, Reason::Other);
        drop(require_send(provider.report(&chargeback)));
        let shared: Arc<dyn ChargebackProvider> = Arc::from(provider);
        require_shareable(&shared);
    }
}

#[test]
fn every_provider_has_its_own_id() {
    let mut ids: Vec<ProviderId> = subjects().iter().map(|subject| subject.provider.id()).collect();
    ids.dedup();
    assert_eq!(
        ids.iter().map(ProviderId::as_str).collect::<Vec<_>>(),
        [
            "thirdwatch",
            "revcent",
            "tutelar",
            "spade",
            "pipwave",
            "maxmind",
            "sift",
            "ravelin",
            "seon",
            "riskified",
            "acme"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn stage_is_reported_as_the_capabilities_declare() {
    for &stage in Stage::ALL {
        for subject in subjects() {
            subject.vendor.prepare(stage);
            let context = format!("{} {stage}", subject.name);
            let support = subject.provider.capabilities().stage(stage).clone();
            let chargeback = case_at(stage, Reason::FraudOther);
            let (plan, result) = (subject.provider.plan(&chargeback), subject.provider.report(&chargeback).await);
            if support.fidelity() == Fidelity::Unsupported {
                for error in [plan.err(), result.err()] {
                    let error = error.unwrap_or_else(|| panic!("{context} is reported although it is unsupported"));
                    assert!(
                        matches!(&error, Error::Unsupported(error) if error.field() == Field::Stage),
                        "{context}: {error}"
                    );
                    assert_eq!(error.delivery(), Delivery::NotSent, "{context}");
                }
                assert!(subject.sent().is_empty(), "{context}: a request was sent");
                continue;
            }
            let (plan, receipt) = (plan.unwrap(), result.unwrap_or_else(|error| panic!("{context}: {error}")));
            assert_eq!((plan.stage_value(), receipt.stage_value()), (support.value(), support.value()), "{context}");
            assert_eq!(plan.losses(), receipt.losses(), "{context}");
            let lost = receipt.losses().iter().any(|loss| loss.field() == Field::Stage);
            assert_eq!(lost, support.fidelity() == Fidelity::Lossy, "{context}");
            assert!(receipt.is_complete() && receipt.wrote(), "{context}");
            assert_eq!(subject.vendor.holds().len(), 1, "{context}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn reason_is_reported_as_the_capabilities_declare() {
    for reason in Reason::ALL.iter().cloned().chain([Reason::from("buyer's remorse")]) {
        for subject in subjects() {
            let context = format!("{} {reason:?}", subject.name);
            let support = subject.provider.capabilities().reason(&reason).clone();
            let result = subject.provider.report(&case_at(COMMON, reason.clone())).await;
            if support.fidelity() == Fidelity::Unsupported {
                let error = result.expect_err("the reason is unsupported");
                let is_refused = matches!(&error, Error::Unsupported(error) if error.field() == Field::Reason);
                assert!(is_refused && subject.sent().is_empty(), "{context}: {error}");
                continue;
            }
            let receipt = result.unwrap();
            let lost = receipt.losses().iter().any(|loss| loss.field() == Field::Reason);
            // An unknown reason is reported as "other", which is a loss.
            let unknown = matches!(reason, Reason::Unknown(_));
            assert_eq!(lost, unknown || support.fidelity() == Fidelity::Lossy, "{context}: {:?}", receipt.losses());
            assert_eq!(receipt.reason_value(), support.value(), "{context}");
        }
    }
}

/// The texts of which one shows a field in a request.
fn canary(field: Field) -> Option<&'static [&'static str]> {
    match field {
        Field::Stage | Field::Reason => None,
        Field::CaseId => Some(&["canary-case-id"]),
        Field::OccurredAt => Some(&["2026-10-06T06:30:00Z", "1791268200000"]),
        Field::NetworkCode => Some(&["canary-code"]),
        Field::Amount => Some(&["987654.321", "987654321000", "987654321"]),
        Field::Currency => Some(&["KWD"]),
        Field::OrderId => Some(&["canary-order-id"]),
        Field::TransactionId => Some(&["canary-transaction-id"]),
        Field::GatewayTransactionId => Some(&["canary-gateway-id"]),
        Field::UserId => Some(&["canary-user-id"]),
        Field::SessionId => Some(&["canary-session-id"]),
        Field::OpenedAt => Some(&["2026-10-01T01:30:00Z", "1790818200000"]),
        Field::ReceivedAt => Some(&["2026-10-02T02:30:00Z"]),
        Field::DueBy => Some(&["2026-10-28T23:30:00Z"]),
        Field::Processor => Some(&["canary-processor"]),
        Field::Arn => Some(&["canary-arn"]),
        Field::CaseNumber => Some(&["canary-case-number"]),
        Field::Notes => Some(&["canary-notes"]),
        Field::Metadata => Some(&["canary-value"]),
        Field::Fraud => Some(&["canary-fraud-notes"]),
        Field::Representment => Some(&["2026-10-05T14:30:00Z"]),
        new => panic!("{new} has no canary"),
    }
}

/// Checks that every field is either in a request or listed as dropped.
fn check_fields(subject: &Subject, chargeback: &Chargeback, receipt: &Receipt) {
    let shown = |request: &Request<Bytes>| format!("{} {}", request.uri(), String::from_utf8_lossy(request.body()));
    let sent = subject.sent().iter().filter(|request| writes(request)).map(shown).collect::<Vec<_>>().join("\n");
    for field in chargeback.fields() {
        let Some(canaries) = canary(field) else { continue };
        let context = format!("{} {field}", subject.name);
        let losses: Vec<LossKind> =
            receipt.losses().iter().filter(|loss| loss.field() == field).map(chargeback::Loss::kind).collect();
        let is_sent = canaries.iter().any(|canary| sent.contains(canary));
        assert_eq!(is_sent, !losses.contains(&LossKind::Dropped), "{context}: {losses:?} in {sent}");
        match subject.provider.capabilities().field(field) {
            FieldSupport::Dropped => assert_eq!(losses, [LossKind::Dropped], "{context}"),
            FieldSupport::Noted => assert!(losses.contains(&LossKind::Noted), "{context}"),
            _ => {}
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_field_is_either_sent_or_listed_as_a_loss() {
    for subject in subjects() {
        let chargeback = full(COMMON, Reason::FraudOther).build().unwrap();
        let receipt = subject.provider.report(&chargeback).await.unwrap();
        check_fields(&subject, &chargeback, &receipt);
    }
}

/// The first report of the case has few fields, and the second has all. A field that the vendor can no longer
/// change is listed as a loss.
#[tokio::test(start_paused = true)]
async fn second_report_lists_every_loss() {
    for subject in subjects() {
        let complete = full(COMMON, Reason::FraudOther).build().unwrap();
        let mut partial = Chargeback::builder("canary-case-id", Stage::Contested, Reason::FraudOther, at(5, 5))
            .order_id("canary-order-id")
            .transaction_id("canary-transaction-id")
            .user_id("canary-user-id");
        for (vendor, reference) in complete.vendor_references() {
            partial = partial.vendor_payment(vendor.clone(), reference.payment.clone().unwrap());
        }
        let _ = subject.provider.report(&partial.build().unwrap()).await.unwrap();
        let first = subject.sent();
        subject.forget();
        let receipt = subject.provider.report(&complete).await.unwrap();
        // Fields that identify the case were sent with the first report and count as sent.
        subject.remember(first);
        check_fields(&subject, &complete, &receipt);
        assert_eq!(subject.vendor.holds().len(), 1, "{}", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn oversized_texts_are_rejected_or_listed_as_losses() {
    let long = "界".repeat(20_000);
    for subject in subjects() {
        let chargeback = full(COMMON, Reason::FraudOther)
            .notes(long.clone())
            .arn(long.clone())
            .case_number(long.clone())
            .fraud(chargeback::Fraud::default().notes(long.clone()))
            .metadata("canary-name", long.clone())
            .build()
            .unwrap();
        match subject.provider.report(&chargeback).await {
            Ok(receipt) => {
                let sent: String =
                    subject.sent().iter().map(|request| String::from_utf8_lossy(request.body()).into_owned()).collect();
                let fields = [Field::Notes, Field::Arn, Field::CaseNumber, Field::Fraud, Field::Metadata];
                let cut = |loss: &chargeback::Loss| matches!(loss.kind(), LossKind::Dropped | LossKind::Truncated);
                let lost = fields
                    .iter()
                    .filter(|field| receipt.losses().iter().any(|loss| loss.field() == **field && cut(loss)));
                assert_eq!(sent.matches(&long).count() + lost.count(), fields.len(), "{}", subject.name);
            }
            Err(Error::Invalid(error)) => {
                assert!(!error.violations().is_empty());
                assert!(subject.sent().iter().all(|request| !writes(request)), "{}", subject.name);
            }
            Err(error) => panic!("{}: {error}", subject.name),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn missing_payment_id_is_rejected_before_sending() {
    for subject in subjects() {
        let foreign = ProviderId::from_static("somebody-else");
        let chargeback = Chargeback::builder("case-1", COMMON, Reason::Other, at(3, 9))
            .vendor_payment(foreign, "x")
            .build()
            .unwrap();
        for error in [subject.provider.plan(&chargeback).err(), subject.provider.report(&chargeback).await.err()] {
            let Some(Error::Invalid(error)) = error else { panic!("{}: {error:?}", subject.name) };
            assert!(!error.violations().is_empty());
            assert_eq!(error.provider(), Some(&subject.provider.id()));
        }
        assert!(subject.sent().is_empty(), "{}", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn plan_matches_the_sent_request() {
    for subject in subjects() {
        let chargeback = case_at(COMMON, Reason::FraudOther);
        let plan = subject.provider.plan(&chargeback).unwrap();
        assert!(subject.sent().is_empty(), "{}: plan() sent a request", subject.name);
        let planned = plan.steps()[0].request().unwrap();
        let _ = subject.provider.report(&chargeback).await.unwrap();
        let sent = &subject.sent()[0];
        assert_eq!((planned.method(), planned.url()), (sent.method(), sent.uri().to_string().as_str()));
        let value = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap_or_default();
        let (mut planned_body, mut sent_body) = (value(planned.body().as_bytes()), value(sent.body()));
        for body in [&mut planned_body, &mut sent_body] {
            for secret in ["api_key", "$api_key", "signature", "timestamp"] {
                if let Some(body) = body.as_object_mut() {
                    body.remove(secret);
                }
            }
        }
        assert_eq!(planned_body, sent_body, "{}", subject.name);
        for key in [chargeback::sandbox::API_KEY, chargeback::sandbox::API_SECRET, chargeback::sandbox::TOKEN, "k-1"] {
            assert!(!plan.to_text().contains(key), "{}: {key}", subject.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_subject_sends_its_report_to_its_vendor() {
    for subject in subjects() {
        let _ = subject.provider.report(&case_at(COMMON, Reason::FraudOther)).await.unwrap();
        assert!(subject.vendor.acted() >= 1, "{}", subject.name);
        assert!(!subject.sent().is_empty());
        subject.forget();
        assert!(subject.sent().is_empty());
    }
}

//! What every provider must do, asked through `&dyn ChargebackProvider` alone: the five vendors, Tutelar's second version,
//! and a vendor from outside the crate.

mod faults;
mod subjects;

use std::sync::Arc;

use bytes::Bytes;
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Error, Fidelity, Field, FieldSupport, LossKind, ProviderId, Reason,
    Receipt, Stage,
};
use http::Request;
use serde_json::Value;

use self::subjects::{Subject, of, subjects, writes};
use crate::support::{at, full};

/// A stage that every one of them can be told.
const COMMON: Stage = Stage::Contested;

#[test]
fn the_trait_is_object_safe_and_its_futures_can_be_sent() {
    fn sendable<T: Send>(value: T) -> T {
        value
    }
    fn anywhere<T: Send + Sync + std::fmt::Debug + 'static>(_: &T) {}
    for subject in subjects() {
        let provider: Box<dyn ChargebackProvider> = subject.provider;
        anywhere(&provider);
        let chargeback = of(COMMON, Reason::Other);
        drop(sendable(provider.report(&chargeback)));
        let shared: Arc<dyn ChargebackProvider> = Arc::from(provider);
        anywhere(&shared);
    }
}

#[test]
fn each_has_a_name_of_its_own() {
    let mut ids: Vec<ProviderId> = subjects().iter().map(|subject| subject.provider.id()).collect();
    ids.dedup();
    assert_eq!(
        ids.iter().map(ProviderId::as_str).collect::<Vec<_>>(),
        ["thirdwatch", "revcent", "tutelar", "spade", "pipwave", "acme"]
    );
}

#[tokio::test(start_paused = true)]
async fn stages_are_said_as_the_capabilities_say() {
    for &stage in Stage::ALL {
        for subject in subjects() {
            subject.vendor.prepare(stage);
            let what = format!("{} {stage}", subject.name);
            let expression = subject.provider.capabilities().stage(stage).clone();
            let chargeback = of(stage, Reason::FraudOther);
            let (plan, result) = (subject.provider.plan(&chargeback), subject.provider.report(&chargeback).await);
            if expression.fidelity() == Fidelity::Unsupported {
                for error in [plan.err(), result.err()] {
                    let error = error.unwrap_or_else(|| panic!("{what} is said although it cannot be"));
                    assert!(
                        matches!(&error, Error::Unsupported(error) if error.field() == Field::Stage),
                        "{what}: {error}"
                    );
                    assert_eq!(error.delivery(), Delivery::NotSent, "{what}");
                }
                assert!(subject.sent().is_empty(), "{what}: something was sent");
                continue;
            }
            let (plan, receipt) = (plan.unwrap(), result.unwrap_or_else(|error| panic!("{what}: {error}")));
            assert_eq!((plan.stage_value(), receipt.stage_value()), (expression.word(), expression.word()), "{what}");
            assert_eq!(plan.losses(), receipt.losses(), "{what}");
            let lost = receipt.losses().iter().any(|loss| loss.field() == Field::Stage);
            assert_eq!(lost, expression.fidelity() == Fidelity::Lossy, "{what}");
            assert!(receipt.is_complete() && receipt.wrote(), "{what}");
            assert_eq!(subject.vendor.holds().len(), 1, "{what}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn reasons_are_said_as_the_capabilities_say() {
    for reason in Reason::ALL.iter().cloned().chain([Reason::from("buyer's remorse")]) {
        for subject in subjects() {
            let what = format!("{} {reason:?}", subject.name);
            let expression = subject.provider.capabilities().reason(&reason).clone();
            let receipt = subject.provider.report(&of(COMMON, reason.clone())).await.unwrap();
            let lost = receipt.losses().iter().any(|loss| loss.field() == Field::Reason);
            // An unknown reason is said as "other", and that is a loss wherever "other" is a word.
            let unknown = matches!(reason, Reason::Unknown(_));
            assert_eq!(lost, unknown || expression.fidelity() == Fidelity::Lossy, "{what}: {:?}", receipt.losses());
            assert_eq!(receipt.reason_value(), expression.word(), "{what}");
        }
    }
}

/// Where the text of a field would be seen.
fn canary(field: Field) -> Option<&'static str> {
    match field {
        Field::Stage | Field::Reason => None,
        Field::CaseId => Some("canary-case-id"),
        Field::OccurredAt => Some("2026-10-06T06:30:00Z"),
        Field::NetworkCode => Some("canary-code"),
        Field::Amount => Some("987654.321"),
        Field::Currency => Some("KWD"),
        Field::OrderId => Some("canary-order-id"),
        Field::TransactionId => Some("canary-transaction-id"),
        Field::GatewayTransactionId => Some("canary-gateway-id"),
        Field::UserId => Some("canary-user-id"),
        Field::SessionId => Some("canary-session-id"),
        Field::OpenedAt => Some("2026-10-01T01:30:00Z"),
        Field::ReceivedAt => Some("2026-10-02T02:30:00Z"),
        Field::DueBy => Some("2026-10-28T23:30:00Z"),
        Field::Processor => Some("canary-processor"),
        Field::Arn => Some("canary-arn"),
        Field::CaseNumber => Some("canary-case-number"),
        Field::Notes => Some("canary-notes"),
        Field::Metadata => Some("canary-value"),
        Field::Fraud => Some("canary-fraud-notes"),
        Field::Representment => Some("2026-10-05T14:30:00Z"),
        new => panic!("{new} has no canary"),
    }
}

/// Every field of a report is on the wire or among its losses, and none that was dropped is on the wire.
fn check_carriage(subject: &Subject, chargeback: &Chargeback, receipt: &Receipt) {
    let shown = |request: &Request<Bytes>| format!("{} {}", request.uri(), String::from_utf8_lossy(request.body()));
    let sent = subject.sent().iter().filter(|request| writes(request)).map(shown).collect::<Vec<_>>().join("\n");
    for field in chargeback.fields() {
        let Some(canary) = canary(field) else { continue };
        let what = format!("{} {field}", subject.name);
        let losses: Vec<LossKind> =
            receipt.losses().iter().filter(|loss| loss.field() == field).map(chargeback::Loss::kind).collect();
        assert_eq!(sent.contains(canary), !losses.contains(&LossKind::Dropped), "{what}: {losses:?} in {sent}");
        match subject.provider.capabilities().field(field) {
            FieldSupport::Dropped => assert_eq!(losses, [LossKind::Dropped], "{what}"),
            FieldSupport::Noted => assert!(losses.contains(&LossKind::Noted), "{what}"),
            _ => {}
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_field_is_sent_or_among_the_losses_and_never_both() {
    for subject in subjects() {
        let chargeback = full(COMMON, Reason::FraudOther).build().unwrap();
        let receipt = subject.provider.report(&chargeback).await.unwrap();
        check_carriage(&subject, &chargeback, &receipt);
    }
}

/// A case that the vendor knows already, with little; then everything else is told at once. What a vendor cannot change
/// any more is a loss like any other.
#[tokio::test(start_paused = true)]
async fn a_second_report_loses_nothing_without_saying_so() {
    for subject in subjects() {
        let everything = full(COMMON, Reason::FraudOther).build().unwrap();
        let mut little = Chargeback::builder("canary-case-id", Stage::Contested, Reason::FraudOther, at(5, 5))
            .order_id("canary-order-id")
            .transaction_id("canary-transaction-id")
            .user_id("canary-user-id");
        for (vendor, reference) in everything.vendor_references() {
            little = little.vendor_payment(vendor.clone(), reference.payment.clone().unwrap());
        }
        let _ = subject.provider.report(&little.build().unwrap()).await.unwrap();
        let first = subject.sent();
        subject.forget();
        let receipt = subject.provider.report(&everything).await.unwrap();
        // Some fields name the case and were told before: those count as told.
        subject.remember(first);
        check_carriage(&subject, &everything, &receipt);
        assert_eq!(subject.vendor.holds().len(), 1, "{}", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn texts_beyond_every_limit_are_refused_or_listed() {
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
async fn what_the_vendor_needs_is_asked_for_and_nothing_is_sent() {
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
async fn the_plan_is_what_is_sent() {
    for subject in subjects() {
        let chargeback = of(COMMON, Reason::FraudOther);
        let plan = subject.provider.plan(&chargeback).unwrap();
        assert!(subject.sent().is_empty(), "{}: a plan sends nothing", subject.name);
        let planned = plan.steps()[0].request().unwrap();
        let _ = subject.provider.report(&chargeback).await.unwrap();
        let sent = &subject.sent()[0];
        assert_eq!((planned.method(), planned.url()), (sent.method().as_str(), sent.uri().to_string().as_str()));
        let value = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap_or_default();
        let (mut planned_body, mut sent_body) = (value(planned.body().as_bytes()), value(sent.body()));
        for body in [&mut planned_body, &mut sent_body] {
            for secret in ["api_key", "signature", "timestamp"] {
                if let Some(body) = body.as_object_mut() {
                    body.remove(secret);
                }
            }
        }
        assert_eq!(planned_body, sent_body, "{}", subject.name);
        for word in [chargeback::sandbox::API_KEY, chargeback::sandbox::API_SECRET, chargeback::sandbox::TOKEN, "k-1"] {
            assert!(!plan.to_text().contains(word), "{}: {word}", subject.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn subjects_are_what_they_seem() {
    for subject in subjects() {
        let _ = subject.provider.report(&of(COMMON, Reason::FraudOther)).await.unwrap();
        assert!(subject.vendor.acted() >= 1, "{}", subject.name);
        assert!(!subject.sent().is_empty());
        subject.forget();
        assert!(subject.sent().is_empty());
    }
}

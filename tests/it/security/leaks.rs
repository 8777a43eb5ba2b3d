//! `Debug`, `Display`, error sources and logs contain no key and no personal data.

use chargeback::maxmind::{MaxMind, WonTag};
use chargeback::pipwave::Pipwave;
use chargeback::ravelin::{Alerts, Ravelin, UnclearReasons};
use chargeback::revcent::{CreateChargeback, EditChargeback, FirstReport, Metadatum, RevCent};
use chargeback::riskified::Riskified;
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::seon::{Seon, WonLabel};
use chargeback::sift::Sift;
use chargeback::spade::{ChargebackFeedback, Spade, State, WonMeans};
use chargeback::thirdwatch::{ChargebackEvent, ChargebackState, TagUser, Thirdwatch, UntagUser};
use chargeback::tutelar::{DefeatedMeans, RefundStatus, TransactionRefund, Tutelar};
use chargeback::{
    Chargeback, ChargebackProvider, HttpProvider, Reason, RetryPolicy, Secret, Stage, pipwave, revcent, riskified,
    seon, spade, thirdwatch,
};

use crate::support::log_capture::{CapturedOutput, capture};
use crate::support::vendors::{Setup, VENDORS};
use crate::support::{Play, Script, full};

const KEY: &str = "planted-key";
const SECRET: &str = "planted-secret";

/// Every vendor and version 2 of Tutelar, with planted keys.
fn providers(script: &Script) -> Vec<Box<dyn ChargebackProvider>> {
    fn boxed<V: chargeback::connector::Connector>(vendor: V, script: &Script) -> Box<dyn ChargebackProvider> {
        let retry = RetryPolicy::default().max_attempts(2);
        Box::new(HttpProvider::builder(vendor).transport(script.clone()).retry(retry).build().unwrap())
    }
    vec![
        boxed(Thirdwatch::new(KEY, thirdwatch::Environment::Staging), script),
        boxed(RevCent::new(KEY).first_report(FirstReport::CreateAtOnce), script),
        boxed(Tutelar::v1(KEY, SECRET, DefeatedMeans::Refuse), script),
        boxed(Tutelar::v2(Secret::from("planted-token"), DefeatedMeans::Refuse), script),
        boxed(Spade::new(KEY, spade::Environment::EastSandbox, WonMeans::MerchantWon), script),
        boxed(Pipwave::new(KEY, SECRET, pipwave::Environment::Live), script),
        boxed(MaxMind::new(1, KEY, WonTag::Clear), script),
        boxed(Sift::new(KEY), script),
        boxed(Ravelin::new(KEY, Alerts::Send, UnclearReasons::LeaveOut), script),
        boxed(Seon::new(KEY, seon::Environment::Eu, WonLabel::FalseAlert), script),
        boxed(Riskified::new("shop.example.com", SECRET, riskified::Environment::Production), script),
    ]
}

fn personal() -> Chargeback {
    full(Stage::Contested, Reason::from("canary-reason")).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn vendor_replies_are_not_repeated() {
    let output = CapturedOutput::default();
    let _guard = capture(&output);
    // Replies that echo the request under every key that a connector reads.
    let echo = r#"{"status":"canary-user-id x","message":"canary-notes","error":"canary-notes",
        "code":"canary arn","error_code":"canary-user-id@example.com","errorCode":"canary x","result":"canary-notes",
        "details":"canary-notes","api_call_id":"canary-call","data":{"orderId":"canary-order-id"},"success":false}"#;
    let page = "<html>canary-user-id planted-key</html>";
    for status in [200, 201, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503] {
        for body in [echo, page, ""] {
            for index in 0..providers(&Script::empty()).len() {
                let plays = std::iter::repeat_n(Play::json(status, body), 12);
                let script = Script::new(plays);
                let provider = providers(&script).swap_remove(index);
                match provider.report(&personal()).await {
                    Ok(receipt) => output.debug(&receipt),
                    Err(error) => output.error(&error),
                }
                output.debug(&provider);
            }
        }
    }
    let text = output.text();
    assert!(text.contains("outcome") && text.contains("http.response.status_code"), "the logs are captured");
    output.check(&[]);
}

#[tokio::test(start_paused = true)]
async fn transport_errors_contain_no_request_data() {
    let output = CapturedOutput::default();
    let _guard = capture(&output);
    for plays in [vec![Play::NotSent; 12], vec![Play::Lost; 12], vec![Play::Hang; 12], vec![Play::TooLarge; 12]] {
        for index in 0..providers(&Script::empty()).len() {
            let script = Script::new(plays.clone());
            let error = providers(&script).swap_remove(index).report(&personal()).await.unwrap_err();
            output.error(&error);
        }
    }
    output.check(&[]);
}

#[tokio::test(start_paused = true)]
async fn validation_errors_contain_no_values() {
    let output = CapturedOutput::default();
    let _guard = capture(&output);
    for &stage in Stage::ALL {
        for index in 0..providers(&Script::empty()).len() {
            let wrong = full(stage, Reason::FraudOther)
                .order_id("canary-order-id ".repeat(9))
                .transaction_id("canary-transaction-id".repeat(99))
                .vendor_payment(chargeback::revcent::ID, "canary-too-short")
                .vendor_payment(spade::ID, "..")
                .metadata("canary-name".repeat(20), "v")
                .build()
                .unwrap();
            let script = Script::new(std::iter::repeat_n(Play::json(400, ""), 4));
            let provider = providers(&script).swap_remove(index);
            if let Err(error) = provider.report(&wrong).await {
                output.error(&error);
            }
            match provider.plan(&personal()) {
                Ok(plan) => output.debug(&plan),
                Err(error) => output.error(&error),
            }
        }
    }
    output.check(&[]);
}

#[tokio::test(start_paused = true)]
async fn receipts_contain_no_personal_data() {
    let output = CapturedOutput::default();
    let _guard = capture(&output);
    let sandbox = Sandbox::in_memory();
    let providers = VENDORS.map(|vendor| vendor.connect(&sandbox, None, &Setup::default()));
    let after = Fault::after_acting(FaultKind::Reset);
    sandbox.revcent().fail_next_if(|request| request.method() == "POST", after.clone());
    sandbox.pipwave().fail_next(after);
    for provider in &providers {
        let receipt = provider.report(&full(Stage::Contested, Reason::FraudOther).build().unwrap()).await.unwrap();
        output.debug(&receipt);
        output.debug(provider);
    }
    let text = output.text();
    for key in [chargeback::sandbox::API_KEY, chargeback::sandbox::API_SECRET] {
        assert!(!text.contains(key), "{key} is in {text}");
    }
    output.check(&[]);
}

/// Every native call, with replies that contain planted values under every key that a connector reads.
#[tokio::test(start_paused = true)]
async fn native_calls_and_replies_are_redacted() {
    let output = CapturedOutput::default();
    let _guard = capture(&output);
    let play = |body: &str| Script::new([Play::json(200, body)]);
    let build = |script: Script| HttpProvider::builder(RevCent::new(KEY)).transport(script).build().unwrap();
    let record = r#"{"code":1,"result":{"id":"canaryxxxxxxxxxxxxxx","arn":"canary-arn",
        "amount":19.90,"case_number":"canary","reason_code":"canary","gateway_transaction_id":"canary",
        "third_party_chargeback_id":"canary","chargeback_date":"2026-10-03T09:12:00Z",
        "metadata":[{"name":"canary","value":"canary"}]}}"#;
    let stored = build(play(record)).get_chargeback("canaryxxxxxxxxxxxxxx").await.unwrap().reply;
    assert_eq!(stored.arn.as_deref(), Some("canary-arn"));
    output.debug(&stored);
    let hits = r#"{"code":1,"results":[
        {"id":"canaryxxxxxxxxxxxxxx","item_type":"canary","third_party_chargeback_id":"canary"}]}"#;
    let hits = build(play(hits)).search_chargebacks("canary").await.unwrap().reply;
    assert_eq!(hits.len(), 1);
    output.debug(&hits);
    output.debug(&revcent::StepReply::Hits(hits));
    let written = r#"{"code":1,"result":"canary","chargeback_id":"canaryxxxxxxxxxxxxxx","api_call_id":"canary"}"#;
    let create = CreateChargeback::for_transaction("canaryxxxxxxxxxxxxxx");
    let written = build(play(written)).create_chargeback(create).await.unwrap();
    output.debug(&written);
    output.debug(&revcent::StepReply::Chargeback(written.reply));

    let spade = |script: Script| {
        let vendor = Spade::new(KEY, spade::Environment::EastSandbox, WonMeans::MerchantWon);
        HttpProvider::builder(vendor).transport(script).build().unwrap()
    };
    let details = r#"{"details":"canary"}"#;
    output.debug(&spade(play(details)).report_refund("canary", spade::RefundFeedback::default()).await.unwrap());
    output.debug(&spade(play(details)).report_decline("canary", spade::DeclineFeedback::default()).await.unwrap());
    let updated = r#"{"success":true,"message":"canary","data":{"orderId":"canary","referenceNo":"canary"}}"#;
    let vendor = Tutelar::v1(KEY, SECRET, DefeatedMeans::Refuse);
    let tutelar = HttpProvider::builder(vendor).transport(play(updated)).build().unwrap();
    output.debug(
        &tutelar.report_refund(TransactionRefund::new(RefundStatus::Requested, "canary", "canary")).await.unwrap(),
    );
    let vendor = Thirdwatch::new(KEY, thirdwatch::Environment::Staging);
    let thirdwatch = HttpProvider::builder(vendor).transport(play(r#"{"message":"canary"}"#)).build().unwrap();
    output.debug(&thirdwatch.tag(TagUser::new("canary", true)).await.unwrap());
    let vendor = Pipwave::new(KEY, SECRET, pipwave::Environment::Live);
    let tagged = r#"{"status":200,"message":"canary"}"#;
    let pipwave = HttpProvider::builder(vendor).transport(play(tagged)).build().unwrap();
    let tag = pipwave::TagChargeback::for_transaction("canary", pipwave::ChargebackStage::DisputeWon);
    output.debug(&pipwave.tag_chargeback(tag).await.unwrap());
    output.check(&[]);
}

/// Prints the settings of all vendors.
fn print_settings(output: &CapturedOutput) {
    output.debug(&Secret::from(SECRET));
    output.debug(&Thirdwatch::new(KEY, thirdwatch::Environment::Staging));
    output.debug(&RevCent::new(KEY));
    output.debug(&Tutelar::v1(KEY, SECRET, DefeatedMeans::Refuse));
    output.debug(&Tutelar::v2(Secret::from(SECRET), DefeatedMeans::Refuse));
    output.debug(&Spade::new(KEY, spade::Environment::EastSandbox, WonMeans::MerchantWon));
    output.debug(&Pipwave::new(KEY, SECRET, pipwave::Environment::Live));
    output.debug(&HttpProvider::builder(Pipwave::new(KEY, SECRET, pipwave::Environment::Live)));
}

#[test]
fn debug_of_settings_and_native_types_is_redacted() {
    let output = CapturedOutput::default();
    print_settings(&output);

    let mut event = ChargebackEvent::default();
    event.user_id = Some("canary".into());
    event.order_id = Some("canary".into());
    event.state = Some(ChargebackState::from("canary"));
    event.custom_info = Some([("canary", "canary")].into_iter().collect());
    output.debug(&event);
    let mut tag = TagUser::new("canary", true);
    tag.description = Some("canary".into());
    tag.analyst = Some("canary".into());
    output.debug(&tag);
    output.debug(&UntagUser::new("canary"));

    let mut create = CreateChargeback::for_transaction("canary");
    create.arn = Some("canary".into());
    create.metadata = Some(vec![Metadatum::new("canary", "canary")]);
    output.debug(&create);
    let mut edit = EditChargeback::default();
    edit.case_number = Some("canary".into());
    output.debug(&edit);
    output.debug(&Metadatum::new("canary", "canary"));
    output.debug(&revcent::Lookup::Search(revcent::Search::new("canary")));
    output.debug(&revcent::Get::new("canary"));

    output.debug(&TransactionRefund::new(RefundStatus::Requested, "canary", "canary"));
    let mut feedback = ChargebackFeedback::new(State::ChargebackWon);
    feedback.chargeback_notes = Some("canary".into());
    feedback.fraud_notes = Some("canary".into());
    output.debug(&feedback);
    output.debug(&spade::ReportChargeback::new("canary", feedback));
    let mut fraud = spade::FraudFeedback::default();
    fraud.fraud_notes = Some("canary".into());
    output.debug(&fraud);
    let mut refund = spade::RefundFeedback::default();
    refund.refund_notes = Some("canary".into());
    output.debug(&refund);
    let mut decline = spade::DeclineFeedback::default();
    decline.decline_code = Some("canary".into());
    output.debug(&decline);

    let tag = pipwave::TagChargeback::for_transaction("canary", pipwave::ChargebackStage::from("canary"));
    let key = Secret::from(KEY);
    output.debug(&tag.signed(&key, &key, &pipwave::signature::Timestamp::Seconds(1)));
    output.debug(&tag);
    output.debug(&pipwave::Requery::Payment("canary".into()));
    output.check(&[]);
}

//! The mapping of a report.

use chargeback::tutelar::{DefeatedMeans, OrderIds, Tutelar};
use chargeback::{ChargebackProvider as _, Error, Network, NetworkCode, Reason, Stage};

use super::{ok, tutelar};
use crate::providers::report_once;
use crate::support::{Script, body, plain, provider, violations};

#[tokio::test]
async fn defeated_means_decides_the_status() {
    use DefeatedMeans::{MerchantLost, MerchantWon, Refuse};
    let statuses = [
        (Stage::Won, MerchantWon, Some("defeated")),
        (Stage::Won, MerchantLost, None),
        (Stage::Won, Refuse, None),
        (Stage::Lost, MerchantWon, Some("accepted")),
        (Stage::Lost, MerchantLost, Some("defeated")),
        (Stage::Lost, Refuse, Some("accepted")),
        (Stage::Reversed, MerchantWon, Some("defeated")),
        (Stage::Reversed, MerchantLost, None),
        (Stage::Withdrawn, MerchantWon, Some("defeated")),
        (Stage::Withdrawn, Refuse, None),
        (Stage::Refunded, Refuse, Some("refunded")),
        (Stage::Arbitration, Refuse, Some("prearbitration")),
        (Stage::Received, MerchantWon, None),
    ];
    for (stage, means, status) in statuses {
        let chargeback = plain("c", stage, Reason::FraudOther).build().unwrap();
        let vendor = Tutelar::v1("k", "s", means);
        if let Some(status) = status {
            let (result, script) = report_once(vendor, &chargeback, ok()).await;
            assert_eq!(result.unwrap().stage_value(), status, "{stage} {means}");
            assert_eq!(body(&script.sent()[0])["status"], status);
        } else {
            let script = Script::empty();
            let error = provider(vendor, &script).report(&chargeback).await.unwrap_err();
            let Error::Unsupported(error) = error else { panic!("{error}") };
            let by_setting = stage != Stage::Received;
            assert_eq!(error.detail().contains("defeated_means"), by_setting, "{error}");
            assert!(script.sent().is_empty());
        }
    }
}

#[tokio::test]
async fn the_reason_text_is_never_empty() {
    for reason in Reason::ALL.iter().cloned().chain([Reason::from(""), Reason::from("was")]) {
        let chargeback = plain("c", Stage::Contested, reason.clone()).build().unwrap();
        let (_, script) = report_once(tutelar(), &chargeback, ok()).await;
        let sent = body(&script.sent()[0])["reason"].as_str().unwrap().to_owned();
        assert_eq!(sent, reason.description());
        assert!(!sent.is_empty());
    }
    let code = NetworkCode::new(Network::Visa, "13.1");
    let chargeback = plain("c", Stage::Contested, Reason::Other).network_code(code).build().unwrap();
    let (_, script) = report_once(tutelar(), &chargeback, ok()).await;
    assert_eq!(body(&script.sent()[0])["reason"], "other (visa 13.1)");
}

#[tokio::test]
async fn an_undocumented_order_id_is_invalid_by_default() {
    let cases = [
        ("a".repeat(40), vec![]),
        ("A-z_09".to_owned(), vec![]),
        ("a".repeat(41), vec!["payment.order_id: must not be longer than 40 characters (Tutelar's code 105)"]),
        (
            "Pedido №12".to_owned(),
            vec!["payment.order_id: must contain only A-Z, a-z, 0-9, _ and - (Tutelar's code 104)"],
        ),
        (
            "é".repeat(41),
            vec![
                "payment.order_id: must not be longer than 40 characters (Tutelar's code 105)",
                "payment.order_id: must contain only A-Z, a-z, 0-9, _ and - (Tutelar's code 104)",
            ],
        ),
    ];
    for (id, rules) in cases {
        let chargeback = plain("c", Stage::Contested, Reason::Other).order_id(&id).build().unwrap();
        if rules.is_empty() {
            assert!(report_once(tutelar(), &chargeback, ok()).await.0.is_ok(), "{id}");
            continue;
        }
        let script = Script::empty();
        let error = provider(tutelar(), &script).report(&chargeback).await.unwrap_err();
        assert_eq!(violations(&error), rules);
        assert!(script.sent().is_empty());
        // The page of the call itself documents no limit, so the setting can allow the id.
        let (result, script) = report_once(tutelar().order_ids(OrderIds::Any), &chargeback, ok()).await;
        assert!(result.is_ok());
        assert_eq!(body(&script.sent()[0])["orderId"], id);
    }
}

//! Stages.

use chargeback::{Chargeback, Stage};

#[test]
fn every_name_is_parsed() {
    for &stage in Stage::ALL {
        assert_eq!(stage.to_string().parse::<Stage>().unwrap(), stage);
    }
}

#[test]
fn an_unknown_name_is_an_error() {
    for text in ["", "Received", "received ", "settled", "pre-arbitration"] {
        let error = text.parse::<Stage>().unwrap_err();
        assert_eq!(error.text(), text);
        assert!(!format!("{error} {error:?}").contains("settled"));
    }
    let line = r#"{"case_id":"c","stage":"settled","occurred_at":"2026-10-03T09:12:00Z","reason":"other"}"#;
    assert!(serde_json::from_str::<Chargeback>(line).unwrap_err().to_string().contains("unknown stage"));
}

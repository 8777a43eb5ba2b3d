//! The record that a lookup of a write with an unknown outcome returns.

use super::*;

/// A case at this stage, contested if the stage needs it.
fn case_at(stage: Stage) -> Chargeback {
    let builder = plain("case-1", stage, Reason::FraudOther);
    let dated = Representment::initiated().initiated_at(at(5, 5));
    match stage {
        Stage::Received | Stage::Accepted => builder,
        _ => builder.representment(dated),
    }
    .build()
    .unwrap()
}

/// The body of the create of a case.
async fn created_body(case: &Chargeback) -> Value {
    let script = Script::new([created()]);
    let _ = provider(create_at_once(), &script).report(case).await.unwrap();
    body(&script.sent()[0])
}

/// Returns true if the record shows another stage than the report, and no edit leads there.
fn is_other_stage(stage: Stage, shown: &Value) -> bool {
    let is_set = |name: &str| shown.get(name).is_some_and(|value| *value != json!(false));
    match stage {
        Stage::Received | Stage::Accepted => ["initiated", "completed", "outcome"].into_iter().any(is_set),
        Stage::Contested | Stage::UnderReview => ["completed", "outcome"].into_iter().any(is_set),
        Stage::Won | Stage::Reversed => shown["outcome"] == "lost",
        _ => shown["outcome"] == "won",
    }
}

/// Every stage against every representment, after a create and after an edit with an unknown outcome.
#[tokio::test(start_paused = true)]
async fn a_record_with_another_stage_is_never_an_acknowledgement() {
    let shown = [
        json!({}),
        json!({ "initiated": true }),
        json!({ "initiated": true, "completed": true }),
        json!({ "initiated": true, "completed": true, "outcome": "pending" }),
        json!({ "initiated": true, "completed": true, "outcome": "won" }),
        json!({ "initiated": true, "completed": true, "outcome": "lost" }),
        json!({ "completed": true, "outcome": "won" }),
        json!({ "outcome": "lost" }),
    ];
    for stage in [Stage::Received, Stage::Accepted, Stage::Contested, Stage::UnderReview, Stage::Won, Stage::Lost] {
        let case = case_at(stage);
        let whole = created_body(&case).await;
        for representment in &shown {
            let mut record = whole.clone();
            record["representment"] = representment.clone();
            let known = case.to_builder().vendor_case(revcent::ID, ID).build().unwrap();
            let is_edit_unclear = whole.get("representment").is_some();
            let mut runs = vec![(&case, vec![Play::Lost, found(&[ID])])];
            if is_edit_unclear {
                runs.push((&known, vec![stored(&json!({})), Play::Lost]));
            }
            for (case, mut plays) in runs {
                plays.extend([stored(&record), created()]);
                let script = Script::new(plays);
                let result = provider(create_at_once(), &script).report(case).await;
                let context = format!("{stage} {representment}: {result:?}");
                let Ok(receipt) = result else {
                    assert!(is_other_stage(stage, representment), "{context}");
                    assert_eq!((result.unwrap_err().delivery(), script.left()), (Delivery::Unknown, 1), "{context}");
                    continue;
                };
                assert!(!is_other_stage(stage, representment), "{context}");
                // Without an edit, the record has the stage of the report.
                if script.left() == 1 {
                    let sent = whole["representment"]["outcome"].clone();
                    assert_eq!(representment.get("outcome").cloned().unwrap_or_default(), sent, "{context}");
                    assert!(receipt.was_reconciled() && receipt.vendor_case() == Some(ID), "{context}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_frozen_date_is_a_loss_on_every_path() {
    let case = case_at(Stage::Contested);
    let mut record = created_body(&case).await;
    record["representment"]["initiated_date"] = json!(1);
    let mut older = record.clone();
    older["arn"] = json!("old");
    let with_arn = case.to_builder().arn("new").build().unwrap();
    let known = case.to_builder().vendor_case(revcent::ID, ID).build().unwrap();
    let unwritten = stored(&json!({ "representment": { "initiated_date": 1 } }));
    let paths: [(&str, &Chargeback, Vec<Play>); 5] = [
        ("read before a write", &known, vec![stored(&record)]),
        ("edit", &known, vec![unwritten.clone(), created()]),
        ("create, looked up", &case, vec![Play::Lost, found(&[ID]), stored(&record)]),
        ("create, then an edit", &with_arn, vec![Play::Lost, found(&[ID]), stored(&older), created()]),
        ("edit, looked up", &known, vec![unwritten, Play::Lost, stored(&record)]),
    ];
    for (path, case, plays) in paths {
        let script = Script::new(plays);
        let receipt = provider(create_at_once(), &script).report(case).await.unwrap_or_else(|e| panic!("{path}: {e}"));
        assert_eq!(script.left(), 0, "{path}");
        let lost: Vec<_> = receipt.losses().iter().filter(|loss| loss.field() == Field::Representment).collect();
        assert_eq!(lost.len(), 1, "{path}: {lost:?}");
        assert_eq!((lost[0].kind(), receipt.vendor_case()), (LossKind::Dropped, Some(ID)), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_native_create_is_not_acknowledged_by_a_record_with_another_stage_or_date() {
    let mut create = CreateChargeback::for_transaction(TRANSACTION);
    create.third_party_chargeback_id = Some("case-1".into());
    let mut contested = create.clone();
    let mut fields = RepresentmentFields::default();
    (fields.initiated, fields.initiated_date) = (Some(true), "2026-10-05T05:30:00Z".parse().ok());
    contested.representment = Some(fields);
    let dated = |date: i64| json!({ "initiated": true, "initiated_date": date });
    let cases = [
        (&create, json!({}), true),
        (&create, json!({ "initiated": true }), false),
        (&create, json!({ "completed": true, "outcome": "won" }), false),
        (&contested, dated(at(5, 5).timestamp()), true),
        (&contested, dated(1), false),
        (&contested, json!({ "initiated": true }), false),
        (&contested, json!({ "initiated": true, "completed": true, "outcome": "lost" }), false),
    ];
    for (create, representment, is_acknowledged) in cases {
        let script = Script::new([Play::Lost, found(&[ID]), stored(&json!({ "representment": representment }))]);
        let result = provider(revcent(), &script).create_chargeback(create.clone()).await;
        assert_eq!(result.is_ok(), is_acknowledged, "{representment}: {result:?}");
        assert_eq!(script.left(), 0);
    }
}

//! The exports of processors: every column reaches the chargeback, and every stage is the expected one.

use serde_json::{Value, json};

use crate::support::Tool;

/// Returns the chargebacks of a file, and the result of its validation.
fn chargebacks(format: &str, text: &str) -> (Vec<Value>, Value) {
    let tool = Tool::new();
    tool.write("export.csv", text);
    let validated = tool.run(&format!("--json validate export.csv --format {format}")).json().remove(0);
    (tool.run(&format!("convert export.csv --format {format}")).json(), validated)
}

fn stages(chargebacks: &[Value]) -> Vec<&str> {
    chargebacks.iter().map(|chargeback| chargeback["stage"].as_str().unwrap()).collect()
}

#[test]
fn stripe() {
    let text = "id,Description,Dispute Created (UTC),Dispute Amount,Dispute Currency,Charge ID,Card Brand,Customer ID,\
        Reason,Status,Due By (UTC),order_id (metadata)\n\
        du_1,\"two\nlines\",2026-09-01 10:12,\"1,129.90\",usd,ch_1,Visa,cus_1,fraudulent,needs_response,\
        2026-09-15 23:59,ORD_1\n\
        du_2,,2026-09-02 11:00,20,jpy,ch_2,Mastercard,,product_not_received,won,,\n\
        du_3,,2026-09-02 11:00,20,usd,ch_3,,,general,under_review,,\n\
        du_4,,2026-09-02 11:00,20,usd,ch_4,,,duplicate,lost,,\n\
        du_5,,2026-09-02 11:00,20,usd,ch_5,,,duplicate,warning_closed,,\n\
        du_6,,2026-09-02 11:00,20,usd,ch_6,,,duplicate,new_status,,\n";
    let (rows, validated) = chargebacks("stripe", text);
    assert_eq!(stages(&rows), ["received", "won", "under_review", "lost"]);
    let expected = json!({
        "case_id": "stripe-du_1", "stage": "received", "occurred_at": "2026-09-01T10:12:00Z", "reason": "fraud_other",
        "amount": { "value": "1129.90", "currency": "USD" },
        "payment": { "order_id": "ORD_1", "gateway_transaction_id": "ch_1", "user_id": "cus_1" },
        "opened_at": "2026-09-01T10:12:00Z", "due_by": "2026-09-15T23:59:00Z",
        "processor": { "name": "stripe", "dispute_id": "du_1", "payment_id": "ch_1" },
    });
    assert_eq!(rows[0], expected);
    assert_eq!(validated["other"]["warning_closed"], 1);
    assert_eq!(validated["unreadable"][0]["reason"], "Status: a value that the format does not know");
    assert_eq!(validated["unreadable"][0]["line"], 8);
}

#[test]
fn the_format_of_a_processor_is_suggested() {
    let tool = Tool::new();
    tool.write("export.csv", "id,Dispute Created (UTC),Dispute Amount,Dispute Currency,Charge ID,Reason,Status\n");
    tool.run("validate export.csv").fails(3, "the file has the columns of --format stripe");
    tool.write("export.csv", "name,size\n");
    let ran = tool.run("validate export.csv");
    assert!(ran.code == 3 && !ran.err.contains("has the columns"), "{}", ran.err);
}

#[test]
fn adyen() {
    let head = "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Record Date,\
        Record Date TimeZone,Dispute Currency,Dispute Amount,Record Type,Dispute PSP Reference,Dispute Reason,\
        CB Scheme Code,CB Reason Code,Dispute ARN,Shopper Reference\n";
    let row = |kind: &str| {
        format!(
            "C,M,PSP1,ORD-1,mc,2026-07-26 19:58:55,CEST,EUR,10.50,{kind},DSP1,Goods missing,mc,4853,7450002,shopper-1\n"
        )
    };
    let kinds =
        ["NotificationOfChargeback", "Chargeback", "InformationSupplied", "ChargebackReversed", "SecondChargeback"];
    let text = head.to_owned() + &kinds.map(row).concat() + &row("NotificationOfFraud");
    let (rows, validated) = chargebacks("adyen", &text);
    assert_eq!(stages(&rows), ["received", "received", "under_review", "reversed", "lost"]);
    let expected = json!({
        "case_id": "adyen-DSP1", "stage": "received", "occurred_at": "2026-07-26T17:58:55Z",
        "reason": "not_as_described", "network_code": { "network": "mastercard", "code": "4853" },
        "amount": { "value": "10.50", "currency": "EUR" },
        "payment": { "order_id": "ORD-1", "gateway_transaction_id": "PSP1", "user_id": "shopper-1" }, "arn": "7450002",
        "processor": { "name": "adyen", "dispute_id": "DSP1", "payment_id": "PSP1" },
    });
    assert_eq!(rows[0], expected);
    assert_eq!(validated["other"]["NotificationOfFraud"], 1);
}

#[test]
fn paypal() {
    let names = "Case type,Case ID,Original transaction ID,Transaction invoice ID,Case reason,Case filing date,\
        Case status,\
        Response due date,Disputed amount,Disputed currency";
    let row = |kind: &str, status: &str, money: &str| {
        format!("{kind},PP-1,TX1,INV1,Non-receipt,2026/09/01 07:50:09 +0200,{status},,{money}\n")
    };
    let cases = [
        row("Chargeback", "Open", "1500,USD"),
        row("Claim", "Being Reviewed By PayPal", "1500,USD"),
        row("Dispute", "Open", "1500,USD"),
        row("Claim", "Sleeping", "1500,USD"),
        row("Claim", "Open", "1500,JPY"),
    ];
    let plain = format!("{names}\n{}", cases.concat());
    // As delivered by SFTP: rows about the file, and an account id with a line break.
    let report = ["\"SB\",", &cases.join("\"SB\",")].concat();
    let report = format!(
        "RH,2026/09/02,R,ACC,008,,,,,,\nFH,01,,,,,,,,,\nSH,2026/09/01,2026/09/02,\"ACC\n\",,,,,,,\nCH,{names}\n{report}\
         SF,5,,,,,,,,,\nRF,5,,,,,,,,,\n"
    );
    for (text, first) in [(plain, 2), (report, 6)] {
        let (rows, validated) = chargebacks("paypal", &text);
        assert_eq!(stages(&rows), ["received", "under_review"], "{validated}");
        let chargeback = &rows[0];
        assert_eq!(chargeback["case_id"], "paypal-PP-1");
        assert_eq!(chargeback["payment"], json!({ "order_id": "INV1", "gateway_transaction_id": "TX1" }));
        assert_eq!(chargeback["occurred_at"], "2026-09-01T05:50:09Z");
        assert_eq!(chargeback["amount"], json!({ "value": "15.00", "currency": "USD" }));
        assert_eq!(validated["other"]["Open"], 1);
        let lines: Vec<_> = validated["unreadable"].as_array().unwrap().iter().map(|row| row["line"].clone()).collect();
        assert_eq!(lines, [json!(first + 3), json!(first + 4)], "{validated}");
    }
}

#[test]
fn braintree() {
    let head = "Dispute ID,Case Number,Kind,Status,Received Date,Reply By Date,Reason,Reason Code,Amount Disputed,\
        Currency ISO Code,Transaction ID,Order ID,Card Type\n";
    let row = |kind: &str, status: &str| {
        format!("d1,CASE9,{kind},{status},09/01/2026,09/20/2026,fraud,10.4,8.00,USD,t1,o1,Visa\n")
    };
    let text = head.to_owned()
        + &row("chargeback", "open")
        + &row("pre_arbitration", "open")
        + &row("chargeback", "disputed")
        + &row("chargeback", "Won")
        + &row("retrieval", "open");
    let (rows, validated) = chargebacks("braintree", &text);
    assert_eq!(stages(&rows), ["received", "pre_arbitration", "under_review", "won"]);
    let expected = json!({
        "case_id": "braintree-d1", "stage": "received", "occurred_at": "2026-09-01T00:00:00Z",
        "reason": "fraud_card_absent", "network_code": { "network": "visa", "code": "10.4" },
        "amount": { "value": "8.00", "currency": "USD" },
        "payment": { "order_id": "o1", "gateway_transaction_id": "t1" },
        "received_at": "2026-09-01T00:00:00Z", "due_by": "2026-09-20T00:00:00Z", "case_number": "CASE9",
        "processor": { "name": "braintree", "dispute_id": "d1", "payment_id": "t1" },
    });
    assert_eq!(rows[0], expected);
    assert_eq!(validated["other"]["open"], 1);
}

#[test]
fn checkout() {
    let head = "Dispute ID,Dispute Issue Date UTC,Dispute Created Date UTC,Dispute Indicator,Dispute Reason Code,\
        Payment Method,Dispute Amount,Dispute Currency,Payment ID,Payment Reference,ARN\n";
    let row = |indicator: &str| {
        format!("dsp_1,2026-09-01 09:00:00,2026-09-01 10:00:00,{indicator},13.1,Visa,5.00,GBP,pay_1,ref-1,7450001\n")
    };
    let indicators = ["ADJM", "RPDR", "RPDW", "RPDL", "ARBR", "ARBW", "ARBL", "CBRV", "AUTO"];
    let text = head.to_owned() + &indicators.map(row).concat() + &row("NEW1");
    let (rows, validated) = chargebacks("checkout", &text);
    let expected = ["received", "under_review", "won", "lost", "arbitration", "won", "lost", "withdrawn", "closed"];
    assert_eq!(stages(&rows), expected);
    let chargeback = &rows[0];
    assert_eq!(chargeback["case_id"], "checkout-dsp_1");
    assert_eq!(chargeback["arn"], "7450001");
    assert_eq!(chargeback["reason"], "not_received");
    assert_eq!(chargeback["network_code"], json!({ "network": "visa", "code": "13.1" }));
    assert_eq!(validated["unreadable"].as_array().unwrap().len(), 1);
}

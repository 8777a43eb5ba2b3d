//! `chargeback webhook`.

use chargeback::webhooks::stripe::Verifier;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::support::Tool;

const SECRET: &str = "whsec_planted";
const BODY: &str = r#"{"id":"evt_1","type":"charge.dispute.created","created":1790000000,"livemode":true,
    "data":{"object":{"id":"du_1","object":"dispute","charge":"ch_planted","status":"needs_response","amount":1290,
    "currency":"usd","reason":"fraudulent"}}}"#;

fn signature(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("1790000000.{body}").as_bytes());
    format!("Stripe-Signature: t=1790000000,v1={}", hex::encode(mac.finalize().into_bytes()))
}

#[test]
fn a_stripe_webhook_is_verified_and_shown() {
    // The verifier of the library accepts the same secret.
    assert!(Verifier::new(SECRET).is_ok());
    let mut tool = Tool::new();
    tool.set("STRIPE_SECRET", SECRET);
    tool.write("body.json", BODY);
    let header = signature(BODY);
    let at = ["--at", "2026-09-21T14:13:20Z"];
    let run = |more: &[&str]| {
        let mut arguments = vec!["webhook", "stripe", "body.json", "--secret-env", "STRIPE_SECRET", "--header"];
        arguments.push(&header);
        arguments.extend(more);
        tool.run_all(&arguments)
    };
    let ran = run(&at);
    assert!(ran.exits(0).contains("verified: dispute, stage received"), "{}", ran.out);
    assert!(!ran.out.contains("ch_planted"));
    let shown = run(&[&at[..], &["--show-payload"]].concat());
    assert!(shown.exits(0).contains("ch_planted"));
    let json = run(&[&at[..], &["--json"]].concat()).json();
    assert_eq!(json[0]["event"], "dispute");
    assert_eq!(json[0]["stage"], "received");

    // The signature is too old without `--at`.
    run(&[]).fails(4, "not verified");
    tool.write("body.json", BODY.replace("1290", "1291"));
    let forged = run(&at);
    forged.fails(4, "not verified");
    assert!(!forged.err.contains(SECRET));
    let missing = tool.run("webhook stripe body.json --secret-env NOT_SET");
    missing.fails(2, "the variable NOT_SET is not set");
    tool.run("webhook paypal body.json --secret-env STRIPE_SECRET").fails(2, "--id-env");
}

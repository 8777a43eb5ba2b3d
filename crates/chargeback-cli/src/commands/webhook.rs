//! `chargeback webhook`.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use chargeback::Secret;
use chargeback::webhooks::paypal::Certificate;
use chargeback::webhooks::{
    Event, Mapping, ParseError, VerifyError, adyen, braintree, checkout, paypal, pipwave, stripe,
};
use chrono::Utc;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::args::{ProcessorName, WebhookArgs};
use crate::failure::{Exit, Failure, chain, not_set};
use crate::output::Output;

type Parsed = Vec<Result<Event, ParseError>>;

/// Verifies a webhook and prints its events.
pub(crate) fn webhook(arguments: &WebhookArgs, output: Output) -> Result<Exit, Failure> {
    let read = if arguments.file == Path::new("-") {
        let mut body = Vec::new();
        std::io::stdin().read_to_end(&mut body).map(|_| body)
    } else {
        fs::read(&arguments.file)
    };
    let body = read.map_err(|error| Failure::at(arguments.file.display(), error).exit(Exit::Usage))?;
    let events = verified(arguments, &body)?;
    let mut exit = Exit::Success;
    for event in events {
        let (value, text) = match &event {
            Ok(event) => shown(event, output.show_payload),
            Err(error) => {
                exit = Exit::Attention;
                let text = format!("verified, and not understood: {error}");
                (json!({ "verified": true, "error": error.to_string() }), text)
            }
        };
        output.print(&value, text)?;
    }
    Ok(exit)
}

fn verified(arguments: &WebhookArgs, body: &[u8]) -> Result<Parsed, Failure> {
    let headers = headers(&arguments.headers)?;
    let secret = variable(&arguments.secret_env)?;
    let id = || {
        let name = arguments.id_env.as_deref();
        name.map_or_else(|| Err(Failure::usage("this processor needs --id-env")), variable)
    };
    let mapping = Mapping::default();
    let rejected = |error: VerifyError| {
        let next = "check the secret, and that the file has the body byte by byte";
        Failure::new(format!("not verified: {}", chain(&error))).exit(Exit::Attention).next(next)
    };
    let at = arguments.at;
    Ok(match arguments.processor {
        ProcessorName::Stripe => {
            let verifier = stripe::Verifier::new(secret)?;
            let payload = match at {
                Some(at) => verifier.verify_at(&headers, body, at),
                None => verifier.verify(&headers, body),
            };
            vec![payload.map_err(rejected)?.parse(&mapping)]
        }
        ProcessorName::Adyen => adyen::Verifier::new(secret)?.verify(body).map_err(rejected)?.parse(&mapping),
        ProcessorName::Checkout => {
            vec![checkout::Verifier::new(secret)?.verify(&headers, body).map_err(rejected)?.parse(&mapping)]
        }
        ProcessorName::Braintree => {
            let verifier = braintree::Verifier::new(id()?, Secret::new(secret))?;
            vec![verifier.verify(body).map_err(rejected)?.parse(&mapping)]
        }
        ProcessorName::Paypal => {
            let id = id()?;
            let certificate = Certificate::pinned(secret.as_bytes())?;
            let verifier = paypal::Verifier::new(id)?.certificate(certificate);
            let payload = verifier.verify_at(&headers, body, at.unwrap_or_else(Utc::now));
            vec![payload.map_err(rejected)?.parse(&mapping)]
        }
        ProcessorName::Pipwave => {
            vec![pipwave::Verifier::new(Secret::new(id()?), secret)?.verify(body).map_err(rejected)?.parse(&mapping)]
        }
    })
}

fn variable(name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|_| Failure::usage(not_set(name)))
}

fn headers(lines: &[String]) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for line in lines {
        let wrong = || Failure::usage("--header must be `Name: value`");
        let (name, value) = line.split_once(':').ok_or_else(wrong)?;
        let name: HeaderName = name.trim().parse().map_err(|_| wrong())?;
        headers.append(name, HeaderValue::from_str(value.trim()).map_err(|_| wrong())?);
    }
    Ok(headers)
}

/// Returns the event as JSON and as text.
fn shown(event: &Event, show_payload: bool) -> (Value, String) {
    let (kind, chargeback) = match event {
        Event::Dispute(event) => ("dispute", Some(&event.chargeback)),
        Event::PreDispute(_) => ("pre_dispute", None),
        Event::TestMode(_) => ("test_mode", None),
        Event::NoChange(_) => ("no_change", None),
        Event::NotADispute(_) => ("not_a_dispute", None),
        Event::Unknown(_) => ("unknown", None),
        _ => ("other", None),
    };
    let mut value = json!({ "verified": true, "event": kind });
    let mut text = format!("verified: {kind}");
    if let Event::Unknown(unknown) = event {
        text = format!("{text}, unknown {}", unknown.field);
        value["field"] = json!(unknown.field);
    }
    if let Some(chargeback) = chargeback {
        text = format!("{text}, stage {}, occurred at {}", chargeback.stage(), chargeback.occurred_at());
        value["stage"] = json!(chargeback.stage());
        value["occurred_at"] = json!(chargeback.occurred_at());
        if show_payload {
            value["chargeback"] = json!(chargeback);
            text = format!("{text}\n{}", serde_json::to_string_pretty(chargeback).unwrap_or_default());
        } else {
            let fields: Vec<_> = chargeback.fields().iter().map(|field| field.as_str()).collect();
            value["fields"] = json!(fields);
            text = format!("{text}\nfields: {}\n(--show-payload prints the chargeback)", fields.join(", "));
        }
    }
    (value, text)
}

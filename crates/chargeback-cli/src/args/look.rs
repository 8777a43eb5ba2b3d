//! The arguments of the commands that send nothing.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::{InputArgs, VendorChoice};

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) choice: VendorChoice,
    /// Largest number of chargebacks.
    #[arg(long, default_value_t = 10)]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct VendorsArgs {
    /// Vendors, by name; all if absent.
    #[arg(long = "vendor", value_name = "VENDOR", value_delimiter = ',')]
    pub(crate) vendors: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CodesArgs {
    /// Network or processor: visa, mastercard, amex, discover, diners, jcb, sepa, stripe, paypal, braintree and so on.
    pub(crate) network: String,
    /// Code as the network writes it, for example 13.1; all codes of the network if absent.
    pub(crate) code: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ProcessorName {
    Stripe,
    Adyen,
    Checkout,
    Braintree,
    Paypal,
    Pipwave,
}

#[derive(Debug, Args)]
pub(crate) struct WebhookArgs {
    /// Processor that sent the webhook.
    pub(crate) processor: ProcessorName,
    /// File with the body as it was received, byte by byte.
    pub(crate) file: PathBuf,
    /// Environment variable with the secret: the signing secret or HMAC key; Braintree's private key; the PEM text of
    /// PayPal's certificate; Pipwave's API secret.
    #[arg(long, value_name = "NAME")]
    pub(crate) secret_env: String,
    /// Environment variable with the second value that some processors need: Braintree's public key, PayPal's webhook
    /// id, Pipwave's API key.
    #[arg(long, value_name = "NAME")]
    pub(crate) id_env: Option<String>,
    /// Header of the webhook, as `Name: value`; repeat for each header.
    #[arg(long = "header", value_name = "HEADER")]
    pub(crate) headers: Vec<String>,
    /// Time of receipt (RFC 3339), for an old webhook of Stripe or PayPal. Default: now.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<DateTime<Utc>>,
}

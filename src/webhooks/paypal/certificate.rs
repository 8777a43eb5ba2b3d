//! The certificates with which `PayPal` signs.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use webpki::aws_lc_rs::{
    ECDSA_P256_SHA256, ECDSA_P384_SHA384, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512,
};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::error::Error;
use crate::webhooks::verify::misconfigured;

/// The names to which `PayPal`'s signing certificates are issued, live and sandbox. Source: its Java SDK.
const NAMES: [&str; 2] = ["messageverificationcerts.paypal.com", "messageverificationcerts.sandbox.paypal.com"];

/// The algorithms with which certificate authorities sign.
const ALGORITHMS: &[&dyn rustls_pki_types::SignatureVerificationAlgorithm] = &[
    RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512,
    ECDSA_P256_SHA256,
    ECDSA_P384_SHA384,
];

/// A certificate with which `PayPal` signs.
///
/// ```
/// use chargeback::Error;
/// use chargeback::webhooks::paypal::{Certificate, Verifier};
/// use chrono::Utc;
///
/// /// `chain` is the body that `certificate_url` serves; `roots` is the system's bundle.
/// fn verifier(chain: &[u8], roots: &[u8]) -> Result<Verifier, Error> {
///     let certificate = Certificate::from_chain(chain, roots, Utc::now())?;
///     Ok(Verifier::new("WH-1")?.certificate(certificate))
/// }
/// ```
#[derive(Clone)]
pub struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    /// The roots that the chain must lead to; `None` for a pinned certificate.
    roots: Option<Vec<TrustAnchor<'static>>>,
}

impl Certificate {
    /// Creates a certificate that must lead to one of these roots and be issued to `PayPal`'s signing service. The
    /// time of each delivery is checked against the certificate's validity.
    ///
    /// `chain` is the body that [`certificate_url`](super::certificate_url) serves: PEM, first the certificate,
    /// then the intermediate ones. `roots` is PEM with the root certificates, for example the system's bundle
    /// (`/etc/ssl/certs/ca-certificates.crt`).
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if an argument cannot be read, or the certificate does not lead to a root at
    /// `now`, or the certificate has another name.
    pub fn from_chain(chain: &[u8], roots: &[u8], now: DateTime<Utc>) -> Result<Self, Error> {
        let chain = certificates(chain, "chain")?;
        let roots = certificates(roots, "roots")?;
        // A bundle may contain old certificates that cannot be read. The others are used.
        let roots: Vec<TrustAnchor<'static>> = roots
            .iter()
            .filter_map(|root| anchor_from_trusted_cert(root).ok())
            .map(|anchor| anchor.to_owned())
            .collect();
        let certificate = Self { chain, roots: Some(roots) };
        let leaf = certificate.leaf().ok_or_else(|| misconfigured("chain", NOT_A_CERTIFICATE))?;
        if !certificate.is_valid_at(now) {
            return Err(misconfigured("chain", "does not lead to a root, or is not valid now"));
        }
        let names = NAMES.iter().filter_map(|name| ServerName::try_from(*name).ok());
        if !names.into_iter().any(|name| leaf.verify_is_valid_for_subject_name(&name).is_ok()) {
            return Err(misconfigured("chain", "not issued to PayPal's signing service"));
        }
        Ok(certificate)
    }

    /// Creates a certificate that is trusted without checks of its chain, name or validity. `certificate` is PEM; the
    /// first entry is used.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if the certificate cannot be read.
    pub fn pinned(certificate: &[u8]) -> Result<Self, Error> {
        let certificate = Self { chain: certificates(certificate, "certificate")?, roots: None };
        if certificate.leaf().is_none() {
            return Err(misconfigured("certificate", NOT_A_CERTIFICATE));
        }
        Ok(certificate)
    }

    fn leaf(&self) -> Option<EndEntityCert<'_>> {
        EndEntityCert::try_from(self.chain.first()?).ok()
    }

    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.leaf().is_some_and(|leaf| leaf.verify_signature(RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok())
    }

    /// Returns true if the chain leads to a root at this time, or the certificate is pinned.
    pub(super) fn is_valid_at(&self, now: DateTime<Utc>) -> bool {
        let Some(roots) = &self.roots else { return true };
        let Ok(seconds) = u64::try_from(now.timestamp()) else { return false };
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let between = self.chain.get(1..).unwrap_or_default();
        let usage = KeyUsage::server_auth();
        self.leaf()
            .is_some_and(|leaf| leaf.verify_for_usage(ALGORITHMS, roots, between, time, usage, None, None).is_ok())
    }
}

const NOT_A_CERTIFICATE: &str = "the first entry is not a certificate";

fn certificates(pem: &[u8], field: &'static str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(misconfigured(field, "not PEM with certificates")),
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("chain", &self.chain.len())
            .field("pinned", &self.roots.is_none())
            .finish_non_exhaustive()
    }
}

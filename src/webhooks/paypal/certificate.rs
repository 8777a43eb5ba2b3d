//! The certificate by which `PayPal` signs.

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

/// The names to which `PayPal`'s signing certificates are issued, live and sandbox, by its Java SDK.
const NAMES: [&str; 2] = ["messageverificationcerts.paypal.com", "messageverificationcerts.sandbox.paypal.com"];

/// What authorities sign certificates with.
const ALGORITHMS: &[&dyn rustls_pki_types::SignatureVerificationAlgorithm] = &[
    RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512,
    ECDSA_P256_SHA256,
    ECDSA_P384_SHA384,
];

/// A certificate by which `PayPal` signs.
#[derive(Clone)]
pub struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    /// The authorities that it must lead to; none if the caller vouches for the certificate itself.
    roots: Option<Vec<TrustAnchor<'static>>>,
}

impl Certificate {
    /// A certificate that leads to one of these authorities and is issued to `PayPal`'s signing service; each delivery's time is checked
    /// against its validity.
    ///
    /// `chain` is what [`certificate_url`](super::certificate_url) serves: PEM, the certificate first, then those between.
    /// `roots` is PEM too: the authorities' own, such as the system's bundle (`/etc/ssl/certs/ca-certificates.crt`).
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if it cannot be read, leads to none of them by `now`, or is another's.
    pub fn from_chain(chain: &[u8], roots: &[u8], now: DateTime<Utc>) -> Result<Self, Error> {
        let chain = certificates(chain, "chain")?;
        let roots = certificates(roots, "roots")?;
        // A bundle may hold old certificates that cannot be read; the others count.
        let roots: Vec<TrustAnchor<'static>> = roots
            .iter()
            .filter_map(|root| anchor_from_trusted_cert(root).ok())
            .map(|anchor| anchor.to_owned())
            .collect();
        let certificate = Self { chain, roots: Some(roots) };
        let leaf = certificate.leaf().ok_or_else(|| misconfigured("chain", "the first is no certificate"))?;
        if !certificate.is_valid_at(now) {
            return Err(misconfigured("chain", "leads to none of the roots, or is not valid now"));
        }
        let ours = NAMES.iter().filter_map(|name| ServerName::try_from(*name).ok());
        if !ours.into_iter().any(|name| leaf.verify_is_valid_for_subject_name(&name).is_ok()) {
            return Err(misconfigured("chain", "not issued to PayPal's signing service"));
        }
        Ok(certificate)
    }

    /// A certificate for which the caller vouches: neither chain, name nor validity is checked. PEM; the first counts.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if it cannot be read.
    pub fn pinned(certificate: &[u8]) -> Result<Self, Error> {
        let certificate = Self { chain: certificates(certificate, "certificate")?, roots: None };
        if certificate.leaf().is_none() {
            return Err(misconfigured("certificate", "the first is no certificate"));
        }
        Ok(certificate)
    }

    fn leaf(&self) -> Option<EndEntityCert<'_>> {
        EndEntityCert::try_from(self.chain.first()?).ok()
    }

    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.leaf().is_some_and(|leaf| leaf.verify_signature(RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok())
    }

    /// Whether it leads to its authorities at this time; one that is pinned always does.
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

fn certificates(pem: &[u8], field: &'static str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(misconfigured(field, "no PEM with certificates")),
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

//! The vendors, their settings, and their providers.

use std::sync::Arc;

use chargeback::sandbox::{ACCOUNT_ID, API_KEY, API_SECRET, SHOP_DOMAIN};
use chargeback::transport::Transport;
use chargeback::{
    Error, HttpProvider, Throttled, maxmind, pipwave, ravelin, revcent, riskified, seon, sift, spade, thirdwatch,
    tutelar,
};

/// A setting of a vendor. The environment variable is `VENDOR_KEY` in capitals.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    pub(crate) is_secret: bool,
    /// The value for the sandbox.
    pub(crate) sandbox: &'static str,
}

/// A vendor, and the settings that its connector reads in addition to `base_url`.
#[derive(Debug)]
pub(crate) struct Vendor {
    pub(crate) name: &'static str,
    pub(crate) settings: &'static [Setting],
}

const fn secret(key: &'static str, sandbox: &'static str) -> Setting {
    Setting { key, is_secret: true, sandbox }
}

const fn plain(key: &'static str, sandbox: &'static str) -> Setting {
    Setting { key, is_secret: false, sandbox }
}

/// All vendors, in the order of the ports of `chargeback sandbox`.
pub(crate) const VENDORS: [Vendor; 10] = [
    Vendor { name: "thirdwatch", settings: &[secret("api_key", API_KEY), plain("environment", "staging")] },
    Vendor { name: "revcent", settings: &[secret("api_key", API_KEY)] },
    Vendor {
        name: "tutelar",
        settings: &[
            secret("api_key", API_KEY),
            secret("secret_key", API_SECRET),
            plain("defeated_means", "merchant_won"),
        ],
    },
    Vendor {
        name: "spade",
        settings: &[
            secret("api_key", API_KEY),
            plain("environment", "east_sandbox"),
            plain("won_means", "merchant_won"),
        ],
    },
    Vendor {
        name: "pipwave",
        settings: &[secret("api_key", API_KEY), secret("api_secret", API_SECRET), plain("environment", "staging")],
    },
    Vendor {
        name: "maxmind",
        settings: &[plain("account_id", "100001"), secret("license_key", API_KEY), plain("won_tag", "not_fraud")],
    },
    Vendor { name: "sift", settings: &[secret("api_key", API_KEY)] },
    Vendor {
        name: "ravelin",
        settings: &[secret("secret_key", API_KEY), plain("alerts", "send"), plain("unclear_reasons", "leave_out")],
    },
    Vendor {
        name: "seon",
        settings: &[
            secret("license_key", API_KEY),
            plain("environment", "eu"),
            plain("won_label", "ecommerce_marked_as_approved"),
        ],
    },
    Vendor {
        name: "riskified",
        settings: &[
            plain("shop_domain", SHOP_DOMAIN),
            secret("auth_token", API_SECRET),
            plain("environment", "sandbox"),
        ],
    },
];

// The number in the table of MaxMind is that of the fake.
const _: () = assert!(ACCOUNT_ID == 100_001);

/// Returns the vendor with this name.
pub(crate) fn find(name: &str) -> Option<&'static Vendor> {
    VENDORS.iter().find(|vendor| vendor.name == name)
}

impl Vendor {
    /// Returns the environment variable of a setting.
    pub(crate) fn variable(&self, key: &str) -> String {
        format!("{}_{}", self.name, key).to_ascii_uppercase()
    }

    /// Returns the variables and values with which a service reaches the fake of the vendor.
    pub(crate) fn sandbox_variables(&self, base_url: &str) -> Vec<(String, String)> {
        let settings = self.settings.iter().map(|setting| (self.variable(setting.key), setting.sandbox.to_owned()));
        settings.chain([(self.variable("base_url"), base_url.to_owned())]).collect()
    }

    /// Builds the provider from variables.
    pub(crate) fn provider(
        &self,
        get: impl Fn(&str) -> Option<String>,
        transport: Option<Arc<dyn Transport>>,
    ) -> Result<Arc<dyn Throttled>, Error> {
        macro_rules! build {
            ($($name:literal => $connector:path),+) => {
                match self.name {
                    $($name => {
                        let builder = HttpProvider::builder(<$connector>::from_vars(get)?);
                        let builder = match transport {
                            Some(transport) => builder.transport(transport),
                            None => builder,
                        };
                        Arc::new(builder.build()?)
                    })+
                    // `VENDORS` has no other name; a test builds each of them.
                    other => unreachable!("{other}"),
                }
            };
        }
        Ok(build!(
            "thirdwatch" => thirdwatch::Thirdwatch,
            "revcent" => revcent::RevCent,
            "tutelar" => tutelar::Tutelar,
            "spade" => spade::Spade,
            "pipwave" => pipwave::Pipwave,
            "maxmind" => maxmind::MaxMind,
            "sift" => sift::Sift,
            "ravelin" => ravelin::Ravelin,
            "seon" => seon::Seon,
            "riskified" => riskified::Riskified
        ))
    }
}

//! Connectors for the fakes: their base URLs and keys.

use super::Sandbox;
use super::credentials::{ACCOUNT_ID, API_KEY, API_SECRET, SHOP_DOMAIN, TOKEN};
use crate::providers::maxmind::{MaxMind, WonTag};
use crate::providers::pipwave::{Environment as PipwaveEnvironment, Pipwave};
use crate::providers::ravelin::{Alerts, Ravelin, UnclearReasons};
use crate::providers::revcent::RevCent;
use crate::providers::riskified::{Environment as RiskifiedEnvironment, Riskified};
use crate::providers::seon::{Environment as SeonEnvironment, Seon, WonLabel};
use crate::providers::sift::Sift;
use crate::providers::spade::{Environment as SpadeEnvironment, Spade, WonMeans};
use crate::providers::thirdwatch::{Environment as ThirdwatchEnvironment, Thirdwatch};
use crate::providers::tutelar::{DefeatedMeans, Tutelar};
use crate::util::secret::Secret;

/// The connectors, for [`connect`](Sandbox::connect).
impl Sandbox {
    /// Returns a Thirdwatch connector with the fake's base URL and key, for [`connect`](Self::connect).
    #[must_use]
    pub fn thirdwatch_connector(&self) -> Thirdwatch {
        Thirdwatch::new(API_KEY, ThirdwatchEnvironment::Staging).base_url(self.thirdwatch.base_url().clone())
    }

    /// Returns a RevCent connector with the fake's base URL and key, for [`connect`](Self::connect).
    #[must_use]
    pub fn revcent_connector(&self) -> RevCent {
        RevCent::new(API_KEY).base_url(self.revcent.base_url().clone())
    }

    /// Returns a connector for Tutelar's API version 1 with the fake's base URL and keys, for
    /// [`connect`](Self::connect).
    #[must_use]
    pub fn tutelar_connector(&self, defeated_means: DefeatedMeans) -> Tutelar {
        Tutelar::v1(API_KEY, API_SECRET, defeated_means).base_url(self.tutelar.base_url().clone())
    }

    /// Returns a connector for Tutelar's API version 2 with the fake's base URL and [`TOKEN`], for
    /// [`connect`](Self::connect).
    #[must_use]
    pub fn tutelar_v2_connector(&self, defeated_means: DefeatedMeans) -> Tutelar {
        Tutelar::v2(Secret::from(TOKEN), defeated_means).base_url(self.tutelar.base_url().clone())
    }

    /// Returns a Spade connector with the fake's base URL and key, for [`connect`](Self::connect).
    #[must_use]
    pub fn spade_connector(&self, won_means: WonMeans) -> Spade {
        Spade::new(API_KEY, SpadeEnvironment::EastSandbox, won_means).base_url(self.spade.base_url().clone())
    }

    /// Returns a Pipwave connector with the fake's base URL, key and secret, for [`connect`](Self::connect).
    #[must_use]
    pub fn pipwave_connector(&self) -> Pipwave {
        Pipwave::new(API_KEY, API_SECRET, PipwaveEnvironment::Staging).base_url(self.pipwave.base_url().clone())
    }

    /// Returns a MaxMind connector with the fake's base URL, account and key, for [`connect`](Self::connect).
    #[must_use]
    pub fn maxmind_connector(&self, won_tag: WonTag) -> MaxMind {
        MaxMind::new(ACCOUNT_ID, API_KEY, won_tag).base_url(self.maxmind.base_url().clone())
    }

    /// Returns a Sift connector with the fake's base URL and key, for [`connect`](Self::connect).
    #[must_use]
    pub fn sift_connector(&self) -> Sift {
        Sift::new(API_KEY).base_url(self.sift.base_url().clone())
    }

    /// Returns a Ravelin connector with the fake's base URL and key, for [`connect`](Self::connect).
    #[must_use]
    pub fn ravelin_connector(&self, alerts: Alerts, unclear_reasons: UnclearReasons) -> Ravelin {
        Ravelin::new(API_KEY, alerts, unclear_reasons).base_url(self.ravelin.base_url().clone())
    }

    /// Returns a SEON connector with the fake's base URL and key, for [`connect`](Self::connect).
    #[must_use]
    pub fn seon_connector(&self, won_label: WonLabel) -> Seon {
        Seon::new(API_KEY, SeonEnvironment::Eu, won_label).base_url(self.seon.base_url().clone())
    }

    /// Returns a Riskified connector with the fake's base URL, shop and token, for [`connect`](Self::connect).
    #[must_use]
    pub fn riskified_connector(&self) -> Riskified {
        let base_url = self.riskified.base_url().clone();
        Riskified::new(SHOP_DOMAIN, API_SECRET, RiskifiedEnvironment::Sandbox).base_url(base_url)
    }
}

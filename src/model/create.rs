//! The ways to create a chargeback: a builder, a copy at another stage, and serde.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};

use super::builder::ChargebackBuilder;
use super::chargeback::{Chargeback, Data};
use super::invalid::InvalidError;
use super::reason::Reason;
use super::stage::Stage;

impl Chargeback {
    /// Starts a chargeback from the merchant's id of the case, its stage, its reason and the time of the stage.
    ///
    /// A chargeback also needs at least one id of the payment; see [`build`](ChargebackBuilder::build).
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let at = "2026-10-03T09:12:00Z".parse()?;
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, at).order_id("o-1").build()?;
    /// assert_eq!((chargeback.stage(), chargeback.occurred_at()), (Stage::Received, at));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder(
        case_id: impl Into<String>,
        stage: Stage,
        reason: impl Into<Reason>,
        occurred_at: DateTime<Utc>,
    ) -> ChargebackBuilder {
        ChargebackBuilder::from(Data::new(case_id.into(), stage, reason.into(), occurred_at))
    }

    /// Returns a builder that holds all fields of this chargeback.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let at = "2026-10-03T09:12:00Z".parse()?;
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, at).order_id("o-1").build()?;
    /// let with_notes = chargeback.to_builder().notes("courier lost the parcel").build()?;
    /// assert_eq!(with_notes.payment(), chargeback.payment());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_builder(&self) -> ChargebackBuilder {
        ChargebackBuilder::from(self.data.clone())
    }

    /// Returns the same case at another stage, reached at `occurred_at`. All other fields are copied.
    ///
    /// To change other fields with the stage, use [`to_builder`](Self::to_builder). For example, add a
    /// [`Representment`](crate::Representment) when the merchant contests the chargeback.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let at = "2026-10-03T09:12:00Z".parse()?;
    /// let received = Chargeback::builder("CB-1", Stage::Received, Reason::Other, at).order_id("o-1").build()?;
    /// let won = received.moved_to(Stage::Won, "2026-11-20T16:00:00Z".parse()?)?;
    /// assert_eq!((won.case_id(), won.stage()), ("CB-1", Stage::Won));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`InvalidError`] if the year of `occurred_at` is not between 1 and 9999, or if the time is in a leap
    /// second other than 23:59:60 UTC.
    pub fn moved_to(&self, stage: Stage, occurred_at: DateTime<Utc>) -> Result<Self, InvalidError> {
        self.to_builder().stage(stage, occurred_at).build()
    }
}

impl<'de> Deserialize<'de> for Chargeback {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ChargebackBuilder::from(Data::deserialize(deserializer)?).build().map_err(serde::de::Error::custom)
    }
}

//! Thirdwatch: events in a user's history.
//!
//! | | |
//! |---|---|
//! | Calls | `POST {base}/v1/chargeback`, `/v1/tag`, `/v1/untag`; JSON, header `X-THIRDWATCH-API-KEY` |
//! | Required | a user id or a session id |
//! | Success | exactly HTTP 200, with an empty body or a JSON object without an `error` key |
//! | Retry | idempotent |
//!
//! ```
//! use chargeback::thirdwatch::{Environment, Thirdwatch};
//! use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
//!
//! let thirdwatch = HttpProvider::new(Thirdwatch::new("api-key", Environment::Staging).tag_after_fraud())?;
//! let lost = Chargeback::builder("CB-1", Stage::Lost, Reason::FraudCardAbsent, "2026-10-03T09:12:00Z".parse()?)
//!     .user_id("user-5512")
//!     .build()?;
//! // The report and the tag of the user.
//! assert_eq!(thirdwatch.plan(&lost)?.steps().len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Retry.** The call is meant to be made again as the state changes. By our reading (medium confidence), the last
//! event counts.
//!
//! **If the outcome is unknown:** send the same report again, unless a later stage of the case has been reported since.
//! A late repeat would add the older state after the newer one. Thirdwatch has no call to read events back.
//!
//! **Tags.** A chargeback alone does not stop the user from buying again: Thirdwatch's page requires a label too.
//! [`tag_after_fraud`](Thirdwatch::tag_after_fraud) makes reports send one. By default they do not.
//!
//! **Guests.** The session id of a guest is sent as `_sessionId` and as `_userId`: the API's introduction asks for the
//! latter, the text of the field for the former (medium confidence that sending both is best). A tag has no
//! `_sessionId`, so the tag of a guest has the session id as `_userId`.
//!
//! # Fields in `_customInfo`
//!
//! Fields that the call has no place for are sent here as text. The vendor's clients define no names in this map; this
//! crate uses these:
//!
//! | Name | Value | Sent |
//! |---|---|---|
//! | `case_id` | the merchant's id of the case | always |
//! | `stage` | the name of the [`Stage`](crate::Stage): `under_review` | always |
//! | `reason` | the name of the [`Reason`](crate::Reason): `fraud_card_absent` | always |
//! | `occurred_at` | start of the stage, as RFC 3339 in UTC: `2026-10-03T09:12:00Z` | always |
//! | `opened_at`, `received_at`, `due_by` | as RFC 3339 in UTC | if set |
//! | `amount` | decimal text in major units: `19.90` | with an amount |
//! | `currency` | the ISO 4217 code of the amount: `USD` | with an amount |
//! | `network` | the name of the card network: `visa` | with a network code |
//! | `network_reason_code` | the network's reason code, unchanged: `13.1` | with a network code |
//! | `gateway_transaction_id`, `arn`, `case_number`, `notes` | unchanged | if set |
//! | `processor` | the processor's name: `stripe` | if set |
//! | `processor_dispute_id`, `processor_payment_id` | the processor's ids of the case and the payment | if set |
//! | `metadata.` and a name | the [metadata](crate::ChargebackBuilder::metadata) value of that name | each |
//!
//! No length limit is documented, and nothing is cut.
//!
//! # Availability
//!
//! The product moved to Razorpay, with another host and other fields, and no chargeback call was found there.
//! `api.thirdwatch.ai` may be gone or parked, so a page with status 200 is not a success, and
//! [`base_url`](Thirdwatch::base_url) sets another address. The keys of reply bodies changed in 2019 (`message` to
//! `status` and `error`); all of them are read.
//!
//! **Sources.** The vendor's published Python, Go, PHP, Node, Java and C# clients, which agree on every key, and the
//! texts in their documentation.

mod config;
mod custom_info;
mod map;
mod operations;
mod reply;
mod request;

pub use self::config::{Environment, ID, Thirdwatch};
pub use self::custom_info::CustomInfo;
pub use self::reply::EventReply;
pub use self::request::{AbuseType, ChargebackEvent, ChargebackReason, ChargebackState, Step, TagUser, UntagUser};
use super::env::check_key;
use super::map::stage_support;
use crate::connector::{Case, Connector, TranslateError, Translation};
use crate::engine::{CallReceipt, HttpProvider};
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::violation::Violation;

impl Connector for Thirdwatch {
    type Step = Step;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        let stage = |stage| stage_support(map::stage(stage));
        Capabilities::from_mapping(stage, |reason| map::reason(reason).support(), map::field)
            .needing(&["a user id or a session id"])
            .with_idempotent_writes()
    }

    fn check(&self) -> Vec<Violation> {
        Vec::from_iter(check_key("api_key", &self.api_key))
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<Step>, TranslateError> {
        map::translate(case.chargeback(), self)
    }
}

/// Thirdwatch's calls.
impl HttpProvider<Thirdwatch> {
    /// Reports a chargeback event. The call does not stop the user from buying again; [`tag`](Self::tag) does.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, thirdwatch::{ChargebackEvent, ChargebackState, Thirdwatch}};
    /// # async fn example(thirdwatch: HttpProvider<Thirdwatch>) -> Result<(), Error> {
    /// let mut event = ChargebackEvent::for_user("user-17");
    /// event.state = Some(ChargebackState::Received);
    /// let receipt = thirdwatch.report_chargeback(event).await?;
    /// println!("acknowledged after {} attempts", receipt.attempts);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the event has neither a user nor a session; see [`Error`] for all others.
    pub async fn report_chargeback(&self, event: ChargebackEvent) -> Result<CallReceipt<EventReply>, Error> {
        self.call(event).await
    }

    /// Tags a user as good or bad. The tag overwrites the tag before.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, thirdwatch::{AbuseType, TagUser, Thirdwatch}};
    /// # async fn example(thirdwatch: HttpProvider<Thirdwatch>) -> Result<(), Error> {
    /// let mut tag = TagUser::new("user-17", true);
    /// tag.abuse_type = Some(AbuseType::PaymentAbuse);
    /// thirdwatch.tag(tag).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the tag has no user; see [`Error`] for all others.
    pub async fn tag(&self, tag: TagUser) -> Result<CallReceipt<EventReply>, Error> {
        self.call(tag).await
    }

    /// Removes a user's tag of one type of abuse, or all tags if no type is set.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, thirdwatch::{Thirdwatch, UntagUser}};
    /// # async fn example(thirdwatch: HttpProvider<Thirdwatch>) -> Result<(), Error> {
    /// thirdwatch.untag(UntagUser::new("user-17")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if no user is set; see [`Error`] for all others.
    pub async fn untag(&self, untag: UntagUser) -> Result<CallReceipt<EventReply>, Error> {
        self.call(untag).await
    }
}

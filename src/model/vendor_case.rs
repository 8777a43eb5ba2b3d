//! The vendor's id of a case, added to a chargeback.

use std::borrow::Cow;

use super::chargeback::Chargeback;
use super::provider_id::ProviderId;

impl Chargeback {
    /// Returns the chargeback with the vendor's id of the case, unless it already has one or none is known.
    pub(crate) fn with_vendor_case(&self, provider: &ProviderId, vendor_case: Option<&str>) -> Cow<'_, Self> {
        let has_one = self.vendor_reference(provider).is_some_and(|reference| reference.case.is_some());
        let added = vendor_case.filter(|_| !has_one).and_then(|vendor_case| {
            // An id that breaks the rules of the model is not used.
            self.to_builder().vendor_case(provider.clone(), vendor_case).build().ok()
        });
        added.map_or(Cow::Borrowed(self), Cow::Owned)
    }
}

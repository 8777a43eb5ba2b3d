//! The ids that vendors give, and the id of a case that is added to a chargeback.

use super::chargeback::Chargeback;
use super::provider_id::ProviderId;

/// Returns true if a vendor's id is missing: empty, or only white space.
pub(crate) fn is_blank_id(id: &str) -> bool {
    id.trim().is_empty()
}

impl Chargeback {
    /// Returns a copy with the vendor's id of the case; `None` if the chargeback already has one or none is known.
    ///
    /// Boxed, because the futures of a report hold the copy.
    pub(crate) fn with_vendor_case(&self, provider: &ProviderId, vendor_case: Option<&str>) -> Option<Box<Self>> {
        let has_one = self.vendor_reference(provider).is_some_and(|reference| reference.case.is_some());
        let vendor_case = vendor_case.filter(|_| !has_one)?;
        // An id that breaks the rules of the model is not used.
        self.to_builder().vendor_case(provider.clone(), vendor_case).build().ok().map(Box::new)
    }
}

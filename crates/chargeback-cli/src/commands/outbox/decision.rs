//! Checks of decisions about doubts, by the ids that the vendors give.

use std::collections::{BTreeMap, BTreeSet};

use chargeback::outbox::{LaneFilter, Operator};
use chargeback::{ProviderId, Resolution};

use crate::failure::Failure;

/// The length of RevCent's ids in characters, by its published schema.
const REVCENT_ID: usize = 20;

/// The lanes of one page of the search for ids.
const PAGE: usize = 10_000;

/// A decision about one case in doubt.
pub(super) struct Decision {
    pub(super) vendor: ProviderId,
    pub(super) case_id: String,
    pub(super) resolution: Resolution,
}

/// The cases by vendor and the vendor's id.
type Owners = BTreeMap<(ProviderId, String), String>;

/// Returns true if a vendor gives cases ids. Of the vendors of this project, only RevCent does.
pub(super) fn gives_ids(vendor: &ProviderId) -> bool {
    vendor.as_str() == "revcent"
}

/// Returns the problem of each decision, in the same order. A decision must fit the vendor, and its id must not belong
/// to another case of the store or of the list.
pub(super) async fn problems(operator: &Operator, decisions: &[Decision]) -> Result<Vec<Option<Failure>>, Failure> {
    let mut owners = Owners::new();
    let vendors: BTreeSet<_> = decisions.iter().filter(|decision| decision.id().is_some()).map(|d| &d.vendor).collect();
    for vendor in vendors {
        let of_vendor = decisions.iter().filter(|decision| decision.vendor == *vendor);
        let ids: BTreeSet<&str> = of_vendor.filter_map(Decision::id).collect();
        add_owners(operator, vendor, &ids, &mut owners).await?;
    }
    Ok(decisions.iter().map(|decision| decision.problem(&mut owners)).collect())
}

impl Decision {
    fn id(&self) -> Option<&str> {
        match &self.resolution {
            Resolution::Found(id) => Some(id),
            _ => None,
        }
    }

    fn problem(&self, owners: &mut Owners) -> Option<Failure> {
        let vendor = &self.vendor;
        let Some(id) = self.id() else {
            let loses_id = matches!(self.resolution, Resolution::Applied) && gives_ids(vendor);
            return loses_id.then(|| {
                Failure::usage(format!("{vendor} gives chargebacks ids, and --applied would lose the id"))
                    .next("use --found with the id of the chargeback that the vendor shows for this payment")
            });
        };
        if !gives_ids(vendor) {
            let next = "use --applied if the vendor has the report";
            return Some(Failure::usage(format!("{vendor} gives cases no ids")).next(next));
        }
        if id.chars().count() != REVCENT_ID {
            let text = format!("{vendor}'s ids of chargebacks have {REVCENT_ID} characters");
            let next = "copy the id of the chargeback, not that of the payment or the transaction";
            return Some(Failure::usage(text).next(next));
        }
        let owner = owners.entry((vendor.clone(), id.to_owned())).or_insert_with(|| self.case_id.clone());
        (*owner != self.case_id).then(|| {
            Failure::usage("another case has this id at the vendor; nothing was done")
                .next("compare the payment that the vendor shows with the values of `resolve --show-payload`")
        })
    }
}

/// Adds the cases of the store that have one of these ids at a vendor.
async fn add_owners(
    operator: &Operator,
    vendor: &ProviderId,
    ids: &BTreeSet<&str>,
    owners: &mut Owners,
) -> Result<(), Failure> {
    let mut filter = LaneFilter::all().vendor(vendor.clone()).limit(PAGE);
    loop {
        let lanes = operator.list(&filter).await?;
        for lane in &lanes {
            if let Some(id) = lane.vendor_case().filter(|id| ids.contains(id)) {
                owners.insert((vendor.clone(), id.to_owned()), lane.case_id().to_owned());
            }
        }
        let Some(last) = lanes.last() else { return Ok(()) };
        filter = filter.after(last.id);
    }
}

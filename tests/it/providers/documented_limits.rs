//! The list of the limits on the vendors' pages, `tests/fixtures/documented_limits.csv`: this crate checks each one.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::limits::Limit;

/// A row of the list.
#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Documented {
    vendor: String,
    /// The vendor's page, or a repository and a path.
    source: String,
    /// `settings`, `report`, or a call.
    call: String,
    /// The name of the field in violations.
    field: String,
    limit: String,
    /// `setting`: checked when the provider is built. `key`: an id of the payment or the case. `field`: other data.
    kind: String,
}

/// Values just inside and just outside a limit.
type Boundary = (Vec<String>, Vec<String>);

impl Documented {
    /// Returns values at the boundary; `None` for a rule about several fields (`only ...`) or a pattern
    /// (`form ...`), whose values are in the table.
    fn boundary(&self) -> Option<Boundary> {
        let text = |length: usize| "k".repeat(length);
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let (rule, value) = self.limit.split_once(' ').unwrap();
        let number = || value.rsplit(' ').next().unwrap().parse::<usize>().unwrap();
        Some(match rule {
            "not" => (owned(&["k"]), owned(&[""])),
            "max" => (vec![text(number())], vec![text(number() + 1)]),
            "exactly" => (vec![text(number())], vec![text(number() - 1), text(number() + 1)]),
            "1" => (vec![text(1), text(number())], vec![text(0), text(number() + 1)]),
            "one" => {
                let values: Vec<&str> = value.strip_prefix("of ").unwrap().split('|').collect();
                (owned(&values), values.iter().map(|value| format!("{value}x")).collect())
            }
            "characters" => {
                assert_eq!(value, "A-Za-z0-9_-");
                (owned(&["AZ", "az", "09", "_-"]), owned(&["k.", "k k", "k/", "ä"]))
            }
            "only" | "form" => return None,
            _ => panic!("unknown form of a limit: {self:?}"),
        })
    }

    /// Returns true if a row of a table is about this field, and its check accepts and refuses the right values.
    fn is_checked_by(&self, limit: &Limit<'_>) -> bool {
        if (limit.call, limit.field) != (self.call.as_str(), self.field.as_str()) {
            return false;
        }
        let Some((inside, outside)) = self.boundary() else { return true };
        let prefix = format!("{}: ", self.field);
        let is_refused = |value: &String| (limit.check)(value).iter().any(|broken| broken.starts_with(&prefix));
        inside.iter().all(|value| (limit.check)(value).is_empty()) && outside.iter().all(is_refused)
    }
}

fn list() -> Vec<Documented> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documented_limits.csv");
    csv::Reader::from_path(path).unwrap().deserialize().collect::<Result<_, _>>().unwrap()
}

/// Checks that a table has a row for each documented limit of the vendor, and a documented limit for each row.
pub fn check_list(vendor: &str, limits: &[Limit<'_>]) {
    let documented: Vec<Documented> = list().into_iter().filter(|row| row.vendor == vendor).collect();
    for row in &documented {
        assert!(limits.iter().any(|limit| row.is_checked_by(limit)), "no check for {row:?}");
    }
    for Limit { call, field, .. } in limits {
        let is_listed = documented.iter().any(|row| (row.call.as_str(), row.field.as_str()) == (*call, *field));
        assert!(is_listed, "{vendor} {call} {field} is not in the list");
    }
}

#[test]
fn the_list_of_limits_is_well_formed() {
    let list = list();
    let vendors: BTreeSet<&str> = list.iter().map(|row| row.vendor.as_str()).collect();
    assert_eq!(
        Vec::from_iter(vendors),
        ["maxmind", "pipwave", "ravelin", "revcent", "riskified", "seon", "sift", "spade", "thirdwatch", "tutelar"]
    );
    assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len(), "a row occurs twice");
    for row in &list {
        assert!(row.source.contains('/') && !row.call.is_empty() && !row.field.is_empty(), "{row:?}");
        assert_eq!(row.kind == "setting", row.call == "settings", "{row:?}");
        assert!(["setting", "key", "field"].contains(&row.kind.as_str()), "{row:?}");
    }
}

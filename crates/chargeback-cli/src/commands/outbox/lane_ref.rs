//! The name of a lane, with the state in which it was shown.

use std::fmt;
use std::str::FromStr;

use chargeback::outbox::{LaneFilter, LaneId, LaneSummary, Operator, ReportSeq, Seen};

use crate::failure::{Exit, Failure};

/// A lane as `list` shows it: `17@3.12` is lane 17 with token 3 and report 12. An act on a lane whose token or report
/// is another one now is refused, so that two operators cannot overwrite each other's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LaneRef {
    id: LaneId,
    seen: Option<(i64, i64)>,
}

impl FromStr for LaneRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            let (id, seen) = match text.split_once('@') {
                Some((id, seen)) => {
                    let (token, head) = seen.split_once('.')?;
                    (id, Some((token.parse().ok()?, head.parse().ok()?)))
                }
                None => (text, None),
            };
            Some(Self { id: LaneId::new(id.parse().ok()?), seen })
        };
        parse().ok_or_else(|| "must be a lane as `list` shows it, for example 17@3.12".to_owned())
    }
}

impl From<&LaneSummary> for LaneRef {
    fn from(lane: &LaneSummary) -> Self {
        Self { id: lane.id, seen: Some((lane.token, lane.head.get())) }
    }
}

impl fmt::Display for LaneRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.id)?;
        match self.seen {
            Some((token, head)) => write!(f, "@{token}.{head}"),
            None => Ok(()),
        }
    }
}

impl LaneRef {
    /// Returns the lane.
    pub(super) async fn find(self, operator: &Operator) -> Result<LaneSummary, Failure> {
        let before = LaneId::new(self.id.get().saturating_sub(1));
        let lanes = operator.list(&LaneFilter::all().after(before).limit(1)).await?;
        let lane = lanes.into_iter().find(|lane| lane.id == self.id);
        lane.ok_or_else(|| Failure::new("the store has no such lane").exit(Exit::Usage))
    }

    /// Returns the lane if it is still in the state in which it was shown.
    pub(super) async fn find_unchanged(self, operator: &Operator) -> Result<LaneSummary, Failure> {
        let lane = self.find(operator).await?;
        let Some((token, head)) = self.seen else {
            let next = format!("to act on its present state, use {}", Self::from(&lane));
            return Err(Failure::usage("the lane needs the state in which you saw it").next(next));
        };
        if lane.seen() == Seen::new(token, ReportSeq::new(head)) {
            Ok(lane)
        } else {
            Err(chargeback::outbox::StoreError::Changed.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_parsed_as_it_is_shown() {
        for text in ["17@3.12", "17"] {
            assert_eq!(text.parse::<LaneRef>().map(|lane| lane.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "x", "17@", "17@3", "17@3.x", "17.3"] {
            assert!(text.parse::<LaneRef>().is_err(), "{text}");
        }
    }
}

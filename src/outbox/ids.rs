//! The ids of lanes, accepted reports and workers.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Defines an id that a store assigns.
macro_rules! id {
    ($(#[$meta:meta])* $Name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $Name(i64);

        impl $Name {
            /// Creates the id from the number that a store assigned.
            #[must_use]
            pub const fn new(number: i64) -> Self {
                Self(number)
            }

            /// Returns the number.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $Name {
            type Err = ParseIntError;

            /// Parses a decimal number.
            ///
            /// # Errors
            ///
            /// Returns [`ParseIntError`] if the text is not a number.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id! {
    /// The id of a lane: the reports of one case to one vendor.
    ///
    /// ```
    /// use chargeback::outbox::LaneId;
    ///
    /// let lane: LaneId = "17".parse()?;
    /// assert_eq!((lane, lane.to_string().as_str()), (LaneId::new(17), "17"));
    /// # Ok::<(), std::num::ParseIntError>(())
    /// ```
    LaneId
}

id! {
    /// The number of an accepted report. A report that was accepted later has a higher number.
    ///
    /// ```
    /// use chargeback::outbox::ReportSeq;
    ///
    /// assert!(ReportSeq::new(2) > ReportSeq::new(1));
    /// ```
    ReportSeq
}

/// The random name of one start of a worker. Two processes never have the same one.
///
/// ```
/// use chargeback::outbox::Owner;
///
/// assert_ne!(Owner::random(), Owner::random());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner(String);

impl Owner {
    /// Creates a random name of 32 hexadecimal digits.
    #[must_use]
    pub fn random() -> Self {
        // The standard library takes its hash keys from the operating system.
        let random = RandomState::new();
        Self(format!("{:016x}{:016x}", random.hash_one(0), random.hash_one(1)))
    }

    /// Creates the owner from a stored name.
    #[must_use]
    pub fn from_stored(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

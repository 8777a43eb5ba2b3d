//! The rows of all networks, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.
//! To change a row, change the CSV, then run the tests with `UPDATE_DOCS=1`.

mod adyen;
mod amex;
mod braintree;
mod cashapp;
mod discover;
mod klarna;
mod mastercard;
mod paypal;
mod pipwave;
mod ravelin;
mod sepa;
mod sift;
mod spade;
mod stripe;
mod thirdwatch;
mod visa;

use super::code::ReasonCode;

/// The networks and their rows, both sorted byte by byte.
pub(super) static NETWORKS: &[(&str, &[ReasonCode])] = &[
    ("adyen", adyen::CODES),
    ("amex", amex::CODES),
    ("braintree", braintree::CODES),
    ("cashapp", cashapp::CODES),
    ("discover", discover::CODES),
    ("klarna", klarna::CODES),
    ("mastercard", mastercard::CODES),
    ("paypal", paypal::CODES),
    ("pipwave", pipwave::CODES),
    ("ravelin", ravelin::CODES),
    ("sepa", sepa::CODES),
    ("sift", sift::CODES),
    ("spade", spade::CODES),
    ("stripe", stripe::CODES),
    ("thirdwatch", thirdwatch::CODES),
    ("visa", visa::CODES),
];

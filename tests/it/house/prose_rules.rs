//! The rules of prose that a program can check.

/// A pattern that documentation avoids.
pub struct Rule {
    pub name: &'static str,
    pub pattern: &'static str,
    /// The highest number of matches per 1,000 words.
    pub limit: f64,
    /// A text that matches once.
    pub hit: &'static str,
    /// A similar text that does not match.
    pub miss: &'static str,
}

pub const RULES: &[Rule] = &[
    Rule {
        name: "clause with what or who as a noun",
        pattern: concat!(
            r"\b[Ww]hat (is|was|are|were|has|had|may|must|can|it|a|an|the|they|came|comes|this|of)\b",
            r"|\b[Ww]hoever\b|(?:^|[.;:!?] )Who \b",
        ),
        limit: 0.3,
        hit: "Returns what the vendor sent.",
        miss: "Returns the reply. It is somewhat a matter of taste, whatever the case.",
    },
    Rule {
        name: "sentence starts with It, They, That, What, Who",
        pattern: r"(?:^|[.;:!?] )(It|They|That|What|Who|Whoever) ",
        limit: 2.5,
        hit: "Sends the report. It waits for the reply.",
        miss: "Sends the report. Items are counted. Thatch is not a pronoun; nor is IT here.",
    },
    Rule {
        name: "tell, told, said",
        pattern: r"\b([Tt]ells?|[Tt]old|[Tt]elling|[Ss]aid)\b",
        limit: 0.2,
        hit: "The vendor was told of the case.",
        miss: "The teller counted the totals.",
    },
    Rule {
        name: "word, for a value",
        pattern: concat!(
            r"\b([Vv]endor's|[Pp]rocessor's|[Ii]ts|their) (own )?words?\b",
            r"|\bown words?\b|\b[Ww]ords? for\b",
        ),
        limit: 0.15,
        hit: "The vendor's word is kept.",
        miss: "The vendor's wording is kept: 25 words at most.",
    },
    Rule {
        name: "archaic or idiomatic",
        pattern: concat!(
            r"\b([Mm]end(s|ed|ing)?|[Aa]new|[Aa]fresh|[Hh]itherto|[Ff]oresee\w*|[Ff]oretold|[Bb]eside)\b",
            r"|\b(none elsewhere|[Ff]or want of|to the letter|[Hh]angs? on|is none|in a row)\b",
            r"|\b[Ss]tands? (in|at|on|to|with|as|by|there|still|open)\b",
        ),
        limit: 0.1,
        hit: "Mend the credentials.",
        miss: "Amend the credentials. Besides, the value stands for a win, and a recommendation follows.",
    },
    Rule {
        name: "of ours, of its own",
        pattern: r"\bof (yours|ours|theirs|hers|his own|its own|their own|one's own|your own|our own)\b",
        limit: 0.05,
        hit: "Runs on a thread of its own.",
        miss: "Runs on its own thread, of which hours remain.",
    },
    Rule {
        name: "but, for except",
        pattern: r"\b(?i:every\w*|all|none|any|nothing)\b[^.,;]{0,30}\bbut\b",
        limit: 0.15,
        hit: "Everything but the note is sent.",
        miss: "All fields are optional, but one is required.",
    },
    Rule {
        name: "sentence starts with Of",
        pattern: r"(?:^|[.;:!?] )Of (the|a|an|two|three|these|those|it|what|whom)\b",
        limit: 0.15,
        hit: "Of the two stages, the later counts.",
        miss: "The later of the two stages counts. Often the first does.",
    },
];

/// The first sentence of a doc comment names an action or a thing.
pub const FORBIDDEN_START: &str = r"^(What|Who|Whoever|Whether|How|Why|Where|When|Whose)\b";

/// The highest share of doc comments with a forbidden start, in percent.
pub const FORBIDDEN_START_LIMIT: f64 = 2.0;

/// The highest number of columns of a line of Rust.
pub const COLUMNS: usize = 120;

/// Names that may start a message with a capital letter.
pub const NAMES: &[&str] = &[
    "Adyen",
    "Braintree",
    "Checkout",
    "Mastercard",
    "PayPal",
    "Pipwave",
    "RevCent",
    "Spade",
    "Stripe",
    "Thirdwatch",
    "Tutelar",
    "Visa",
];

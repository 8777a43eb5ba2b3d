//! The macro in which the rows are written.

/// Defines `CODES`, the rows of one network.
///
/// Each row has: code, title, category, reason, kind (with a stage for `Status`), confidence, status, sources and note.
macro_rules! rows {
    (
        $network:literal;
        $(
            $code:literal, $title:literal, $category:ident, $reason:ident, $kind:ident $(($stage:ident))?,
            $confidence:ident, $status:ident, $sources:literal, $note:literal;
        )+
    ) => {
        pub(super) static CODES: &[$crate::reason_codes::code::ReasonCode] = &[
            $(
                $crate::reason_codes::code::ReasonCode {
                    network: std::borrow::Cow::Borrowed($network),
                    code: std::borrow::Cow::Borrowed($code),
                    title: std::borrow::Cow::Borrowed($title),
                    category: $crate::model::Category::$category,
                    reason: $crate::model::Reason::$reason,
                    kind: $crate::reason_codes::code::CodeKind::$kind $(($crate::model::Stage::$stage))?,
                    confidence: $crate::reason_codes::code::Confidence::$confidence,
                    status: $crate::reason_codes::code::CodeStatus::$status,
                    sources: $sources,
                    note: std::borrow::Cow::Borrowed($note),
                },
            )+
        ];
    };
}

pub(super) use rows;

//! The reason of a dispute, from a network's code and a processor's values.

use super::source::Source;
use crate::model::{Network, NetworkCode, Reason};
use crate::reason_codes::{CodeKind, ReasonCode, ReasonTable};

/// The values of an event from which the reason is derived.
#[derive(Default)]
pub(super) struct ReasonValues {
    /// The network's code.
    pub(super) network_code: Option<NetworkCode>,
    /// The processor's own code, with the processor's name as the network.
    pub(super) processor_code: Option<NetworkCode>,
    /// The reason that the event or a processor's value states, if the table has no rows for that processor.
    pub(super) stated: Option<Reason>,
    /// Free text.
    pub(super) text: Option<String>,
    /// A network's code whose network is not given. The code has no meaning without the network, so only its text is
    /// kept.
    pub(super) code_without_network: Option<String>,
}

impl ReasonValues {
    /// Returns the reason; `None` if the network's code is an adjustment, which is not a chargeback.
    ///
    /// | Kind of the network's code | Reason: the first that is present |
    /// |---|---|
    /// | `Reason` | the code's |
    /// | `Umbrella` | the processor's unless that is `Other`, the code's |
    /// | `Status`, `SecondCycle`, `NoCode` | the processor's, that of the processor's umbrella code, the code's |
    /// | not in the table, or no code | the processor's, that of the processor's umbrella code, unknown with text |
    /// | `Adjustment` | none |
    ///
    /// The processor's reason is that of `processor_code` if the kind of that code is `Reason`, otherwise the
    /// stated one.
    pub(super) fn reason(&self, source: Source, table: &ReasonTable) -> Option<Reason> {
        let network = self.network_code.as_ref().and_then(|code| table.lookup(code));
        let row = self.processor_code.as_ref().and_then(|code| table.lookup(code));
        let of_kind = |kind: CodeKind| row.filter(|row| row.kind() == kind).map(ReasonCode::reason);
        let processor = of_kind(CodeKind::Reason).or(self.stated.as_ref());
        let umbrella = of_kind(CodeKind::Umbrella);
        let reason = match network.map(|row| (row.kind(), row.reason())) {
            Some((CodeKind::Adjustment, _)) => return None,
            Some((CodeKind::Reason, reason)) => Some(reason),
            Some((CodeKind::Umbrella, reason)) => processor.filter(|known| **known != Reason::Other).or(Some(reason)),
            Some((_, reason)) => processor.or(umbrella).or(Some(reason)),
            None => processor.or(umbrella),
        };
        Some(reason.cloned().unwrap_or_else(|| Reason::from(self.unknown_text(source).as_str())))
    }

    /// Returns the code whose network is not given, unless the reason already shows it.
    pub(super) fn unshown_code(&self, reason: &Reason) -> Option<&str> {
        self.code_without_network.as_deref().filter(|code| reason.as_str() != *code)
    }

    /// Returns the text of an unknown reason: the free text, the processor's code or the network's code.
    fn unknown_text(&self, source: Source) -> String {
        let processor = self.processor_code.as_ref().map(|code| code.code().to_owned());
        let network = self.network_code.as_ref().map(ToString::to_string);
        let text = self.text.clone().or(processor).or(network).or_else(|| self.code_without_network.clone());
        let text = text.unwrap_or_default();
        // A processor's value may equal a name of `Reason` and mean something else.
        if Reason::from(text.as_str()).is_known() { format!("{source} {text}") } else { text }
    }
}

/// Returns the network for a processor's spelling: `mc`, `MasterCard`, `American Express`.
pub(super) fn network(name: &str) -> Network {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match plain.as_str() {
        "visa" => Network::Visa,
        "mc" | "mastercard" => Network::Mastercard,
        "amex" | "americanexpress" => Network::Amex,
        "discover" => Network::Discover,
        "diners" | "dinersclub" => Network::Diners,
        "jcb" => Network::Jcb,
        "cup" | "unionpay" => Network::UnionPay,
        "sepa" | "sepadirectdebit" | "sepadebit" => Network::Sepa,
        _ => name.into(),
    }
}

/// Returns a network's code if both parts are present.
pub(super) fn network_code(network: Option<Network>, code: Option<String>) -> Option<NetworkCode> {
    Some(NetworkCode::new(network?, code?)).filter(|code| !code.code().is_empty())
}

/// Returns the values for a network and its code. A code without its network is kept as text.
pub(super) fn network_values(network: Option<Network>, code: Option<String>) -> ReasonValues {
    match network {
        Some(network) => ReasonValues { network_code: network_code(Some(network), code), ..ReasonValues::default() },
        None => ReasonValues { code_without_network: code, ..ReasonValues::default() },
    }
}

/// Returns a processor's own code, with the processor's name as the network.
pub(super) fn processor_code(source: Source, code: Option<String>) -> Option<NetworkCode> {
    network_code(Some(source.as_str().into()), code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reason by these values: network and code, Stripe's own code, stated reason, free text.
    fn reason(code: Option<(&str, &str)>, own: &str, stated: Option<Reason>, text: Option<&str>) -> Option<Reason> {
        let values = ReasonValues {
            network_code: code.map(|(network, code)| NetworkCode::new(network.into(), code)),
            processor_code: processor_code(Source::Stripe, Some(own.to_owned())),
            stated,
            text: text.map(str::to_owned),
            code_without_network: None,
        };
        values.reason(Source::Stripe, &ReasonTable::default())
    }

    #[test]
    fn the_kind_of_the_networks_code_decides() {
        let visa = |code| Some(("visa", code));
        let mastercard = |code| Some(("mastercard", code));
        let amex = |code| Some(("amex", code));
        for (code, own, stated, expected) in [
            // A reason.
            (visa("13.1"), "fraudulent", None, Some(Reason::NotReceived)),
            // An umbrella: refined, unless the processor's reason is `Other`.
            (mastercard("4853"), "product_not_received", None, Some(Reason::NotReceived)),
            (mastercard("4853"), "", Some(Reason::Other), Some(Reason::NotAsDescribed)),
            (mastercard("4853"), "", None, Some(Reason::NotAsDescribed)),
            // A status.
            (amex("S03"), "fraudulent", None, Some(Reason::FraudOther)),
            (amex("S03"), "", None, Some(Reason::Other)),
            // Not in the table.
            (visa("99.9"), "duplicate", None, Some(Reason::Duplicate)),
            (visa("99.9"), "", Some(Reason::Duplicate), Some(Reason::Duplicate)),
            (None, "", None, Some(Reason::from(""))),
            // An adjustment.
            (amex("M19"), "fraudulent", None, None),
        ] {
            assert_eq!(reason(code, own, stated, None), expected, "{code:?} {own}");
        }
    }

    #[test]
    fn an_unknown_reason_keeps_a_text() {
        let code = Some(("visa", "99.9"));
        assert_eq!(reason(code, "new_value", None, Some("Free text")), Some(Reason::from("Free text")));
        assert_eq!(reason(code, "new_value", None, None), Some(Reason::from("new_value")));
        assert_eq!(reason(code, "", None, None), Some(Reason::from("visa 99.9")));
        assert_eq!(reason(None, "processing_error", None, None), Some(Reason::from("stripe processing_error")));
    }

    #[test]
    fn a_code_without_its_network_is_kept() {
        let with = |stated, text: Option<&str>| {
            let values = network_values(None, Some("10.4".to_owned()));
            let values = ReasonValues { stated, text: text.map(str::to_owned), ..values };
            let reason = values.reason(Source::Checkout, &ReasonTable::default()).unwrap();
            (reason.to_string(), values.unshown_code(&reason).map(str::to_owned))
        };
        assert_eq!(with(None, None), ("10.4".into(), None));
        assert_eq!(with(None, Some("Free text")), ("Free text".into(), Some("10.4".into())));
        assert_eq!(with(Some(Reason::Duplicate), None), ("duplicate".into(), Some("10.4".into())));
        let known = network_values(Some(Network::Visa), Some("10.4".to_owned()));
        assert_eq!(known.network_code, Some(NetworkCode::new(Network::Visa, "10.4")));
        assert_eq!(known.code_without_network, None);
    }

    #[test]
    fn networks_are_known_by_several_spellings() {
        for (name, expected) in [
            ("VISA", Network::Visa),
            ("mc", Network::Mastercard),
            ("American Express", Network::Amex),
            ("sepa_direct_debit", Network::Sepa),
            ("other-net", Network::from("other-net")),
        ] {
            assert_eq!(network(name), expected);
        }
        assert_eq!(network_code(Some(Network::Visa), Some("  ".to_owned())), None);
        assert_eq!(network_code(None, Some("10.4".to_owned())), None);
    }
}

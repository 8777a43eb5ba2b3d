//! `chargeback vendors`.

use chargeback::{Capabilities, Fidelity, Field, FieldSupport, Reason, Stage, StageSupport};
use serde_json::json;

use crate::args::{VendorChoice, VendorsArgs};
use crate::config::{Config, VENDORS, Vendor, named};
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table, line};

/// Shows the capabilities of vendors, with the configured settings or those of the sandbox.
pub(crate) fn vendors(arguments: &VendorsArgs, config: &Config, output: Output) -> Result<Exit, Failure> {
    let chosen: Vec<&Vendor> = match arguments.vendors.as_slice() {
        [] => VENDORS.iter().collect(),
        names => names.iter().map(|name| named(name)).collect::<Result<_, _>>()?,
    };
    let shows_details = !arguments.vendors.is_empty();
    let mut table = Table::new(&["vendor", "settings", "stages", "reasons", "repeat is safe", "lookup", "needs"]);
    for vendor in chosen {
        let is_configured = config.is_configured(vendor);
        let choice = VendorChoice { vendors: vec![vendor.name.to_owned()], sandbox: !is_configured };
        for connected in config.connect(&choice)? {
            let capabilities = connected.provider.capabilities();
            let settings = if is_configured { "configured" } else { "sandbox" };
            if output.json {
                output.json(&json!({ "vendor": vendor.name, "settings": settings, "capabilities": capabilities }))?;
            } else if shows_details {
                line(format_args!("{} ({settings} settings)\n\n{}\n", vendor.name, details(capabilities)));
            } else {
                table.row(summary(vendor.name, settings, capabilities));
            }
        }
    }
    if !output.json && !shows_details {
        line(table);
        line("\nAdd --vendor NAME for every stage, reason and field.");
    }
    Ok(Exit::Success)
}

fn summary(name: &str, settings: &str, capabilities: &Capabilities) -> Vec<String> {
    let is_supported = |support: &StageSupport| support.fidelity() != Fidelity::Unsupported;
    let stages = Stage::ALL.iter().filter(|stage| is_supported(capabilities.stage(**stage))).count();
    let reasons = Reason::ALL.iter().filter(|reason| is_supported(capabilities.reason(reason))).count();
    let yes = |value: bool| if value { "yes" } else { "no" }.to_owned();
    vec![
        name.to_owned(),
        settings.to_owned(),
        format!("{stages}/{}", Stage::ALL.len()),
        format!("{reasons}/{}", Reason::ALL.len()),
        yes(capabilities.writes_are_idempotent()),
        yes(capabilities.can_look_up()),
        capabilities.needs().join(", "),
    ]
}

fn details(capabilities: &Capabilities) -> String {
    let mut stages = Table::new(&["stage", "sent as", "precision", "depends on"]);
    for stage in Stage::ALL {
        stages.row(support(stage.as_str(), capabilities.stage(*stage)));
    }
    let mut reasons = Table::new(&["reason", "sent as", "precision", "depends on"]);
    for reason in Reason::ALL {
        reasons.row(support(reason.as_str(), capabilities.reason(reason)));
    }
    let named = |wanted: FieldSupport| {
        let fields = Field::ALL.iter().filter(|field| capabilities.field(**field) == wanted);
        let names: Vec<&str> = fields.map(|field| field.as_str()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    format!(
        "{stages}\n\n{reasons}\n\nfields sent: {}\nfields in notes: {}\nfields not sent: {}\nneeds: {}",
        named(FieldSupport::Sent),
        named(FieldSupport::Noted),
        named(FieldSupport::Dropped),
        capabilities.needs().join(", ")
    )
}

fn support(name: &str, support: &StageSupport) -> Vec<String> {
    let setting = support.setting().map(|setting| format!("setting {setting}"));
    let condition = support.condition().map(|condition| format!("only if {condition}"));
    let value = match (support.fidelity(), support.value()) {
        (Fidelity::Unsupported, _) => "-",
        (_, "") => "free text",
        (_, value) => value,
    };
    let depends: Vec<String> = setting.into_iter().chain(condition).collect();
    vec![name.to_owned(), value.to_owned(), support.fidelity().to_string(), depends.join("; ")]
}

//! `chargeback config check`.

use serde_json::json;

use crate::config::{Config, VENDORS};
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table};

/// Names everything that is missing or wrong.
pub(crate) fn config_check(config: &Config, output: Output) -> Result<Exit, Failure> {
    let problems = config.problems();
    let mut table = Table::new(&["vendor", "state", "variables"]);
    let mut vendors = Vec::new();
    for vendor in &VENDORS {
        let state = if config.is_configured(vendor) { "has settings" } else { "not used" };
        let keys = vendor.settings.iter().map(|setting| setting.key).chain(["base_url"]);
        let variables: Vec<String> = keys.map(|key| vendor.variable(key)).collect();
        table.row([vendor.name.to_owned(), state.to_owned(), variables.join(", ")]);
        vendors.push(json!({ "vendor": vendor.name, "state": state, "variables": variables }));
    }
    let list: Vec<String> = problems.iter().map(|problem| format!("\n  {problem}")).collect();
    let found = if problems.is_empty() { "\n  none".to_owned() } else { list.concat() };
    output.print(&json!({ "vendors": vendors, "problems": problems }), format!("{table}\n\nproblems:{found}"))?;
    Ok(if problems.is_empty() { Exit::Success } else { Exit::Usage })
}

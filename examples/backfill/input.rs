//! Reads the export, line by line.
//!
//! JSON Lines hold the model as it is. CSV has the columns of `CSV_HEAD`, in that order, with `"` around what holds a comma.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use chargeback::{Chargeback, Money, Reason, revcent, spade};

use super::Failure;

pub(crate) const CSV_HEAD: &str =
    "case_id,stage,occurred_at,reason,amount,currency,order_id,transaction_id,user_id,session_id,revcent,spade";

pub(crate) fn is_csv(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

/// How many chargebacks there are.
pub(crate) fn count(path: &Path) -> Result<u64, Failure> {
    let lines = BufReader::new(File::open(path)?).lines().count() as u64;
    Ok(lines.saturating_sub(u64::from(is_csv(path))))
}

/// The chargebacks, or why a line is none.
pub(crate) fn read(path: &Path) -> Result<impl Iterator<Item = Result<Chargeback, Failure>>, Failure> {
    let csv = is_csv(path);
    let lines = BufReader::new(File::open(path)?).lines().skip(usize::from(csv));
    Ok(lines.map(move |line| {
        let line = line?;
        if csv { of_csv(&line) } else { Ok(serde_json::from_str(&line)?) }
    }))
}

/// A chargeback as a line of such a file.
pub(crate) fn line(path: &Path, chargeback: &Chargeback) -> Result<String, Failure> {
    if !is_csv(path) {
        return Ok(serde_json::to_string(chargeback)?);
    }
    let payment = chargeback.payment();
    let vendor = |id| chargeback.vendor_reference(id).and_then(|reference| reference.payment.clone());
    let fields = [
        Some(chargeback.case_id().to_owned()),
        Some(chargeback.stage().to_string()),
        Some(chargeback.occurred_at().to_rfc3339()),
        Some(chargeback.reason().to_string()),
        chargeback.amount().map(Money::to_decimal),
        chargeback.amount().map(|amount| amount.currency().to_string()),
        payment.order_id.clone(),
        payment.transaction_id.clone(),
        payment.user_id.clone(),
        payment.session_id.clone(),
        vendor(&revcent::ID),
        vendor(&spade::ID),
    ];
    Ok(fields.map(|field| quoted(&field.unwrap_or_default())).join(","))
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}

fn of_csv(line: &str) -> Result<Chargeback, Failure> {
    let fields = split(line)?;
    let [case, stage, at, reason, amount, currency, order, transaction, user, session, at_revcent, at_spade] =
        <[String; 12]>::try_from(fields).map_err(|fields| format!("{} columns, not 12", fields.len()))?;
    let mut builder = Chargeback::builder(case, stage.parse()?, Reason::from(reason.as_str()), at.parse()?);
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    if let Some(amount) = given(amount) {
        builder = builder.amount(Money::from_decimal(&amount, currency.parse()?)?);
    }
    builder = given(order).into_iter().fold(builder, chargeback::ChargebackBuilder::order_id);
    builder = given(transaction).into_iter().fold(builder, chargeback::ChargebackBuilder::transaction_id);
    builder = given(user).into_iter().fold(builder, chargeback::ChargebackBuilder::user_id);
    builder = given(session).into_iter().fold(builder, chargeback::ChargebackBuilder::session_id);
    builder = given(at_revcent).into_iter().fold(builder, |builder, id| builder.vendor_payment(revcent::ID, id));
    builder = given(at_spade).into_iter().fold(builder, |builder, id| builder.vendor_payment(spade::ID, id));
    Ok(builder.build()?)
}

/// The fields of a line; `""` within quotes is one.
fn split(line: &str) -> Result<Vec<String>, Failure> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                field.push('"');
                letters.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    if quoted {
        return Err("a quote is not closed".into());
    }
    fields.push(field);
    Ok(fields)
}

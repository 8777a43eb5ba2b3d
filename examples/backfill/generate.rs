//! Generates an export: cases of several processors, networks and currencies, from a seed.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use chargeback::{
    Chargeback, ChargebackBuilder, Currency, Fraud, FraudKind, InvalidError, Money, Network, NetworkCode, Processor,
    Reason, Representment, Stage, revcent, spade,
};
use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;

use super::{BoxError, in_file, input};

/// Reasons with a matching code, and their weights in percent.
const REASONS: [(Reason, Network, &str, u32); 9] = [
    (Reason::FraudCardAbsent, Network::Visa, "10.4", 34),
    (Reason::FraudCardAbsent, Network::Mastercard, "4837", 18),
    (Reason::NotReceived, Network::Visa, "13.1", 14),
    (Reason::NotAsDescribed, Network::Mastercard, "4853", 10),
    (Reason::CreditNotProcessed, Network::Amex, "C02", 6),
    (Reason::CancelledRecurring, Network::Visa, "13.2", 6),
    (Reason::Duplicate, Network::Visa, "12.6.1", 5),
    (Reason::FraudOther, Network::Amex, "F29", 4),
    (Reason::Unrecognized, Network::Discover, "AA", 3),
];
const PROCESSORS: [&str; 6] = ["stripe", "adyen", "checkout", "braintree", "paypal", "worldpay"];
const CURRENCIES: [Currency; 6] =
    [Currency::USD, Currency::EUR, Currency::GBP, Currency::JPY, Currency::KWD, Currency::USD];
/// Sequences of stages, and their weights in percent.
const HISTORIES: [(&[Stage], u32); 7] = [
    (&[Stage::Received, Stage::Accepted], 38),
    (&[Stage::Received, Stage::Contested, Stage::Won], 18),
    (&[Stage::Received, Stage::Contested, Stage::UnderReview, Stage::Lost], 18),
    (&[Stage::Received, Stage::Expired], 12),
    (&[Stage::Received, Stage::Contested, Stage::PreArbitration, Stage::Lost], 6),
    (&[Stage::Alert, Stage::Refunded], 5),
    (&[Stage::Received, Stage::Withdrawn], 3),
];

/// Draws a row. The weights must add up to 100.
fn draw<'t, T>(rng: &mut Rng, table: &'t [T], weight: impl Fn(&T) -> u32) -> &'t T {
    let mut left = rng.u32(0..100);
    for row in table {
        match left.checked_sub(weight(row)) {
            None => return row,
            Some(rest) => left = rest,
        }
    }
    &table[0]
}

/// Writes an export and returns its number of chargebacks. The stages of different cases alternate, as in a real
/// export. An existing file is an error.
pub(crate) fn write(path: &Path, cases: u64, seed: u64) -> Result<u64, BoxError> {
    let mut file = Export::create(path).map_err(in_file(path))?;
    let mut rng = Rng::with_seed(seed);
    let mut written = 0;
    // The cases with further stages, oldest first.
    let mut open: std::collections::VecDeque<std::vec::IntoIter<Chargeback>> = std::collections::VecDeque::new();
    for case in 0..cases {
        open.push_back(history(case, &mut rng)?.into_iter());
        while open.len() > 500 || (case + 1 == cases && !open.is_empty()) {
            let Some(mut steps) = open.pop_front() else { break };
            if let Some(step) = steps.next() {
                file.write(&step).map_err(in_file(path))?;
                written += 1;
                open.push_back(steps);
            }
        }
    }
    file.close().map_err(in_file(path))?;
    Ok(written)
}

/// The output file, in the format of its extension.
enum Export {
    Csv(Box<csv::Writer<File>>),
    JsonLines(BufWriter<File>),
}

impl Export {
    fn create(path: &Path) -> io::Result<Self> {
        let file = File::create_new(path)?;
        Ok(if input::is_csv(path) {
            Self::Csv(Box::new(csv::Writer::from_writer(file)))
        } else {
            Self::JsonLines(BufWriter::new(file))
        })
    }

    fn write(&mut self, chargeback: &Chargeback) -> Result<(), BoxError> {
        match self {
            Self::Csv(file) => file.serialize(input::Row::from(chargeback))?,
            Self::JsonLines(file) => writeln!(file, "{}", serde_json::to_string(chargeback)?)?,
        }
        Ok(())
    }

    fn close(self) -> io::Result<()> {
        match self {
            Self::Csv(mut file) => file.flush(),
            Self::JsonLines(mut file) => file.flush(),
        }
    }
}

fn history(case: u64, rng: &mut Rng) -> Result<Vec<Chargeback>, InvalidError> {
    let (reason, network, code, _) = draw(rng, &REASONS, |row| row.3);
    let (stages, _) = draw(rng, &HISTORIES, |row| row.1);
    let opened = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(1_740_000_000 + rng.i64(0..50_000_000));
    let currency = CURRENCIES[rng.usize(0..CURRENCIES.len())];
    let mut at = opened;
    let mut builder = Chargeback::builder(format!("CB-{case:07}"), stages[0], reason.clone(), at)
        .network_code(NetworkCode::new(network.clone(), *code))
        .amount(Money::from_minor_units(rng.i64(500..500_000), currency))
        .opened_at(opened)
        .received_at(opened + TimeDelta::hours(rng.i64(2..96)))
        .due_by(opened + TimeDelta::days(20));
    builder = payment(builder, case, rng);
    let mut steps = Vec::new();
    for &stage in *stages {
        if stage == Stage::Contested {
            builder = builder.representment(Representment::initiated().initiated_at(at));
        }
        steps.push(builder.clone().stage(stage, at).build()?);
        at += TimeDelta::hours(rng.i64(20..500));
    }
    Ok(steps)
}

/// Adds payment ids. One case in 20 has no user id, and one in 50 has an order id that some vendors do not accept.
fn payment(builder: ChargebackBuilder, case: u64, rng: &mut Rng) -> ChargebackBuilder {
    let processor = PROCESSORS[rng.usize(0..PROCESSORS.len())];
    let order = if rng.u32(0..50) == 0 { format!("注文 {case}") } else { format!("ORD_{case}") };
    let mut builder = builder
        .order_id(order)
        .transaction_id(format!("txn_{case:08x}"))
        .processor(Processor::new(processor).dispute_id(format!("dp_{case:010}")))
        .vendor_payment(revcent::ID, format!("T{case:019}"));
    builder = if rng.u32(0..20) == 0 {
        builder.session_id(format!("guest-{case:x}"))
    } else {
        builder.user_id(format!("user-{}", rng.u64(0..=case)))
    };
    // Some payments have no enrichment id, so Spade cannot accept a report about them.
    if rng.u32(0..33) != 0 {
        builder = builder.vendor_payment(spade::ID, format!("00000000-0000-4000-8000-{case:012x}"));
    }
    if rng.u32(0..10) == 0 {
        builder = builder.fraud(Fraud::new(FraudKind::CardTesting));
    }
    builder
}

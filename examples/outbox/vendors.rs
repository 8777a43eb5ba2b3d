//! The five vendors: fakes in the main process, and providers for them in the processes of the service.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use chargeback::async_trait;
use chargeback::connector::{BaseUrl, Connector};
use chargeback::pipwave::{self, Pipwave};
use chargeback::revcent::RevCent;
use chargeback::sandbox::{API_KEY, API_SECRET, Sandbox};
use chargeback::spade::{self, Spade, WonMeans};
use chargeback::thirdwatch::{self, Thirdwatch};
use chargeback::transport::{HttpTransport, RequestLimits, Transport, TransportFailure};
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{HttpProvider, Reporter, Timeouts};
use http::{Request, Response};

/// The addresses of the fakes, for the command line of a process.
pub(crate) fn addresses(sandbox: &Sandbox) -> [String; 5] {
    [
        sandbox.thirdwatch().base_url().to_string(),
        sandbox.revcent().base_url().to_string(),
        sandbox.tutelar().base_url().to_string(),
        sandbox.spade().base_url().to_string(),
        sandbox.pipwave().base_url().to_string(),
    ]
}

/// Builds the reporter for these addresses. It has no ledger: the outbox keeps the entries.
pub(crate) fn reporter(addresses: &[String]) -> Result<Reporter, Box<dyn Error>> {
    let address = |number: usize| -> Result<BaseUrl, Box<dyn Error>> {
        Ok(addresses.get(number).ok_or("an address is missing")?.parse()?)
    };
    let thirdwatch = Thirdwatch::new(API_KEY, thirdwatch::Environment::Staging).base_url(address(0)?);
    let tutelar = Tutelar::v1(API_KEY, API_SECRET, DefeatedMeans::MerchantWon).base_url(address(2)?);
    let spade = Spade::new(API_KEY, spade::Environment::EastSandbox, WonMeans::MerchantWon).base_url(address(3)?);
    let pipwave = Pipwave::new(API_KEY, API_SECRET, pipwave::Environment::Staging).base_url(address(4)?);
    let reporter = Reporter::builder()
        .required(provider(thirdwatch)?)
        .required(provider(RevCent::new(API_KEY).base_url(address(1)?))?)
        .required(provider(tutelar)?)
        .required(provider(spade)?)
        .required(provider(pipwave)?);
    Ok(reporter.build()?)
}

fn provider<C: Connector>(connector: C) -> Result<HttpProvider<C>, Box<dyn Error>> {
    let timeouts = Timeouts::default().attempt(Duration::from_secs(2)).operation(Duration::from_secs(3));
    let transport = Slow(HttpTransport::new(Duration::from_secs(1))?);
    Ok(HttpProvider::builder(connector).transport(transport).timeouts(timeouts).build()?)
}

/// Adds the delay of a network, so that a killed process has requests under way.
#[derive(Debug)]
struct Slow(HttpTransport);

#[async_trait]
impl Transport for Slow {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let reply = self.0.send(request, limits).await;
        tokio::time::sleep(Duration::from_millis(180)).await;
        reply
    }
}

//! `chargeback sandbox`: the fakes of all vendors as a process with fixed ports, and a control endpoint.

mod control;
mod faults;
mod server;
mod vendor;

use std::net::SocketAddr;
use std::sync::Arc;

use chargeback::sandbox::Sandbox;
use serde_json::json;
use tokio::net::TcpListener;

use self::vendor::Delays;
use crate::args::{SandboxArgs, SandboxCommand};
use crate::config::{VENDORS, Vendor};
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table, line, warn};
use crate::signals::Signals;

/// The fakes and the delays of each vendor, by its position in [`VENDORS`].
pub(crate) struct Shared {
    sandbox: Sandbox,
    delays: Vec<Delays>,
    arguments: Place,
}

/// The ports and the host name that services use.
struct Place {
    port: u16,
    host: String,
}

impl Place {
    fn vendor_port(&self, number: usize) -> u16 {
        // Ten vendors; `check` has refused a port without room for them.
        self.port + 1 + u16::try_from(number).unwrap_or(0)
    }

    /// Returns the base URL of a vendor: that of the fake, with another host.
    fn base_url(&self, sandbox: &Sandbox, number: usize, vendor: &Vendor) -> String {
        let fake = sandbox.fakes().find(|(id, _)| id.as_str() == vendor.name);
        let path = fake.map(|(_, fake)| fake.base_url().as_str().to_owned()).unwrap_or_default();
        let path = path.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or_default();
        format!("http://{}:{}{path}", self.host, self.vendor_port(number))
    }
}

/// Runs the fakes until a signal, or prints their variables.
pub(crate) async fn run(arguments: &SandboxArgs, output: Output) -> Result<Exit, Failure> {
    if arguments.port == 0 || arguments.port > u16::MAX - 10 {
        return Err(Failure::usage("--port must be from 1 to 65525; the vendors use the ten following ports"));
    }
    let place = Place { port: arguments.port, host: arguments.public_host.clone() };
    let sandbox = Sandbox::in_memory();
    if matches!(arguments.command, Some(SandboxCommand::Env)) {
        print_variables(&sandbox, &place, output)?;
        return Ok(Exit::Success);
    }
    sandbox.keep_last(arguments.keep);
    let delays = VENDORS.iter().map(|_| Delays::default()).collect();
    let shared = Arc::new(Shared { sandbox, delays, arguments: place });
    let listen = |port| async move {
        let address = SocketAddr::new(arguments.host, port);
        let next = "is another sandbox running? choose another --port";
        TcpListener::bind(address).await.map_err(|error| Failure::at(address, error).next(next))
    };
    let control = listen(arguments.port).await?;
    let mut vendors = Vec::new();
    for number in 0..VENDORS.len() {
        vendors.push(listen(shared.arguments.vendor_port(number)).await?);
    }
    for (number, listener) in vendors.into_iter().enumerate() {
        let shared = Arc::clone(&shared);
        tokio::spawn(server::serve(listener, move |request| vendor::reply(Arc::clone(&shared), number, request)));
    }
    let mut signals = Signals::new()?;
    print_addresses(&shared, arguments, output)?;
    let serving = server::serve(control, move |request| control::reply(Arc::clone(&shared), request));
    tokio::select! {
        () = serving => {}
        () = signals.next() => warn("stopped"),
    }
    Ok(Exit::Success)
}

fn print_variables(sandbox: &Sandbox, place: &Place, output: Output) -> Result<(), Failure> {
    let mut all = Vec::new();
    for (number, vendor) in VENDORS.iter().enumerate() {
        all.extend(vendor.sandbox_variables(&place.base_url(sandbox, number, vendor)));
    }
    let value: serde_json::Map<String, serde_json::Value> =
        all.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let lines: Vec<_> = all.iter().map(|(name, value)| format!("export {name}='{value}'")).collect();
    output.print(&value, lines.join("\n"))
}

fn print_addresses(shared: &Shared, arguments: &SandboxArgs, output: Output) -> Result<(), Failure> {
    let control = format!("http://{}:{}", arguments.public_host, arguments.port);
    let mut table = Table::new(&["vendor", "base URL"]);
    let mut urls = serde_json::Map::new();
    for (number, vendor) in VENDORS.iter().enumerate() {
        let url = shared.arguments.base_url(&shared.sandbox, number, vendor);
        table.row([vendor.name.to_owned(), url.clone()]);
        urls.insert(vendor.name.to_owned(), json!(url));
    }
    let next = format!("eval \"$(chargeback sandbox --port {} env)\"", arguments.port);
    let text = format!("{table}\n\ncontrol: {control}\nvariables for services: {next}\nready");
    output.print(&json!({ "control": control, "vendors": urls }), text)?;
    if output.json {
        return Ok(());
    }
    line("stop with Ctrl-C");
    Ok(())
}

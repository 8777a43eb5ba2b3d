//! The configuration: environment variables, or a TOML file that refers to them for secrets.

mod file;
mod vendors;

use std::path::Path;
use std::sync::Arc;

use chargeback::sandbox::Sandbox;
use chargeback::transport::Transport;
use chargeback::{Error, Reporter, Throttled};

use self::file::FileConfig;
pub(crate) use self::vendors::{VENDORS, Vendor, find};
use crate::args::VendorChoice;
use crate::failure::Failure;

/// The settings of all vendors.
#[derive(Debug, Default)]
pub(crate) struct Config {
    file: FileConfig,
}

/// A vendor as a command uses it.
pub(crate) struct Connected {
    pub(crate) provider: Arc<dyn Throttled>,
    pub(crate) is_best_effort: bool,
}

/// The fakes inside this process.
pub(crate) struct Fakes(Sandbox);

impl Fakes {
    fn new() -> Self {
        let sandbox = Sandbox::in_memory();
        // A run with many cases must not use more and more memory.
        sandbox.keep_last(10_000);
        Self(sandbox)
    }

    fn base_url(&self, vendor: &Vendor) -> String {
        let fake = self.0.fakes().find(|(id, _)| id.as_str() == vendor.name);
        fake.map(|(_, fake)| fake.base_url().as_str().to_owned()).unwrap_or_default()
    }

    fn transport(&self) -> Option<Arc<dyn Transport>> {
        self.0.transport()
    }
}

impl Config {
    /// Reads the file, if one is given.
    pub(crate) fn load(path: Option<&Path>) -> Result<Self, Failure> {
        let file = path.map(FileConfig::read).transpose()?;
        Ok(Self { file: file.unwrap_or_default() })
    }

    /// Returns every problem of the file and of the vendors that have settings.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = self.file.problems();
        for vendor in VENDORS.iter().filter(|vendor| self.is_configured(vendor)) {
            match vendor.provider(|name| self.variable(vendor, name), None) {
                Ok(_) => {}
                Err(Error::Configuration(error)) => {
                    problems.extend(error.problems().iter().map(|problem| format!("{}: {problem}", vendor.name)));
                }
                Err(error) => problems.push(error.to_string()),
            }
        }
        problems
    }

    /// Returns true if the file or the environment has a setting of the vendor.
    pub(crate) fn is_configured(&self, vendor: &Vendor) -> bool {
        let in_environment =
            |key: &str| std::env::var(vendor.variable(key)).is_ok_and(|value| !value.trim().is_empty());
        self.file.has(vendor.name) || vendor.settings.iter().any(|setting| in_environment(setting.key))
    }

    fn variable(&self, vendor: &Vendor, name: &str) -> Option<String> {
        let key = name.get(vendor.name.len() + 1..)?.to_ascii_lowercase();
        self.file.value(vendor.name, &key).or_else(|| std::env::var(name).ok())
    }

    /// Builds the providers of the chosen vendors.
    ///
    /// # Errors
    ///
    /// An error with every missing or invalid setting of all chosen vendors.
    pub(crate) fn connect(&self, choice: &VendorChoice) -> Result<Vec<Connected>, Failure> {
        let vendors = self.chosen(choice)?;
        let fakes = choice.sandbox.then(Fakes::new);
        let mut problems = if choice.sandbox { Vec::new() } else { self.file.problems() };
        let mut connected = Vec::new();
        for vendor in vendors {
            match self.provider(vendor, fakes.as_ref()) {
                Ok(provider) => {
                    connected.push(Connected { provider, is_best_effort: self.file.is_best_effort(vendor.name) });
                }
                Err(error) => problems.push(error.to_string()),
            }
        }
        if problems.is_empty() {
            return Ok(connected);
        }
        let next = "set these variables, or write a file (`chargeback config example`); --sandbox needs none";
        Err(Failure::usage(problems.join("\n  ")).next(next))
    }

    fn provider(&self, vendor: &Vendor, fakes: Option<&Fakes>) -> Result<Arc<dyn Throttled>, Error> {
        match fakes {
            Some(fakes) => {
                let variables = vendor.sandbox_variables(&fakes.base_url(vendor));
                let get =
                    |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
                vendor.provider(get, fakes.transport())
            }
            None => vendor.provider(|name| self.variable(vendor, name), None),
        }
    }

    fn chosen(&self, choice: &VendorChoice) -> Result<Vec<&'static Vendor>, Failure> {
        if !choice.vendors.is_empty() {
            return choice.vendors.iter().map(|name| named(name)).collect();
        }
        let vendors: Vec<_> = VENDORS.iter().filter(|vendor| choice.sandbox || self.is_configured(vendor)).collect();
        if vendors.is_empty() {
            let message = "no vendor has settings";
            let next = "set the variables of a vendor (`chargeback config check` lists them), or add --sandbox";
            return Err(Failure::usage(message).next(next));
        }
        Ok(vendors)
    }

    /// Builds a reporter for the chosen vendors.
    pub(crate) fn reporter(&self, choice: &VendorChoice) -> Result<Reporter, Failure> {
        let mut builder = Reporter::builder();
        for Connected { provider, is_best_effort } in self.connect(choice)? {
            builder = if is_best_effort { builder.best_effort(provider) } else { builder.required(provider) };
        }
        Ok(builder.build()?)
    }
}

/// Returns the vendor with this name.
pub(crate) fn named(name: &str) -> Result<&'static Vendor, Failure> {
    find(name.trim()).ok_or_else(|| {
        let names: Vec<_> = VENDORS.iter().map(|vendor| vendor.name).collect();
        Failure::usage("unknown vendor").next(format!("use one of: {}", names.join(", ")))
    })
}

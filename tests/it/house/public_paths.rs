//! The public paths of the crate, and the foreign crates that its signatures show, change only on purpose.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::sources::Crate;
use super::surface::Surface;
use super::{check_generated, root};

/// Crates that may appear in public signatures. A major release of one of them is a major release of this crate.
const FOREIGN: &[&str] =
    &["async_trait", "bytes", "chrono", "futures_util", "http", "serde", "serde_json", "tokio", "url"];

/// Returns the names of the dependencies, as code spells them.
fn dependencies() -> Vec<String> {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let names =
        section.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.trim().replace('-', "_"));
    names.chain(["std", "core", "alloc", "webpki"].map(str::to_owned)).collect()
}

fn list(surface: &Surface<'_>) -> String {
    surface.paths.iter().fold(String::new(), |mut list, (path, kind)| {
        let _ = writeln!(list, "{kind} {path}");
        list
    })
}

#[test]
fn public_paths_change_only_on_purpose() {
    let sources = Crate::read(&root().join("src"), dependencies());
    check_generated("tests/it/house/public_paths.txt", &list(&Surface::new(&sources)));
}

#[test]
fn public_signatures_show_only_known_crates() {
    let sources = Crate::read(&root().join("src"), dependencies());
    let surface = Surface::new(&sources);
    for (name, paths) in &surface.foreign {
        assert!(FOREIGN.contains(&name.as_str()), "public signatures show {name}: {paths:#?}");
    }
    let shown: BTreeSet<&str> = surface.foreign.keys().map(String::as_str).collect();
    let unused: Vec<_> = FOREIGN.iter().filter(|name| !shown.contains(*name)).collect();
    assert!(unused.is_empty(), "no public signature shows {unused:?} any more");
}

mod walk {
    use super::*;

    fn surface(text: &str) -> (String, Vec<String>) {
        let sources = Crate::parse(text, &["http", "serde", "url", "std"]);
        let surface = Surface::new(&sources);
        (list(&surface), surface.foreign.iter().map(|(name, paths)| format!("{name}: {paths:?}")).collect())
    }

    #[test]
    fn re_exports_are_followed() {
        let (paths, _) = surface(
            "mod inner { pub struct Thing { pub size: u8, other: u8 } struct Hidden; pub(crate) fn no() {}
                 impl Thing { pub fn new() -> Self {} fn private() {} pub const MAX: u8 = 1; } }
             mod other { use crate::inner::Thing; impl Thing { pub fn more(&self) {} } }
             pub use inner::Thing as Renamed;
             pub mod face { pub use super::inner::*; pub use std::fmt; }",
        );
        let expected = "struct chargeback::Renamed\nfield chargeback::Renamed.size\nconst chargeback::Renamed::MAX\n\
                        fn chargeback::Renamed::more\nfn chargeback::Renamed::new\nmod chargeback::face\n\
                        struct chargeback::face::Thing\nfield chargeback::face::Thing.size\n\
                        const chargeback::face::Thing::MAX\nfn chargeback::face::Thing::more\n\
                        fn chargeback::face::Thing::new\nuse chargeback::face::fmt\n";
        assert_eq!(paths, expected);
    }

    #[test]
    fn macros_are_expanded() {
        let (paths, foreign) = surface(
            "macro_rules! words {
                 ($(#[$m:meta])* pub enum $Name:ident { $( $V:ident = $t:literal, )+ }) => {
                     $(#[$m])* pub enum $Name { $( $V, )+ Other(String) }
                     impl $Name { pub const ALL: &[Self] = &[]; pub const fn as_str(self) -> &str {} fn no() {} }
                 };
             }
             macro_rules! checks { ($($T:ident),+) => { $( impl $T { pub fn check(&self) {} } )+ }; }
             mod elsewhere { use super::Object; struct Hidden; checks!(Object, Hidden); }
             macro_rules! object {
                 (names = $n:literal; $($rest:tt)*) => { object! { @define $($rest)* } };
                 (@define $vis:vis struct $Name:ident { $($fields:tt)* }) => { $vis struct $Name { $($fields)* } };
             }
             words! { pub enum Word { One = \"one\", Two = \"two\", } }
             object! { names = \"camelCase\"; pub struct Object { pub at: url::Url } }",
        );
        let expected = "struct chargeback::Object\nfield chargeback::Object.at\nfn chargeback::Object::check\n\
                        enum chargeback::Word\nconst chargeback::Word::ALL\nvariant chargeback::Word::One\n\
                        variant chargeback::Word::Other\nvariant chargeback::Word::Two\n\
                        fn chargeback::Word::as_str\n";
        assert_eq!(paths, expected);
        assert_eq!(foreign, ["url: {\"chargeback::Object\"}"]);
    }

    #[test]
    fn foreign_types_are_found_in_public_signatures_only() {
        let (paths, foreign) = surface(
            "use http::{Method as Verb, StatusCode}; use serde::Serialize;
             #[derive(Serialize)] pub struct A { status: StatusCode }
             pub struct B<T>(T);
             impl B<A> { pub fn verb<F: Fn(Verb)>(&self, f: F) -> Option<A> { url::Url::parse() } }
             impl B<A> { fn no(_: url::Url) {} }
             impl<T> B<T> { pub fn any(&self) {} }
             mod private { pub fn hidden(_: url::Url) {} pub struct Url; }
             #[cfg(test)] pub fn test(_: url::Url) {}
             pub fn local(_: private::Url) {}",
        );
        assert!(paths.contains("fn chargeback::B<A>::verb\n") && paths.contains("fn chargeback::B::any\n"), "{paths}");
        assert_eq!(foreign, ["http: {\"chargeback::B<A>::verb\"}", "serde: {\"chargeback::A\"}"]);
    }
}

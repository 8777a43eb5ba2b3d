//! Imports point one way.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Graph;
use super::source::Source;
use super::{files, root};

const VENDORS: [&str; 10] =
    ["thirdwatch", "revcent", "tutelar", "spade", "pipwave", "maxmind", "sift", "ravelin", "seon", "riskified"];

fn sources() -> BTreeMap<String, String> {
    files(&root().join("src"), "rs")
}

/// Returns the files below a folder of `src`, and fails if there are none.
fn below<'a>(sources: &'a BTreeMap<String, String>, folder: &str) -> Vec<(&'a String, &'a String)> {
    let found: Vec<_> = sources.iter().filter(|(file, _)| file.starts_with(folder)).collect();
    assert!(!found.is_empty(), "src/{folder} has no files");
    found
}

/// Returns true if one of the words is this vendor's name, or starts with it as `SpadeError` does.
fn names(text: &str, vendor: &str) -> bool {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(vendor))
}

#[test]
fn no_two_files_import_each_other() {
    let graph = Graph::new(&sources());
    assert!(graph.nodes.len() > 50 && graph.arrows.len() > 200, "the graph of src/ is too small to be true");
    let cycles = graph.report();
    assert!(cycles.is_empty(), "files of src/ import each other:\n{cycles}");
}

#[test]
fn no_two_files_of_the_store_in_postgresql_import_each_other() {
    let graph = Graph::new(&files(&root().join("crates/chargeback-postgres/src"), "rs"));
    assert!(graph.nodes.len() > 15 && graph.arrows.len() > 40, "the graph is too small to be true");
    let cycles = graph.report();
    assert!(cycles.is_empty(), "files import each other:\n{cycles}");
}

#[test]
fn no_two_top_level_modules_import_each_other() {
    let cycles = Graph::new(&sources()).top_level().report();
    assert!(cycles.is_empty(), "modules of src/ import each other:\n{cycles}");
}

/// The engine names no vendor at all. Documentation of the other shared parts may give a vendor as an example, but not
/// the path of its module.
#[test]
fn the_engine_and_the_shared_parts_name_no_vendor() {
    let sources = sources();
    let shared = ["connector/", "engine/", "error/", "lifecycle/", "model/", "provider/", "reporter/", "util/"];
    let files = ["env", "facts", "json", "map", "notes", "reply", "text"].map(|name| format!("providers/{name}.rs"));
    for folder in shared.into_iter().chain(files.iter().map(String::as_str)) {
        for (file, text) in below(&sources, folder) {
            let checked = if folder == "engine/" { text.clone() } else { Source::parse(text).code };
            for vendor in VENDORS {
                assert!(!names(&checked, vendor), "src/{file} names the vendor {vendor}");
                assert!(!text.contains(&format!("providers::{vendor}")), "src/{file} depends on {vendor}");
            }
        }
    }
}

#[test]
fn no_vendor_names_another() {
    let sources = sources();
    for vendor in VENDORS {
        for (file, text) in below(&sources, &format!("providers/{vendor}/")) {
            for other in VENDORS.iter().filter(|other| **other != vendor) {
                assert!(!names(text, other), "src/{file} names the vendor {other}");
            }
        }
    }
}

/// A fake is written from the vendor's documents and not from the connector.
#[test]
fn no_fake_imports_a_connector() {
    let sources = sources();
    for vendor in VENDORS {
        for (file, text) in below(&sources, &format!("sandbox/{vendor}")) {
            assert!(!text.contains("crate::providers"), "src/{file} imports a connector");
        }
    }
}

/// Lists the arrows from files below one module to files below another.
fn arrows(graph: &Graph, from: &str, to: &str) -> Vec<String> {
    let is_below = |name: &str, module: &str| name == module || name.starts_with(&format!("{module}::"));
    assert!(graph.nodes.iter().any(|node| is_below(node, from)), "src/ has no module {from}");
    assert!(graph.nodes.iter().any(|node| is_below(node, to)), "src/ has no module {to}");
    let found = graph.arrows.iter().filter(|((a, b), _)| is_below(a, from) && is_below(b, to));
    found.map(|((a, b), names)| format!("{a} -> {b}: {names:?}")).collect()
}

#[test]
fn the_model_imports_no_error() {
    let found = arrows(&Graph::new(&sources()), "model", "error");
    assert!(found.is_empty(), "{found:#?}");
}

/// The fakes are written from the vendors' documentation. Otherwise a wrong translation would agree with itself.
#[test]
fn the_fakes_share_no_code_with_the_connectors() {
    let graph = Graph::new(&sources());
    for vendor in VENDORS {
        let found = arrows(&graph, &format!("sandbox::{vendor}"), "providers");
        assert!(found.is_empty(), "{found:#?}");
    }
}

mod analyser {
    use super::*;

    fn graph(files: &[(&str, &str)]) -> Graph {
        Graph::new(&files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect())
    }

    fn arrows(graph: &Graph) -> Vec<String> {
        graph.arrows.keys().map(|(from, to)| format!("{from} -> {to}")).collect()
    }

    #[test]
    fn a_cycle_through_a_re_export_is_found() {
        let graph = graph(&[
            ("lib.rs", "mod a; mod b;"),
            ("a/mod.rs", "mod inner;\npub(crate) use self::inner::{Thing as Renamed, Other};"),
            ("a/inner.rs", "use crate::b::B; pub struct Thing; pub struct Other;"),
            ("b.rs", "use crate::a::Renamed; pub struct B;"),
        ]);
        assert_eq!(graph.cycles(), [BTreeSet::from(["a::inner", "b"])]);
        assert_eq!(graph.report(), "cycle of 2: a::inner, b\n    a::inner -> b: B\n    b -> a::inner: Renamed\n");
        assert_eq!(graph.top_level().cycles(), [BTreeSet::from(["a", "b"])]);
    }

    #[test]
    fn one_way_is_no_cycle() {
        let graph = graph(&[
            ("lib.rs", "mod a; mod b; pub use a::A; pub mod face { pub use crate::b::B; }"),
            ("a.rs", "use crate::face::B; use std::fmt; pub struct A;"),
            ("b.rs", "use http::Method; pub struct B;"),
        ]);
        assert_eq!(arrows(&graph), ["a -> b"]);
        assert_eq!(graph.report(), "");
    }

    #[test]
    fn comments_strings_and_tests_are_no_imports() {
        let graph = graph(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B;\npub struct A;"),
            (
                "b.rs",
                "// use crate::a::A;\n/* crate::a::A */ const TEXT: &str = \"crate::a::A\";\n\
                 #[cfg(test)]\nfn help() -> crate::a::A { A }\n\
                 #[cfg(test)]\n#[allow(x)]\nmod tests { use crate::a::{A}; fn f() { crate::a::g() } }\n\
                 #[cfg(test)]\nuse crate::a::{A, g};\npub struct B;",
            ),
        ]);
        assert_eq!(arrows(&graph), ["a -> b"]);
    }

    #[test]
    fn paths_in_code_are_imports() {
        let graph = graph(&[
            ("lib.rs", "mod a; mod b; mod c; mod d;"),
            ("a/mod.rs", "mod child; fn f() { crate::b::f(); child::g(); other::child::h(); }"),
            ("a/child.rs", "fn g() { super::super::c::f(super::f()) }"),
            ("b.rs", "mod inline { fn f() -> super::super::d::D {} }"),
            ("c.rs", ""),
            ("d.rs", "fn f<T>() -> impl Sized + use<T> { $crate::c::f() }"),
        ]);
        let expected = ["a -> a::child", "a -> b", "a::child -> a", "a::child -> c", "b -> d", "d -> c"];
        assert_eq!(arrows(&graph), expected);
        assert_eq!(graph.cycles(), [BTreeSet::from(["a", "a::child"])]);
    }

    #[test]
    fn a_re_export_is_an_import() {
        let graph = graph(&[
            ("lib.rs", "mod a;"),
            (
                "a/mod.rs",
                "mod child; mod other;\npub use self::child::deep::{Thing};\npub use other::Other; pub struct A;",
            ),
            ("a/child/mod.rs", "pub mod deep; use super::Other;"),
            ("a/child/deep.rs", "use crate::a::{A}; pub struct Thing;"),
            ("a/other.rs", "pub struct Other;"),
        ]);
        let expected = ["a -> a::child::deep", "a -> a::other", "a::child -> a::other", "a::child::deep -> a"];
        assert_eq!(arrows(&graph), expected);
        assert_eq!(graph.cycles(), [BTreeSet::from(["a", "a::child::deep"])]);
    }
}

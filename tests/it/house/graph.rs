//! The import graph of a source tree: one node per file, one arrow per import.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::source::Source;

/// A module's path, such as `["engine", "retry"]`; empty for `lib.rs`.
type Path = Vec<String>;

/// Imports between files. Names are module paths such as `engine::retry`.
pub struct Graph {
    pub nodes: BTreeSet<String>,
    /// The names that a file (first) imports from another (second).
    pub arrows: BTreeMap<(String, String), BTreeSet<String>>,
}

/// The module paths and `use` items of one file.
#[derive(Default)]
struct Scan {
    /// Paths that the code names, each with the module that contains it.
    paths: Vec<Named>,
    /// Modules in braces.
    inline: Vec<Path>,
    /// Public `use` items: the module, the exported name, the path.
    exports: Vec<(Path, String, Path)>,
}

struct Named {
    module: Path,
    path: Path,
}

struct Tree {
    /// The file of each module, modules in braces included.
    file_of: BTreeMap<Path, Path>,
    exports: BTreeMap<(Path, String), Path>,
}

impl Graph {
    /// Reads a tree. Keys are paths relative to the source folder: `engine/mod.rs`.
    pub fn new(files: &BTreeMap<String, String>) -> Self {
        let modules: BTreeSet<Path> = files.keys().map(|file| module_of(file)).collect();
        let scans: Vec<(Path, Scan)> =
            files.iter().map(|(file, text)| (module_of(file), Scan::new(&module_of(file), text, &modules))).collect();
        let mut tree = Tree { file_of: BTreeMap::new(), exports: BTreeMap::new() };
        for (module, scan) in &scans {
            tree.file_of.insert(module.clone(), module.clone());
            tree.file_of.extend(scan.inline.iter().map(|inner| (inner.clone(), module.clone())));
            for (inside, name, path) in &scan.exports {
                tree.exports.insert((inside.clone(), name.clone()), path.clone());
            }
        }
        let nodes = modules.iter().map(|module| module.join("::")).collect();
        let mut graph = Self { nodes, arrows: BTreeMap::new() };
        for (module, scan) in scans.iter().filter(|(module, _)| !module.is_empty()) {
            for named in &scan.paths {
                graph.add(module, named, &tree);
            }
        }
        graph
    }

    fn add(&mut self, module: &Path, named: &Named, tree: &Tree) {
        let Some(path) = tree.absolute(&named.module, &named.path) else { return };
        let target = tree.file(&path, 0);
        if target.is_empty() || target == *module {
            return;
        }
        let name = named.path.last().cloned().unwrap_or_default();
        self.arrows.entry((module.join("::"), target.join("::"))).or_default().insert(name);
    }

    /// Joins the files of each top-level module into one node.
    pub fn top_level(&self) -> Self {
        let top = |name: &String| name.split("::").next().unwrap_or_default().to_owned();
        let nodes = self.nodes.iter().map(top).filter(|name| !name.is_empty()).collect();
        let mut arrows: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
        for ((from, to), names) in &self.arrows {
            if top(from) != top(to) {
                let names = names.iter().map(|name| format!("{name} ({from})"));
                arrows.entry((top(from), top(to))).or_default().extend(names);
            }
        }
        Self { nodes, arrows }
    }

    /// Returns the groups of nodes that import each other.
    pub fn cycles(&self) -> Vec<BTreeSet<&str>> {
        let reach: BTreeMap<&str, BTreeSet<&str>> =
            self.nodes.iter().map(|node| (node.as_str(), self.reachable(node))).collect();
        let mut groups: Vec<BTreeSet<&str>> = Vec::new();
        for (node, reached) in reach.iter().filter(|(node, reached)| reached.contains(*node)) {
            let group: BTreeSet<&str> = reached.iter().copied().filter(|other| reach[other].contains(node)).collect();
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        groups
    }

    fn reachable<'a>(&'a self, node: &str) -> BTreeSet<&'a str> {
        let (mut reached, mut open) = (BTreeSet::new(), vec![node]);
        while let Some(next) = open.pop() {
            for (_, to) in self.arrows.keys().filter(|(from, _)| from == next) {
                if reached.insert(to.as_str()) {
                    open.push(to);
                }
            }
        }
        reached
    }

    /// Lists the cycles: each arrow within a group, with the imported names.
    pub fn report(&self) -> String {
        let mut lines = String::new();
        for group in self.cycles() {
            let members: Vec<&str> = group.iter().copied().collect();
            let _ = writeln!(lines, "cycle of {}: {}", members.len(), members.join(", "));
            let inside = |(from, to): &(String, String)| group.contains(from.as_str()) && group.contains(to.as_str());
            for ((from, to), names) in self.arrows.iter().filter(|(arrow, _)| inside(arrow)) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let _ = writeln!(lines, "    {from} -> {to}: {}", names.join(", "));
            }
        }
        lines
    }
}

impl Tree {
    /// Makes a path absolute; `None` for paths of other crates and local names.
    fn absolute(&self, module: &Path, path: &Path) -> Option<Path> {
        let mut base = module.clone();
        let mut rest = path.as_slice();
        match rest.first()?.as_str() {
            "crate" => return Some(rest[1..].to_vec()),
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            child => {
                base.push(child.to_owned());
                self.file_of.get(&base)?;
                base.pop();
            }
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    /// Returns the file that defines an absolute path; re-exports are followed.
    fn file(&self, path: &[String], depth: usize) -> Path {
        let length = (0..=path.len()).rev().find(|&length| self.file_of.contains_key(&path[..length])).unwrap_or(0);
        let module = path[..length].to_vec();
        if let Some(name) = path.get(length).filter(|_| depth < 8)
            && let Some(target) = self.exports.get(&(module.clone(), name.clone()))
            && let Some(mut target) = self.absolute(&module, target)
        {
            target.extend_from_slice(&path[length + 1..]);
            if target != path {
                return self.file(&target, depth + 1);
            }
        }
        self.file_of.get(&module).cloned().unwrap_or_default()
    }
}

fn module_of(file: &str) -> Path {
    let mut path: Path = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if path.last().is_some_and(|last| last == "mod" || last == "lib") {
        path.pop();
    }
    path
}

impl Scan {
    fn new(module: &Path, text: &str, modules: &BTreeSet<Path>) -> Self {
        let source = Source::parse(text);
        let tokens = tokens(&source.code);
        let mut scan = Self::default();
        let mut open: Vec<Option<String>> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            if is_test_attribute(&tokens[at..]) {
                at = end_of_item(&tokens, at);
                continue;
            }
            let inside = || module.iter().chain(open.iter().flatten()).cloned().collect::<Path>();
            match tokens[at] {
                "mod" if tokens.get(at + 2) == Some(&"{") => {
                    open.push(Some(tokens[at + 1].to_owned()));
                    scan.inline.push(module.iter().chain(open.iter().flatten()).cloned().collect());
                    at += 2;
                }
                "{" => open.push(None),
                "}" => drop(open.pop()),
                "use" if at == 0 || !matches!(tokens[at - 1], "+" | "=") => {
                    scan.use_item(&inside(), &tokens, at);
                    at += tokens[at..].iter().position(|token| *token == ";").unwrap_or(0);
                }
                word if at == 0 || tokens[at - 1] != "::" => {
                    let path = path_at(&tokens[at..]);
                    let child = || modules.contains(&[inside(), vec![word.to_owned()]].concat());
                    if path.len() > 1 && (["crate", "super", "self"].contains(&word) || child()) {
                        scan.paths.push(Named { module: inside(), path });
                    }
                }
                _ => {}
            }
            at += 1;
        }
        scan
    }

    fn use_item(&mut self, module: &Path, tokens: &[&str], at: usize) {
        let is_export = at > 0 && (tokens[at - 1] == "pub" || is_restricted(&tokens[..at]));
        let length = tokens[at..].iter().position(|token| *token == ";").unwrap_or(0);
        let tree = &tokens[at + 1..at + length];
        // The module before the braces counts as well, even if all names are defined elsewhere.
        if let Some(path) = tree.first().map(|_| path_at(tree)).filter(|path| path.len() > 1) {
            self.paths.push(Named { module: module.clone(), path });
        }
        for (path, name) in use_tree(&[], tree) {
            if is_export {
                self.exports.push((module.clone(), name, path.clone()));
            }
            self.paths.push(Named { module: module.clone(), path });
        }
    }
}

/// Returns true if the tokens end with `pub(...)`.
fn is_restricted(tokens: &[&str]) -> bool {
    tokens.last() == Some(&")")
        && tokens.iter().rposition(|token| *token == "(").is_some_and(|open| open > 0 && tokens[open - 1] == "pub")
}

/// Lists the paths of a `use` tree, each with the name that it brings into scope.
fn use_tree(prefix: &[String], tokens: &[&str]) -> Vec<(Path, String)> {
    if let Some(open) = tokens.iter().position(|token| *token == "{") {
        let mut prefix = prefix.to_vec();
        prefix.extend(tokens[..open].iter().filter(|token| **token != "::").map(|token| (*token).to_owned()));
        let close = tokens.iter().rposition(|token| *token == "}").unwrap_or(tokens.len());
        return branches(&tokens[open + 1..close]).flat_map(|branch| use_tree(&prefix, branch)).collect();
    }
    let (path, alias) = match tokens.iter().position(|token| *token == "as") {
        Some(at) => (&tokens[..at], tokens.get(at + 1)),
        None => (tokens, None),
    };
    let mut full = prefix.to_vec();
    full.extend(path.iter().filter(|token| **token != "::").map(|token| (*token).to_owned()));
    if full.len() > 1 && full.last().is_some_and(|last| last == "self") {
        full.pop();
    }
    let name = alias.map(|name| (*name).to_owned()).or_else(|| full.last().cloned());
    name.map(|name| (full, name)).into_iter().collect()
}

/// Splits at the commas that are in no braces.
fn branches<'a, 'b>(tokens: &'a [&'b str]) -> impl Iterator<Item = &'a [&'b str]> {
    let mut depth = 0_usize;
    let split = tokens.split(move |token| {
        match *token {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        *token == "," && depth == 0
    });
    split.filter(|branch| !branch.is_empty())
}

/// Reads a path at the start of the tokens.
fn path_at(tokens: &[&str]) -> Path {
    let mut path = vec![tokens[0].to_owned()];
    let mut rest = &tokens[1..];
    while let ["::", name, ..] = rest {
        if !is_word(name) {
            break;
        }
        path.push((*name).to_owned());
        rest = &rest[2..];
    }
    path
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Splits code into words, `::` and single characters.
fn tokens(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = if rest.starts_with("::") { 2 } else { word.max(first.len_utf8()) };
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    found
}

fn is_test_attribute(tokens: &[&str]) -> bool {
    tokens.starts_with(&["#", "[", "cfg", "(", "test", ")", "]"])
}

/// Returns the index after the item that the attribute at this index belongs to.
fn end_of_item(tokens: &[&str], mut at: usize) -> usize {
    let mut depth = 0_usize;
    let mut attribute = false;
    let ends_at_brace = !tokens[at + 7..].iter().take(5).any(|token| *token == "use");
    while at < tokens.len() {
        match tokens[at] {
            "#" if depth == 0 => attribute = true,
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && tokens[at] == "}" && ends_at_brace && !attribute {
                    return at + 1;
                }
                attribute &= !(depth == 0 && tokens[at] == "]");
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

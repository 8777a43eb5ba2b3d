//! The modules of the crate, parsed, with the crate's own item macros expanded.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use syn::{Item, ItemImpl, UseTree, Visibility};

use super::macros::Macro;

type Module = Vec<String>;
type Segments = Vec<String>;

/// A parsed crate.
pub struct Crate {
    modules: BTreeMap<Module, Vec<Item>>,
    macros: BTreeMap<String, Macro>,
    /// The names of other crates.
    externs: Vec<String>,
}

/// The meaning of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Module(Module),
    /// A module, and the index of an item in it.
    Item(Module, usize),
    /// A path that starts with the name of another crate.
    Foreign(Segments),
}

impl Crate {
    /// Parses the crate whose sources are in a folder.
    pub fn read(folder: &FilePath, externs: Vec<String>) -> Self {
        Self::new(folder, &std::fs::read_to_string(folder.join("lib.rs")).unwrap(), externs)
    }

    /// Parses a crate of one file.
    pub fn parse(text: &str, externs: &[&str]) -> Self {
        Self::new(FilePath::new(""), text, externs.iter().map(|name| (*name).to_owned()).collect())
    }

    fn new(folder: &FilePath, text: &str, externs: Vec<String>) -> Self {
        let mut found = Self { modules: BTreeMap::new(), macros: BTreeMap::new(), externs };
        found.load(folder, Module::new(), syn::parse_file(text).unwrap().items);
        let (modules, macros) = (std::mem::take(&mut found.modules), &found.macros);
        let expand = |item| expanded(item, macros);
        found.modules =
            modules.into_iter().map(|(module, items)| (module, items.into_iter().flat_map(expand).collect())).collect();
        found
    }

    fn load(&mut self, folder: &FilePath, module: Module, items: Vec<Item>) {
        let items: Vec<Item> = items.into_iter().filter(|item| !is_for_tests(item)).collect();
        for item in &items {
            if let Item::Mod(child) = item {
                let path = [module.as_slice(), &[child.ident.to_string()]].concat();
                let items = child.content.as_ref().map(|(_, items)| items.clone());
                let items = items.unwrap_or_else(|| read_module(folder, &path));
                self.load(folder, path, items);
            }
            if let Item::Macro(item) = item
                && let Some(name) = &item.ident
            {
                self.macros.insert(name.to_string(), Macro::parse(item.mac.tokens.clone()));
            }
        }
        self.modules.insert(module, items);
    }

    pub fn has_module(&self, module: &[String]) -> bool {
        self.modules.contains_key(module)
    }

    pub fn items(&self, module: &[String]) -> &[Item] {
        self.modules.get(module).map_or(&[], Vec::as_slice)
    }

    /// Returns the name and the visibility of an item that has both.
    pub fn name_of(item: &Item) -> Option<(String, &Visibility)> {
        let (ident, visibility) = match item {
            Item::Const(item) => (&item.ident, &item.vis),
            Item::Enum(item) => (&item.ident, &item.vis),
            Item::Fn(item) => (&item.sig.ident, &item.vis),
            Item::Mod(item) => (&item.ident, &item.vis),
            Item::Static(item) => (&item.ident, &item.vis),
            Item::Struct(item) => (&item.ident, &item.vis),
            Item::Trait(item) => (&item.ident, &item.vis),
            Item::Type(item) => (&item.ident, &item.vis),
            Item::Union(item) => (&item.ident, &item.vis),
            _ => return None,
        };
        Some((ident.to_string(), visibility))
    }

    /// Lists the names that a `use` brings into scope, each with its path. The name of a glob is `*`.
    pub fn use_paths(tree: &UseTree) -> Vec<(String, Segments)> {
        match tree {
            UseTree::Path(tree) => prefixed(&tree.ident.to_string(), Self::use_paths(&tree.tree)),
            UseTree::Name(tree) => vec![(tree.ident.to_string(), vec![tree.ident.to_string()])],
            UseTree::Rename(tree) => vec![(tree.rename.to_string(), vec![tree.ident.to_string()])],
            UseTree::Glob(_) => vec![("*".to_owned(), vec!["*".to_owned()])],
            UseTree::Group(tree) => tree.items.iter().flat_map(Self::use_paths).collect(),
        }
    }

    /// Resolves the path of a `use` item.
    pub fn lookup_use(&self, module: &[String], path: &[String]) -> Vec<Target> {
        let first = &path[0];
        if self.externs.contains(first) && !self.has_module(&[module, std::slice::from_ref(first)].concat()) {
            return vec![Target::Foreign(path.to_vec())];
        }
        self.lookup(module, path)
    }

    /// Returns the modules of this crate that a glob names.
    pub fn glob(&self, module: &[String], path: &[String]) -> Vec<Module> {
        let targets = self.lookup_use(module, &path[..path.len() - 1]);
        let modules = targets.into_iter().filter_map(|target| match target {
            Target::Module(found) if found != module => Some(found),
            _ => None,
        });
        modules.collect()
    }

    /// Resolves a path in code. The result is empty for names of the prelude and for generic parameters.
    pub fn lookup(&self, module: &[String], path: &[String]) -> Vec<Target> {
        let (mut base, mut rest) = (module.to_vec(), path);
        match path[0].as_str() {
            "crate" => (base, rest) = (Module::new(), &path[1..]),
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            first => {
                if self.named(module, first).is_empty() {
                    let is_extern = self.externs.iter().any(|name| name == first);
                    return if is_extern { vec![Target::Foreign(path.to_vec())] } else { Vec::new() };
                }
            }
        }
        rest.iter().fold(vec![Target::Module(base)], |targets, segment| {
            targets.into_iter().flat_map(|target| self.step(target, segment)).collect()
        })
    }

    fn step(&self, target: Target, segment: &str) -> Vec<Target> {
        match target {
            Target::Module(module) => self.named(&module, segment),
            Target::Foreign(mut path) => {
                path.push(segment.to_owned());
                vec![Target::Foreign(path)]
            }
            // A variant or an associated item.
            item @ Target::Item(..) => vec![item],
        }
    }

    /// Returns the meanings of a name in a module.
    fn named(&self, module: &[String], name: &str) -> Vec<Target> {
        let mut found = Vec::new();
        for (index, item) in self.items(module).iter().enumerate() {
            match item {
                Item::Mod(item) if item.ident == name => {
                    found.push(Target::Module([module, &[name.to_owned()]].concat()));
                }
                Item::Use(item) => {
                    for (local, path) in Self::use_paths(&item.tree) {
                        if local == name {
                            found.extend(self.lookup_use(module, &path));
                        } else if local == "*" {
                            found.extend(self.glob(module, &path).iter().flat_map(|target| self.named(target, name)));
                        }
                    }
                }
                item if Self::name_of(item).is_some_and(|(found, _)| found == name) => {
                    found.push(Target::Item(module.to_vec(), index));
                }
                _ => {}
            }
        }
        found
    }

    /// Returns the impls for a type, each with the module that contains it.
    pub fn impls(&self, module: &[String], name: &str) -> Vec<(&[String], &ItemImpl)> {
        let mut found = Vec::new();
        for (from, items) in &self.modules {
            for item in items {
                let Item::Impl(item) = item else { continue };
                let syn::Type::Path(path) = &*item.self_ty else { continue };
                let segments: Segments = path.path.segments.iter().map(|part| part.ident.to_string()).collect();
                if segments.last().is_none_or(|last| last != name) {
                    continue;
                }
                let is_it = |target: &Target| match target {
                    Target::Item(home, index) => {
                        home == module && Self::name_of(&self.items(home)[*index]).is_some_and(|(n, _)| n == name)
                    }
                    _ => false,
                };
                if self.lookup(from, &segments).iter().any(is_it) {
                    found.push((from.as_slice(), item));
                }
            }
        }
        found
    }
}

fn prefixed(first: &str, paths: Vec<(String, Segments)>) -> Vec<(String, Segments)> {
    let extend = |(name, mut path): (String, Segments)| {
        let (name, path) = if name == "self" {
            path.clear();
            (first.to_owned(), path)
        } else {
            (name, path)
        };
        (name, [vec![first.to_owned()], path].concat())
    };
    paths.into_iter().map(extend).collect()
}

fn read_module(folder: &FilePath, module: &[String]) -> Vec<Item> {
    let path = folder.join(module.join("/"));
    let file = [path.with_extension("rs"), path.join("mod.rs")].into_iter().find(|file| file.exists());
    let file = file.unwrap_or_else(|| panic!("no file for the module {}", module.join("::")));
    let text = std::fs::read_to_string(&file).unwrap();
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())).items
}

/// Returns true for items that only tests and builds without a feature have.
fn is_for_tests(item: &Item) -> bool {
    let attributes = match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        let condition = attribute.meta.require_list().map(|list| list.tokens.to_string()).unwrap_or_default();
        condition == "test" || condition == "doctest" || condition.starts_with("not")
    })
}

/// Replaces the call of a macro of this crate by the items that it expands to.
fn expanded(item: Item, macros: &BTreeMap<String, Macro>) -> Vec<Item> {
    let Item::Macro(call) = &item else { return vec![item] };
    let name = call.mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    let Some(rules) = macros.get(&name).filter(|_| call.ident.is_none()) else { return vec![item] };
    let tokens = rules.expand(&call.mac.tokens).unwrap_or_else(|| panic!("no rule of {name}! matches its call"));
    let file = syn::parse2::<syn::File>(tokens).unwrap_or_else(|error| panic!("cannot parse {name}!: {error}"));
    file.items.into_iter().filter(|item| !is_for_tests(item)).flat_map(|item| expanded(item, macros)).collect()
}

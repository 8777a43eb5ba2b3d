//! The modules of the crate, parsed, with the crate's own item macros expanded.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::{Item, ItemImpl, UseTree, Visibility};

type Module = Vec<String>;
type Segments = Vec<String>;

/// A parsed crate.
pub struct Crate {
    modules: BTreeMap<Module, Vec<Item>>,
    macros: BTreeMap<String, TokenStream>,
    /// The macros that define or extend an item: module and name of the item, names of the macros.
    defined_by: BTreeMap<(Module, String), Vec<String>>,
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
        let (modules, macros, defined_by) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut found = Self { modules, macros, defined_by, externs };
        found.load(folder, Module::new(), syn::parse_file(text).unwrap().items);
        found.expand();
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
                self.macros.insert(name.to_string(), item.mac.tokens.clone());
            }
        }
        self.modules.insert(module, items);
    }

    /// Replaces calls of macros that define a public enum or struct by the item that they define.
    fn expand(&mut self) {
        for (module, items) in &mut self.modules {
            for item in items {
                let Item::Macro(call) = item else { continue };
                let name = call.mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
                let Some(definition) = self.macros.get(&name).filter(|_| call.ident.is_none()) else { continue };
                if !(mentions(&call.mac.tokens, &["pub"]) && mentions(&call.mac.tokens, &["enum", "struct"])) {
                    let mut public = Vec::new();
                    public_names(definition.clone(), &mut public);
                    if !public.is_empty() {
                        for listed in listed(&call.mac.tokens) {
                            self.defined_by.entry((module.clone(), listed)).or_default().push(name.clone());
                        }
                    }
                    continue;
                }
                *item = expanded(call.mac.tokens.clone(), definition)
                    .unwrap_or_else(|error| panic!("cannot expand {name}! in {}: {error}", module.join("::")));
                if let Some((defined, _)) = Self::name_of(item) {
                    self.defined_by.entry((module.clone(), defined)).or_default().push(name);
                }
            }
        }
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

    /// Lists the public methods and constants that a macro adds to an item.
    pub fn generated(&self, module: &[String], item: &Item) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        for ((from, name), macros) in &self.defined_by {
            let is_it = |target: &Target| match target {
                Target::Item(home, index) => home == module && std::ptr::eq(&raw const self.items(home)[*index], item),
                _ => false,
            };
            if self.lookup(from, std::slice::from_ref(name)).iter().any(is_it) {
                for name in macros {
                    public_names(self.macros[name].clone(), &mut found);
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

/// Returns the arguments of a macro that takes a list of types. Panics for other arguments.
fn listed(arguments: &TokenStream) -> Vec<String> {
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let name = |token: TokenTree| match token {
        TokenTree::Ident(ident) => ident.to_string(),
        other => panic!("a macro with public items has the argument {other}; this walk knows lists of types only"),
    };
    arguments.clone().into_iter().filter(|token| !is_comma(token)).map(name).collect()
}

/// Returns true if one of the words appears in the tokens.
fn mentions(tokens: &TokenStream, words: &[&str]) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => words.iter().any(|word| ident == word),
        TokenTree::Group(group) => mentions(&group.stream(), words),
        _ => false,
    })
}

/// Reads the enum or struct in the arguments of a macro. Arguments before it, which end with `;`, are skipped.
/// Variants that the macro adds are appended.
fn expanded(arguments: TokenStream, definition: &TokenStream) -> syn::Result<Item> {
    let tokens: Vec<TokenTree> = arguments.into_iter().collect();
    let is_semicolon = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
    let start = tokens.iter().position(is_semicolon).map_or(0, |at| at + 1);
    let mut item: Item = syn::parse2(tokens[start..].iter().cloned().collect())?;
    if let Item::Enum(item) = &mut item {
        let variants = added_variants(definition.clone()).unwrap_or_default();
        let parser = syn::punctuated::Punctuated::<syn::Variant, syn::Token![,]>::parse_terminated;
        item.variants.extend(parser.parse2(variants)?);
    }
    Ok(item)
}

/// Returns the variants that a macro adds after the given ones, in `enum $Name { $( ... )+ added }`.
fn added_variants(definition: TokenStream) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = definition.into_iter().collect();
    let start = tokens.iter().position(|token| matches!(token, TokenTree::Ident(ident) if ident == "enum"));
    if let Some(start) = start
        && let Some(body) = tokens[start..].iter().find_map(braces)
    {
        let is_end = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if "+*".contains(punct.as_char()));
        let body: Vec<TokenTree> = body.stream().into_iter().collect();
        let end = body.iter().position(is_end).map_or(body.len(), |at| at + 1);
        return Some(body[end..].iter().cloned().collect());
    }
    // The transcriber comes after the matcher.
    tokens.iter().rev().filter_map(braces).find_map(|group| added_variants(group.stream()))
}

fn braces(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

/// Collects the names after `pub fn`, `pub const fn` and `pub const`.
fn public_names(definition: TokenStream, found: &mut Vec<(&'static str, String)>) {
    let tokens: Vec<TokenTree> = definition.into_iter().collect();
    let word = |at: usize| match tokens.get(at) {
        Some(TokenTree::Ident(ident)) => ident.to_string(),
        _ => String::new(),
    };
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            public_names(group.stream(), found);
        }
        match [word(at), word(at + 1), word(at + 2), word(at + 3)].each_ref().map(String::as_str) {
            ["pub", "const", "fn", name] | ["pub", "fn", name, _] => found.push(("fn", name.to_owned())),
            ["pub", "const", name, _] => found.push(("const", name.to_owned())),
            _ => {}
        }
    }
}

//! The public surface of the crate, computed from its sources with all features on.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::visit::Visit;
use syn::{Fields, ImplItem, Item, ItemImpl, Signature, TraitItem, Visibility};

use super::sources::{Crate, Target};

/// Public paths, and the crates whose types they show.
pub struct Surface<'a> {
    sources: &'a Crate,
    /// Kinds and paths, ordered by path: `("chargeback::Money::currency", "fn")`.
    pub paths: BTreeSet<(String, &'static str)>,
    /// Crates whose names appear in public signatures or trait impls, each with the paths that show them.
    pub foreign: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> Surface<'a> {
    pub fn new(sources: &'a Crate) -> Self {
        let mut surface = Self { sources, paths: BTreeSet::new(), foreign: BTreeMap::new() };
        surface.module("chargeback", &[]);
        surface
    }

    fn add(&mut self, kind: &'static str, path: &str) -> bool {
        self.paths.insert((path.to_owned(), kind))
    }

    fn module(&mut self, public: &str, module: &[String]) {
        for item in self.sources.items(module) {
            match item {
                Item::Use(item) if is_public(&item.vis) => {
                    for (name, path) in Crate::use_paths(&item.tree) {
                        if name == "*" {
                            self.sources.glob(module, &path).iter().for_each(|target| self.module(public, target));
                            continue;
                        }
                        for target in self.sources.lookup_use(module, &path) {
                            self.target(&format!("{public}::{name}"), &target);
                        }
                    }
                }
                Item::Mod(item) if is_public(&item.vis) && is_hidden(&item.attrs) => {}
                Item::Mod(item) if is_public(&item.vis) => {
                    let child = [module, &[item.ident.to_string()]].concat();
                    self.target(&format!("{public}::{}", item.ident), &Target::Module(child));
                }
                item => {
                    if let Some((name, visibility)) = Crate::name_of(item)
                        && is_public(visibility)
                        && !matches!(item, Item::Mod(_))
                    {
                        self.item(&format!("{public}::{name}"), module, item);
                    }
                }
            }
        }
    }

    fn target(&mut self, public: &str, target: &Target) {
        match target {
            Target::Module(path) if self.sources.has_module(path) => {
                if self.add("mod", public) {
                    self.module(public, path);
                }
            }
            Target::Module(_) => {}
            Target::Item(module, index) => self.item(public, module, &self.sources.items(module)[*index]),
            Target::Foreign(path) => {
                self.add("use", public);
                self.show(&path[0], public);
            }
        }
    }

    fn item(&mut self, public: &str, module: &[String], item: &'a Item) {
        let kind = self.parts(public, module, item);
        if self.add(kind, public)
            && let Some((name, _)) = Crate::name_of(item)
        {
            for (from, found) in self.sources.impls(module, &name) {
                self.implementation(public, from, found);
            }
        }
    }

    /// Adds the parts of an item, except those from impls. Returns its kind.
    fn parts(&mut self, public: &str, module: &[String], item: &'a Item) -> &'static str {
        match item {
            Item::Struct(item) => {
                self.fields(public, module, &item.fields, false);
                self.types(public, module, |visit| visit.visit_generics(&item.generics));
                self.derives(public, module, &item.attrs);
                "struct"
            }
            Item::Enum(item) => {
                for variant in &item.variants {
                    let path = format!("{public}::{}", variant.ident);
                    self.add("variant", &path);
                    self.fields(&path, module, &variant.fields, true);
                }
                self.derives(public, module, &item.attrs);
                "enum"
            }
            Item::Trait(item) => {
                let bounds = &item.supertraits;
                self.types(public, module, |visit| bounds.iter().for_each(|bound| visit.visit_type_param_bound(bound)));
                item.items.iter().for_each(|part| self.trait_item(public, module, part));
                "trait"
            }
            Item::Fn(item) => {
                self.signature(public, module, &item.sig);
                "fn"
            }
            Item::Const(item) => {
                self.types(public, module, |visit| visit.visit_type(&item.ty));
                "const"
            }
            Item::Type(item) => {
                self.types(public, module, |visit| visit.visit_type(&item.ty));
                "type"
            }
            Item::Static(_) => "static",
            _ => "macro",
        }
    }

    fn fields(&mut self, public: &str, module: &[String], fields: &Fields, all: bool) {
        for field in fields {
            if all || is_public(&field.vis) {
                if let Some(name) = &field.ident {
                    self.add("field", &format!("{public}.{name}"));
                }
                self.types(public, module, |visit| visit.visit_type(&field.ty));
            }
        }
    }

    fn trait_item(&mut self, public: &str, module: &[String], item: &TraitItem) {
        match item {
            TraitItem::Fn(item) => {
                let path = format!("{public}::{}", item.sig.ident);
                self.add("fn", &path);
                self.signature(&path, module, &item.sig);
            }
            TraitItem::Const(item) => drop(self.add("const", &format!("{public}::{}", item.ident))),
            TraitItem::Type(item) => {
                let path = format!("{public}::{}", item.ident);
                self.add("type", &path);
                let bounds = &item.bounds;
                self.types(&path, module, |visit| bounds.iter().for_each(|bound| visit.visit_type_param_bound(bound)));
            }
            _ => {}
        }
    }

    fn implementation(&mut self, public: &str, module: &[String], item: &ItemImpl) {
        if let Some((path, ..)) = &item.trait_ {
            self.types(public, module, |visit| visit.visit_path(path));
            for part in &item.items {
                if let ImplItem::Type(part) = part {
                    self.types(public, module, |visit| visit.visit_type(&part.ty));
                }
            }
            return;
        }
        let owner = format!("{public}{}", arguments(item));
        for part in &item.items {
            match part {
                ImplItem::Fn(part) if is_public(&part.vis) => {
                    let path = format!("{owner}::{}", part.sig.ident);
                    self.add("fn", &path);
                    self.signature(&path, module, &part.sig);
                }
                ImplItem::Const(part) if is_public(&part.vis) => {
                    let path = format!("{owner}::{}", part.ident);
                    self.add("const", &path);
                    self.types(&path, module, |visit| visit.visit_type(&part.ty));
                }
                _ => {}
            }
        }
    }

    fn signature(&mut self, public: &str, module: &[String], signature: &Signature) {
        self.types(public, module, |visit| visit.visit_signature(signature));
    }

    fn derives(&mut self, public: &str, module: &[String], attributes: &[syn::Attribute]) {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            // A derived `std::error::Error` shows nothing of the crate that derives it.
            let _ = attribute.parse_nested_meta(|meta| {
                if meta.path.segments[0].ident != "thiserror" {
                    self.types(public, module, |visit| visit.visit_path(&meta.path));
                }
                Ok(())
            });
        }
    }

    /// Records the crates of all paths that the closure visits.
    fn types(&mut self, public: &str, module: &[String], visit: impl FnOnce(&mut Paths)) {
        let mut paths = Paths::default();
        visit(&mut paths);
        for path in paths.0 {
            for target in self.sources.lookup(module, &path) {
                if let Target::Foreign(path) = target {
                    self.show(&path[0], public);
                }
            }
        }
    }

    fn show(&mut self, name: &str, public: &str) {
        if !["std", "core", "alloc"].contains(&name) {
            self.foreign.entry(name.to_owned()).or_default().insert(public.to_owned());
        }
    }
}

/// Collects the paths of visited types.
#[derive(Default)]
struct Paths(Vec<Vec<String>>);

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.0.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// True for a module that has no stable interface.
fn is_hidden(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.to_token_stream().to_string() == "# [doc (hidden)]")
}

/// Returns the arguments of the type that an impl is for, such as `<Spade>`; empty if all are parameters of the impl.
fn arguments(item: &ItemImpl) -> String {
    let syn::Type::Path(path) = &*item.self_ty else { return String::new() };
    let Some(last) = path.path.segments.last() else { return String::new() };
    let syn::PathArguments::AngleBracketed(found) = &last.arguments else { return String::new() };
    let parameters: Vec<String> = item.generics.params.iter().map(|p| text(&first_of(p))).collect();
    let concrete = found.args.iter().any(|argument| !parameters.contains(&text(&argument.to_token_stream())));
    if concrete { text(&found.to_token_stream()) } else { String::new() }
}

fn first_of(parameter: &syn::GenericParam) -> TokenStream {
    match parameter {
        syn::GenericParam::Lifetime(parameter) => parameter.lifetime.to_token_stream(),
        syn::GenericParam::Type(parameter) => parameter.ident.to_token_stream(),
        syn::GenericParam::Const(parameter) => parameter.ident.to_token_stream(),
    }
}

fn text(tokens: &TokenStream) -> String {
    tokens.to_string().replace(' ', "")
}

//! Braintree's XML: elements by name, `nil="true"` for what is absent.

use roxmltree::{Document, Node, ParsingOptions};

/// More than any notification has; a document beyond it is refused.
const MOST_NODES: u32 = 100_000;

/// Parses a document. One with a document type is refused: entities could make it grow without end.
pub(super) fn document(text: &str) -> Option<Document<'_>> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).ok()
}

/// An element that is there.
#[derive(Clone, Copy)]
pub(super) struct Element<'d, 'i>(Node<'d, 'i>);

impl<'d, 'i> Element<'d, 'i> {
    pub(super) fn root(document: &'d Document<'i>, name: &str) -> Option<Self> {
        Some(document.root_element()).filter(|root| root.has_tag_name(name)).map(Self)
    }

    /// The element at this path of names, each the first of its name.
    pub(super) fn child(self, path: &[&str]) -> Option<Self> {
        let mut here = self.0;
        for name in path {
            here = here.children().find(|child| child.has_tag_name(*name))?;
        }
        Some(Self(here)).filter(|element| element.0.attribute("nil") != Some("true"))
    }

    /// The text at this path, without white space around it. What is nil or empty is not there.
    pub(super) fn text(self, path: &[&str]) -> Option<String> {
        let text = self.child(path)?.0.text()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Every status that the dispute has had.
    pub(super) fn history(self) -> impl Iterator<Item = String> + use<'d, 'i> {
        let entries = self.child(&["status-history"]).into_iter().flat_map(|list| list.0.children());
        entries.filter_map(|entry| Self(entry).text(&["status"]))
    }
}

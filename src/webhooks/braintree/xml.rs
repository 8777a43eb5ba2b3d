//! Access to Braintree's XML by element names. `nil="true"` marks a missing value.

use roxmltree::{Document, Node, ParsingOptions};

/// The largest number of nodes in a document. Notifications have far fewer.
const MAX_NODES: u32 = 100_000;

/// Parses a document. A document type declaration is rejected, because entities can expand without limit.
pub(super) fn document(text: &str) -> Option<Document<'_>> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).ok()
}

/// An element that is present and not nil.
#[derive(Clone, Copy)]
pub(super) struct Element<'d, 'i>(Node<'d, 'i>);

impl<'d, 'i> Element<'d, 'i> {
    /// Returns the root element if it has this name.
    pub(super) fn root(document: &'d Document<'i>, name: &str) -> Option<Self> {
        Some(document.root_element()).filter(|root| root.has_tag_name(name)).map(Self)
    }

    /// Returns the element at a path of names. Of several elements with the same name, the first is used; see
    /// [`repeated`](Self::repeated).
    pub(super) fn child(self, path: &[&str]) -> Option<Self> {
        let mut node = self.0;
        for name in path {
            node = node.children().find(|child| child.has_tag_name(*name))?;
        }
        Some(Self(node)).filter(|element| element.0.attribute("nil") != Some("true"))
    }

    /// Returns the trimmed text at a path; `None` if the element is nil or empty.
    pub(super) fn text(self, path: &[&str]) -> Option<String> {
        let text = self.child(path)?.0.text()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Returns the name of the first element that occurs twice in the element at a path of names. Elements without text
    /// and without elements in them are not counted.
    pub(super) fn repeated(self, path: &[&str]) -> Option<String> {
        let mut seen = std::collections::HashSet::new();
        let children = self.child(path)?.0.children().filter(|child| child.is_element() && child.has_children());
        children.map(|child| child.tag_name().name()).find(|name| !seen.insert(*name)).map(str::to_owned)
    }

    /// Returns every status that the dispute has had.
    pub(super) fn history(self) -> impl Iterator<Item = String> + use<'d, 'i> {
        let entries = self.child(&["status-history"]).into_iter().flat_map(|list| list.0.children());
        entries.filter_map(|entry| Self(entry).text(&["status"]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nil_and_empty_elements_are_missing() {
        let text = r#"<a><b nil="true">x</b><c> </c><d> 1 </d><d>2</d><e><status>new</status></e></a>"#;
        let document = document(text).unwrap();
        assert!(Element::root(&document, "b").is_none());
        let root = Element::root(&document, "a").unwrap();
        assert_eq!([root.text(&["b"]), root.text(&["c"]), root.text(&["x", "y"])], [None, None, None]);
        assert_eq!(root.text(&["d"]).as_deref(), Some("1"), "the first");
        assert_eq!(root.text(&["e", "status"]).as_deref(), Some("new"));
    }

    #[test]
    fn an_element_that_occurs_twice_is_found() {
        let text = "<a><b>1</b><b/><x/><x/><c><d>1</d><e>2</e><d>1</d></c></a>";
        let document = document(text).unwrap();
        let root = Element::root(&document, "a").unwrap();
        assert_eq!(root.repeated(&[]), None);
        assert_eq!(root.repeated(&["c"]).as_deref(), Some("d"));
        assert_eq!(root.repeated(&["none"]), None);
    }

    #[test]
    fn a_document_type_is_rejected() {
        assert!(document("<!DOCTYPE a><a/>").is_none());
        assert!(document("<a/>").is_some());
    }
}

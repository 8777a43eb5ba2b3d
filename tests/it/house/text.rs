//! Paragraphs of documentation: from comments of Rust sources, and from Markdown.

use super::source::Source;

/// A paragraph, a list item, or a cell of a table. Line breaks are spaces; code and link targets are masked.
pub struct Paragraph {
    pub text: String,
    /// True if a doc comment starts with this paragraph.
    pub starts_doc: bool,
    /// The offset of each line in the text, and its line number.
    lines: Vec<(usize, usize)>,
}

impl Paragraph {
    fn new(line: usize, text: &str) -> Self {
        Self { text: text.to_owned(), starts_doc: false, lines: vec![(0, line)] }
    }

    fn push(&mut self, line: usize, text: &str) {
        self.text.push(' ');
        self.lines.push((self.text.len(), line));
        self.text.push_str(text);
    }

    /// Returns the line number of an offset.
    pub fn line(&self, offset: usize) -> usize {
        self.lines.iter().rev().find(|(start, _)| *start <= offset).map_or(0, |(_, line)| *line)
    }

    pub fn words(&self) -> usize {
        self.text.split_whitespace().count()
    }
}

/// Collects lines into paragraphs.
#[derive(Default)]
struct Collector {
    done: Vec<Paragraph>,
    open: Option<Paragraph>,
    is_fenced: bool,
}

impl Collector {
    fn close(&mut self) {
        self.done.extend(self.open.take());
    }

    fn line(&mut self, number: usize, text: &str) {
        let trimmed = text.trim();
        if trimmed.starts_with("```") {
            self.is_fenced = !self.is_fenced;
            return self.close();
        }
        if self.is_fenced {
            return;
        }
        if trimmed.starts_with('|') {
            self.close();
            let cells = trimmed.trim_matches('|').split(" |").map(str::trim).filter(|cell| !cell.is_empty());
            return self.done.extend(cells.map(|cell| Paragraph::new(number, cell)));
        }
        let content = trimmed.trim_start_matches(['#', '>', '*', '-', ' ']);
        let numbered = content.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(". ");
        let content = numbered.filter(|_| content.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(content);
        if content.len() < trimmed.len() || content.is_empty() {
            self.close();
        }
        match &mut self.open {
            _ if content.is_empty() || content.starts_with("<!--") => {}
            Some(open) => open.push(number, content),
            None => self.open = Some(Paragraph::new(number, content)),
        }
    }

    fn finish(mut self) -> Vec<Paragraph> {
        self.close();
        for paragraph in &mut self.done {
            paragraph.text = mask(&paragraph.text);
        }
        self.done
    }
}

/// Reads the comments of a Rust source.
pub fn comments(source: &Source) -> Vec<Paragraph> {
    let mut collector = Collector::default();
    let mut previous = (0, false);
    for comment in &source.comments {
        let is_next = comment.line == previous.0 + 1 && comment.is_doc == previous.1;
        if !is_next {
            collector.close();
            collector.is_fenced = false;
        }
        previous = (comment.line, comment.is_doc);
        collector.line(comment.line, &comment.text);
        if comment.is_doc && comment.is_first {
            collector.open.iter_mut().for_each(|open| open.starts_doc = true);
        }
    }
    collector.finish()
}

/// Reads the prose of a Markdown file. Code blocks are skipped.
pub fn markdown(text: &str) -> Vec<Paragraph> {
    let mut collector = Collector::default();
    for (index, line) in text.lines().enumerate() {
        if line.starts_with("    ") && collector.open.is_none() {
            continue;
        }
        collector.line(index + 1, line);
    }
    collector.finish()
}

/// Replaces code in backticks and the targets of links by `x`.
fn mask(text: &str) -> String {
    let (mut in_code, mut in_link) = (false, false);
    let mut masked = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '`' => in_code = !in_code,
            '(' if !in_code && masked.ends_with(']') => in_link = true,
            ')' if in_link => in_link = false,
            _ if in_code || in_link => {
                masked.extend(std::iter::repeat_n('x', c.len_utf8()));
                continue;
            }
            _ => {}
        }
        masked.push(c);
    }
    masked
}

#[test]
fn comments_become_paragraphs() {
    let list = "///\n/// - item\n///   more\n/// ```\n/// code\n/// ```\n/// | a | b |\n";
    let text = format!("/// One\n/// two `is what`.\n{list}fn f() {{}} // end\n");
    let found = comments(&Source::parse(&text));
    let texts: Vec<_> = found.iter().map(|p| (p.line(0), p.starts_doc, p.text.as_str())).collect();
    let expected = [
        (1, true, "One two `xxxxxxx`."),
        (4, false, "item more"),
        (9, false, "a"),
        (9, false, "b"),
        (10, false, "end"),
    ];
    assert_eq!(texts, expected);
    assert_eq!(found[0].line(found[0].text.find("two").unwrap()), 2);
    assert_eq!(found[0].words(), 3);
}

#[test]
fn markdown_becomes_paragraphs() {
    let text = "# Title\nA [link](who.md)\nnext.\n\n    code\n\n1. First\n<!-- mark -->\n```sh\ncode\n```\n";
    let texts: Vec<_> = markdown(text).into_iter().map(|paragraph| paragraph.text).collect();
    assert_eq!(texts, ["Title A [link](xxxxxx) next.", "First"]);
}

//! A small lexer for Rust sources: separates code, comments and string literals.

/// A source file, split into its parts.
pub struct Source {
    /// The code. Bytes of comments and of the contents of literals are replaced by spaces, so offsets stay valid.
    pub code: String,
    pub comments: Vec<Comment>,
    pub strings: Vec<Literal>,
}

/// One line of a comment.
#[derive(Debug, PartialEq, Eq)]
pub struct Comment {
    /// The line number, starting at 1.
    pub line: usize,
    pub is_doc: bool,
    /// True if no other comment line of the same kind directly precedes it.
    pub is_first: bool,
    pub text: String,
}

/// One string literal.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// The offset of its first quote in the file.
    pub start: usize,
    /// The text between the quotes. Escapes are kept, except that an escaped line break is removed.
    pub text: String,
}

impl Source {
    /// Splits a file.
    pub fn parse(text: &str) -> Self {
        let code = text.as_bytes().to_vec();
        let mut lexer = Lexer { text, at: 0, code, comments: Vec::new(), strings: Vec::new() };
        while lexer.at < text.len() {
            lexer.step();
        }
        let mut source = Self {
            code: String::from_utf8_lossy(&lexer.code).into_owned(),
            comments: lexer.comments,
            strings: lexer.strings,
        };
        source.mark_first_lines(text);
        source
    }

    /// Returns the line number of an offset, starting at 1.
    pub fn line(&self, offset: usize) -> usize {
        self.code[..offset].matches('\n').count() + 1
    }

    fn mark_first_lines(&mut self, text: &str) {
        let lines: Vec<&str> = text.lines().collect();
        for comment in &mut self.comments {
            let above = comment.line.checked_sub(2).map_or("", |index| lines[index].trim_start());
            comment.is_first = !above.starts_with("//");
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    code: Vec<u8>,
    comments: Vec<Comment>,
    strings: Vec<Literal>,
}

impl Lexer<'_> {
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        if rest.starts_with("//") {
            self.line_comment(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.blank(block_comment(rest));
        } else if let Some(hashes) = raw_string(rest).filter(|_| !self.is_inside_word()) {
            let open = rest.find('"').unwrap() + 1;
            let close = format!("\"{}", "#".repeat(hashes));
            let end = rest[open..].find(&close).map_or(rest.len(), |found| open + found);
            self.string(open, end, (end + close.len()).min(rest.len()));
        } else if rest.starts_with('"') {
            let end = quoted(rest);
            self.string(1, end, (end + 1).min(rest.len()));
        } else if let Some(length) = character(rest) {
            self.blank(length);
        } else {
            self.at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }

    fn is_inside_word(&self) -> bool {
        self.text[..self.at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
    }

    fn line_comment(&mut self, length: usize) {
        let text = &self.text[self.at..self.at + length];
        let is_doc = (text.starts_with("///") && !text.starts_with("////")) || text.starts_with("//!");
        let content = if is_doc { &text[3..] } else { text.trim_start_matches('/') };
        let line = self.text[..self.at].matches('\n').count() + 1;
        let text = content.strip_prefix(' ').unwrap_or(content).trim_end().to_owned();
        self.comments.push(Comment { line, is_doc, is_first: false, text });
        self.blank(length);
    }

    fn string(&mut self, open: usize, end: usize, length: usize) {
        let text = &self.text[self.at + open..self.at + end];
        let text = text.split("\\\n").enumerate().map(|(n, part)| if n == 0 { part } else { part.trim_start() });
        self.strings.push(Literal { start: self.at, text: text.collect() });
        self.blank(length);
    }

    /// Replaces the next bytes by spaces, except line breaks, and moves on.
    fn blank(&mut self, length: usize) {
        for byte in &mut self.code[self.at..self.at + length] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        self.at += length;
    }
}

/// Returns the length of a block comment, nested ones included.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// Returns the number of hashes if a raw string starts here.
fn raw_string(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('b').or_else(|| text.strip_prefix('c')).unwrap_or(text).strip_prefix('r')?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest[hashes..].starts_with('"').then_some(hashes)
}

/// Returns the offset of the closing quote.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (offset, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return offset,
            _ => {}
        }
    }
    text.len()
}

/// Returns the length of a character literal; `None` for a lifetime.
fn character(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('\'')?;
    if rest.starts_with('\\') {
        return rest[2..].find('\'').map(|end| end + 4);
    }
    let first = rest.chars().next()?;
    rest[first.len_utf8()..].starts_with('\'').then_some(first.len_utf8() + 2)
}

#[test]
fn comments_and_strings_leave_the_code() {
    let text = "/// Doc.\nlet a = \"crate::x\"; // trailing\nlet b = r#\"a \" b\"#; /* a /* b */ c */ 'q' '\\'' 'life";
    let source = Source::parse(text);
    assert_eq!(source.code.len(), text.len());
    assert!(!source.code.contains("crate") && !source.code.contains('q'), "{}", source.code);
    assert!(source.code.contains("'life"));
    let strings: Vec<&str> = source.strings.iter().map(|literal| literal.text.as_str()).collect();
    assert_eq!(strings, ["crate::x", "a \" b"]);
    let comments: Vec<_> = source.comments.iter().map(|c| (c.line, c.is_doc, c.is_first, c.text.as_str())).collect();
    assert_eq!(comments, [(1, true, true, "Doc."), (2, false, false, "trailing")]);
    assert_eq!(source.line(source.strings[1].start), 3);
}

#[test]
fn an_escaped_line_break_joins_two_lines() {
    assert_eq!(Source::parse("\"one \\\n    two\"").strings[0].text, "one two");
}

//! Files and functions are short.

use super::source::Source;
use super::{files, root};

const FOLDERS: [&str; 6] = ["src", "crates", "tests", "examples", "benches", "fuzz"];

/// The highest number of lines of a file.
const FILE_LINES: usize = 400;

/// The highest number of lines of a function, from its first line to its closing brace.
const FUNCTION_LINES: usize = 50;

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// Lists the functions of a file. A function inside another one counts for both.
fn functions(source: &Source) -> Vec<Function> {
    let code = &source.code;
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let rest = &code[at..];
        let name: String = rest[3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let is_keyword = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if is_keyword
            && !name.is_empty()
            && let Some(length) = body_end(rest)
        {
            let lines = rest[..length].matches('\n').count() + 1;
            found.push(Function { name, line: source.line(at), lines });
        }
    }
    found
}

/// Returns the offset after the body of the function at the start; `None` for a function without a body.
fn body_end(code: &str) -> Option<usize> {
    let (mut depth, mut is_open) = (0_usize, false);
    for (offset, c) in code.char_indices() {
        match c {
            ';' if depth == 0 => return None,
            '(' | '[' | '{' => {
                is_open |= c == '{' && depth == 0;
                depth += 1;
            }
            ')' | ']' | '}' => {
                depth = depth.checked_sub(1)?;
                if is_open && depth == 0 {
                    return Some(offset + 1);
                }
            }
            _ => {}
        }
    }
    None
}

fn all_files() -> impl Iterator<Item = (String, String)> {
    FOLDERS.into_iter().flat_map(|folder| {
        files(&root().join(folder), "rs").into_iter().map(move |(file, text)| (format!("{folder}/{file}"), text))
    })
}

#[test]
fn files_are_short() {
    let sizes: Vec<(String, usize)> = all_files().map(|(file, text)| (file, text.lines().count())).collect();
    assert!(sizes.len() > 300, "{} files", sizes.len());
    let long: Vec<_> = sizes.iter().filter(|(_, lines)| *lines > FILE_LINES).collect();
    assert!(long.is_empty(), "files with more than {FILE_LINES} lines: {long:#?}");
}

#[test]
fn functions_are_short() {
    let (mut count, mut long) = (0, Vec::new());
    for (file, text) in all_files() {
        for Function { name, line, lines } in functions(&Source::parse(&text)) {
            count += 1;
            if lines > FUNCTION_LINES {
                long.push(format!("{file}:{line}: {name} has {lines} lines"));
            }
        }
    }
    assert!(count > 2000, "{count} functions");
    assert!(long.is_empty(), "functions with more than {FUNCTION_LINES} lines: {long:#?}");
}

#[test]
fn functions_are_measured_from_name_to_brace() {
    let text = "trait T {\n    fn none(&self) -> [u8; 2];\n    fn one(&self) {}\n}\n\
                async fn outer(f: fn(u8), n: [u8; 2])\nwhere\n    u8: Copy,\n{\n    let a = \"}\"; // }\n    \
                fn inner() {\n    }\n}\n// fn comment() {}\nstruct my_fn { fn_ptr: fn(u8) }\n";
    let found = functions(&Source::parse(text));
    let measured: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.line, f.lines)).collect();
    assert_eq!(measured, [("one", 3, 1), ("outer", 5, 8), ("inner", 10, 2)]);
}

#[test]
fn an_open_body_has_no_size() {
    assert_eq!(functions(&Source::parse("fn open() { (\n")), []);
    assert_eq!(functions(&Source::parse("macro!(fn ) fn ")), []);
}

//! Expands calls of `macro_rules!` macros, as far as the item macros of this crate need it.

use std::collections::BTreeMap;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser as _};

/// The rules of one macro.
pub struct Macro(Vec<Rule>);

struct Rule {
    matcher: Vec<TokenTree>,
    body: Vec<TokenTree>,
}

/// The value of a metavariable.
#[derive(Clone)]
enum Bound {
    Tokens(Vec<TokenTree>),
    /// One value for each round of a repetition.
    Rounds(Vec<Bound>),
}

type Bindings = BTreeMap<String, Bound>;

impl Macro {
    /// Reads the body of a `macro_rules!` item.
    pub fn parse(body: TokenStream) -> Self {
        let tokens: Vec<TokenTree> = body.into_iter().collect();
        let rules = tokens.split(|token| is_punct(token, ';')).filter_map(|rule| match rule {
            [TokenTree::Group(matcher), .., TokenTree::Group(body)] => {
                Some(Rule { matcher: contents(matcher), body: contents(body) })
            }
            _ => None,
        });
        Self(rules.collect())
    }

    /// Expands a call; `None` if no rule matches.
    pub fn expand(&self, arguments: &TokenStream) -> Option<TokenStream> {
        let arguments: Vec<TokenTree> = arguments.clone().into_iter().collect();
        let expanded = self.0.iter().find_map(|rule| {
            let mut bindings = Bindings::new();
            let length = matched(&rule.matcher, &arguments, &mut bindings)?;
            (length == arguments.len()).then(|| transcribed(&rule.body, &bindings))
        });
        expanded.map(|tokens| tokens.into_iter().collect())
    }
}

/// A part of a matcher or of a body.
enum Part<'a> {
    Variable(String),
    Repetition { inner: Vec<TokenTree>, separator: Option<&'a TokenTree>, at_most_one: bool },
    Token(&'a TokenTree),
}

/// Reads the first part, and returns it with the number of its tokens.
fn part(tokens: &[TokenTree]) -> (Part<'_>, usize) {
    match tokens {
        [dollar, TokenTree::Ident(name), ..] if is_punct(dollar, '$') => (Part::Variable(name.to_string()), 2),
        [dollar, TokenTree::Group(group), rest @ ..] if is_punct(dollar, '$') => {
            let operator = rest.iter().position(|token| "*+?".chars().any(|c| is_punct(token, c))).unwrap();
            let separator = rest[..operator].first();
            let at_most_one = is_punct(&rest[operator], '?');
            (Part::Repetition { inner: contents(group), separator, at_most_one }, 3 + operator)
        }
        _ => (Part::Token(&tokens[0]), 1),
    }
}

/// Matches the start of the tokens and returns the number of matched tokens.
fn matched(matcher: &[TokenTree], tokens: &[TokenTree], bindings: &mut Bindings) -> Option<usize> {
    let (mut rule, mut at) = (0, 0);
    while rule < matcher.len() {
        let (next, length) = part(&matcher[rule..]);
        rule += length;
        let rest = &tokens[at..];
        at += match next {
            Part::Variable(name) => {
                // The colon and the kind.
                let kind = matcher[rule + 1].to_string();
                rule += 2;
                let length = fragment(&kind, rest)?;
                bindings.insert(name, Bound::Tokens(rest[..length].to_vec()));
                length
            }
            Part::Repetition { inner, separator, at_most_one } => {
                repeated(&inner, separator, at_most_one, rest, bindings)
            }
            Part::Token(TokenTree::Group(group)) => {
                let found = rest.first().and_then(as_group).filter(|found| found.delimiter() == group.delimiter())?;
                let inner = contents(found);
                if matched(&contents(group), &inner, bindings)? != inner.len() {
                    return None;
                }
                1
            }
            Part::Token(token) => {
                rest.first().filter(|found| found.to_string() == token.to_string())?;
                1
            }
        };
    }
    Some(at)
}

/// Matches as many rounds of a repetition as possible and returns the number of matched tokens.
fn repeated(
    inner: &[TokenTree],
    separator: Option<&TokenTree>,
    at_most_one: bool,
    tokens: &[TokenTree],
    bindings: &mut Bindings,
) -> usize {
    let mut rounds: Vec<Bindings> = Vec::new();
    let mut at = 0;
    while at < tokens.len() && !(at_most_one && rounds.len() == 1) {
        let mut start = at;
        if let Some(separator) = separator.filter(|_| !rounds.is_empty()) {
            if tokens[at].to_string() != separator.to_string() {
                break;
            }
            start += 1;
        }
        let mut round = Bindings::new();
        let Some(length) = matched(inner, &tokens[start..], &mut round).filter(|length| *length > 0) else { break };
        at = start + length;
        rounds.push(round);
    }
    for name in variables(inner) {
        let values = rounds.iter_mut().filter_map(|round| round.remove(&name)).collect();
        bindings.insert(name, Bound::Rounds(values));
    }
    at
}

/// Returns the number of tokens of the fragment at the start; `None` if there is no such fragment.
fn fragment(kind: &str, tokens: &[TokenTree]) -> Option<usize> {
    match kind {
        "tt" => (!tokens.is_empty()).then_some(1),
        "ident" => matches!(tokens.first(), Some(TokenTree::Ident(_))).then_some(1),
        "literal" => matches!(tokens.first(), Some(TokenTree::Literal(_))).then_some(1),
        "meta" => prefix::<syn::Meta>(tokens),
        "vis" => prefix::<syn::Visibility>(tokens),
        "ty" => prefix::<syn::Type>(tokens),
        "expr" => prefix::<syn::Expr>(tokens),
        other => panic!("this expansion knows no fragments of the kind {other}"),
    }
}

/// Returns the number of tokens of the syntax at the start.
fn prefix<T: Parse>(tokens: &[TokenTree]) -> Option<usize> {
    let parser = |input: ParseStream<'_>| {
        input.parse::<T>()?;
        input.parse::<TokenStream>()
    };
    let rest = parser.parse2(tokens.iter().cloned().collect()).ok()?;
    Some(tokens.len() - rest.into_iter().count())
}

/// Lists the variables of a matcher or of a body.
fn variables(tokens: &[TokenTree]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => found.extend(variables(&contents(group))),
            TokenTree::Ident(name) if at > 0 && is_punct(&tokens[at - 1], '$') => found.push(name.to_string()),
            _ => {}
        }
    }
    found
}

fn transcribed(body: &[TokenTree], bindings: &Bindings) -> Vec<TokenTree> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < body.len() {
        let (next, length) = part(&body[at..]);
        at += length;
        match next {
            Part::Variable(name) if name == "crate" => found.push(Ident::new("crate", body[at - 1].span()).into()),
            Part::Variable(name) => match bindings.get(&name) {
                Some(Bound::Tokens(tokens)) => found.extend_from_slice(tokens),
                _ => panic!("${name} has no single value"),
            },
            Part::Repetition { inner, separator, .. } => {
                for (index, round) in rounds(&inner, bindings).iter().enumerate() {
                    found.extend(separator.filter(|_| index > 0).cloned());
                    found.extend(transcribed(&inner, round));
                }
            }
            Part::Token(TokenTree::Group(group)) => {
                let inner = transcribed(&contents(group), bindings).into_iter().collect();
                found.push(Group::new(group.delimiter(), inner).into());
            }
            Part::Token(token) => found.push(token.clone()),
        }
    }
    found
}

/// Returns the bindings of each round of a repetition in a body.
fn rounds(inner: &[TokenTree], bindings: &Bindings) -> Vec<Bindings> {
    let repeated: Vec<(String, &Vec<Bound>)> = variables(inner)
        .into_iter()
        .filter_map(|name| match bindings.get(&name) {
            Some(Bound::Rounds(values)) => Some((name, values)),
            _ => None,
        })
        .collect();
    let count = repeated.iter().map(|(_, values)| values.len()).min().unwrap_or(0);
    let round = |index: usize| {
        let mut round = bindings.clone();
        round.extend(repeated.iter().map(|(name, values)| (name.clone(), values[index].clone())));
        round
    };
    (0..count).map(round).collect()
}

fn contents(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

fn as_group(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) => Some(group),
        _ => None,
    }
}

fn is_punct(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == c)
}

#[test]
fn rules_are_tried_in_order() {
    let expand = |arguments: &str| {
        let rules = "($($name:ident = $text:literal),+) => { $( fn $name() -> &str { $text } )+ };
                     ($vis:vis $(#[$meta:meta])? $name:ident: Option<$Type:ty>) => { $vis $name [$($meta)?] ($Type) };
                     (@all [$first:expr, $($rest:tt)*] $($tail:tt)*) => { $crate::f!($first; $($rest)*) };";
        let found = Macro::parse(rules.parse().unwrap()).expand(&arguments.parse().unwrap());
        found.map(|tokens| tokens.to_string().replace(' ', ""))
    };
    assert_eq!(expand("a = \"x\", b = \"y\"").unwrap(), "fna()->&str{\"x\"}fnb()->&str{\"y\"}");
    assert_eq!(expand("pub(crate) a: Option<Vec<u8>>").unwrap(), "pub(crate)a[](Vec<u8>)");
    assert_eq!(expand("#[doc = \"x\"] a: Option<u8>").unwrap(), "a[doc=\"x\"](u8)");
    assert_eq!(expand("@all [1 + f(2), 3, 4] more").unwrap(), "crate::f!(1+f(2);3,4)");
    assert_eq!(expand("a = \"x\", b = c"), None);
}

#[test]
fn repetitions_nest() {
    let rules = "($( $name:ident { $( $field:ident: $Type:ty, )* } )*) => { $( $( $name.$field: $Type; )* )* };";
    let found =
        Macro::parse(rules.parse().unwrap()).expand(&"A { a: u8, b: [u8; 2], } B { c: C<D>, }".parse().unwrap());
    assert_eq!(found.unwrap().to_string().replace(' ', ""), "A.a:u8;A.b:[u8;2];B.c:C<D>;");
}

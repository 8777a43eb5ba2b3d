//! A small writer for SVG files that render on GitHub and inside rustdoc.

use std::fmt::Write as _;

/// Colours that are readable on the drawing's own background.
pub mod colour {
    pub const PAPER: &str = "#ffffff";
    pub const BORDER: &str = "#d0d7de";
    pub const INK: &str = "#1f2328";
    pub const MUTED: &str = "#59636e";
    pub const GUIDE: &str = "#c6ccd4";
    pub const BLUE: &str = "#0a58b8";
    pub const ORANGE: &str = "#b04600";
}

/// A drawing. All positions are pixels.
pub struct Svg {
    text: String,
}

/// A line's look.
#[derive(Clone, Copy)]
pub struct Stroke {
    pub colour: &'static str,
    pub is_dashed: bool,
}

/// The direction in which an arrow points.
#[derive(Clone, Copy)]
pub enum Heading {
    Left,
    Right,
    Up,
    Down,
}

/// The style of a text.
#[derive(Clone, Copy)]
pub struct Font {
    pub size: i32,
    pub is_bold: bool,
    pub colour: &'static str,
    /// `start`, `middle` or `end`.
    pub anchor: &'static str,
}

impl Font {
    pub const fn new(size: i32, anchor: &'static str) -> Self {
        Self { size, is_bold: false, colour: colour::INK, anchor }
    }

    pub const fn bold(self) -> Self {
        Self { is_bold: true, ..self }
    }

    pub const fn muted(self) -> Self {
        Self { colour: colour::MUTED, ..self }
    }
}

impl Svg {
    /// Starts a drawing. The title and the description are for screen readers; the id is unique on the page.
    pub fn new(id: &str, (width, height): (i32, i32), title: &str, description: &str) -> Self {
        let mut text = String::new();
        // One tag on one line: Markdown takes it as the start of a block of HTML, which ends at a blank line.
        let _ = writeln!(
            text,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" style=\"max-width:100%;height:auto\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\" \
             font-family=\"Arial, Helvetica, 'Liberation Sans', sans-serif\">"
        );
        let _ = writeln!(text, "<title id=\"{id}-title\">{}</title>", escaped(title));
        let _ = writeln!(text, "<desc id=\"{id}-desc\">{}</desc>", escaped(description));
        let mut drawing = Self { text };
        drawing.rect((0, 0), (width, height), 8, colour::PAPER, Some(colour::BORDER), false);
        drawing
    }

    pub fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }

    /// Opens a group with a tooltip.
    pub fn open(&mut self, tooltip: &str) {
        let _ = writeln!(self.text, "<g><title>{}</title>", escaped(tooltip));
    }

    /// Closes a group.
    pub fn close(&mut self) {
        self.text.push_str("</g>\n");
    }

    pub fn rect(
        &mut self,
        (x, y): (i32, i32),
        (width, height): (i32, i32),
        radius: i32,
        fill: &str,
        border: Option<&str>,
        is_dashed: bool,
    ) {
        // Half a pixel inwards, so that borders are sharp and inside the drawing.
        let (x, y, width, height) = match border {
            Some(_) => (format!("{x}.5"), format!("{y}.5"), width - 1, height - 1),
            None => (x.to_string(), y.to_string(), width, height),
        };
        let _ = write!(self.text, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"");
        if radius > 0 {
            let _ = write!(self.text, " rx=\"{radius}\"");
        }
        if let Some(border) = border {
            let _ = write!(self.text, " stroke=\"{border}\"");
        }
        self.text.push_str(if is_dashed { " stroke-dasharray=\"4 3\"/>\n" } else { "/>\n" });
    }

    pub fn text(&mut self, (x, y): (i32, i32), font: Font, text: &str) {
        let Font { size, is_bold, colour, anchor } = font;
        let text = escaped(text);
        let weight = if is_bold { " font-weight=\"600\"" } else { "" };
        let _ = writeln!(
            self.text,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{weight} fill=\"{colour}\" \
             text-anchor=\"{anchor}\">{text}</text>"
        );
    }

    /// Draws lines from point to point.
    pub fn line(&mut self, points: &[(i32, i32)], stroke: Stroke) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let dash = if stroke.is_dashed { " stroke-dasharray=\"5 3\"" } else { "" };
        let _ = writeln!(
            self.text,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"{dash}/>",
            points.join(" "),
            stroke.colour
        );
    }

    /// Draws an arrowhead with its tip at a point: filled for solid lines, hollow for dashed ones.
    pub fn head(&mut self, (x, y): (i32, i32), heading: Heading, stroke: Stroke) {
        let path = match heading {
            Heading::Right => "l-9 -4.5v9z",
            Heading::Left => "l9 -4.5v9z",
            Heading::Up => "l-4.5 9h9z",
            Heading::Down => "l-4.5 -9h9z",
        };
        let fill = if stroke.is_dashed { colour::PAPER } else { stroke.colour };
        let _ = writeln!(
            self.text,
            "<path d=\"M{x} {y}{path}\" fill=\"{fill}\" stroke=\"{}\" stroke-width=\"1.3\" stroke-linejoin=\"round\"/>",
            stroke.colour
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

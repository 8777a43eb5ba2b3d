//! The way of a case from a processor's webhook to the vendors, and of the result back, as a picture.

use super::svg::{Font, Heading, Stroke, Svg, colour};

const FORWARD: Stroke = Stroke { colour: colour::BLUE, is_dashed: false };
const BACK: Stroke = Stroke { colour: colour::ORANGE, is_dashed: true };

/// The top and the bottom of the main row.
const TOP: i32 = 58;
const BOTTOM: i32 = 290;

const TITLE: &str = "From a processor's webhook to the vendors";
const DESCRIPTION: &str = "Processors send webhooks. The module webhooks verifies and reads them. A Chargeback comes \
    from a webhook or from the application. A Reporter applies the lifecycle rules, reads and writes the ledger, and \
    calls one HttpProvider for each vendor. In a provider, the engine orders, retries and looks up, the connector \
    translates, and the transport sends HTTP requests to the vendor. A receipt or an error goes back to the reporter, \
    and the outcomes of all vendors go back to the application.";

/// A box with a heading and lines of text.
struct Part<'a> {
    at: (i32, i32),
    size: (i32, i32),
    fill: &'a str,
    heading: &'a str,
    lines: &'a [&'a str],
    /// True for parts outside this crate.
    is_outside: bool,
}

impl Part<'_> {
    fn draw(&self, svg: &mut Svg) {
        let border = if self.is_outside { colour::MUTED } else { colour::INK };
        svg.rect(self.at, self.size, 6, self.fill, Some(border), self.is_outside);
        let x = self.at.0 + self.size.0 / 2;
        svg.text((x, self.at.1 + 20), Font::new(13, "middle").bold(), self.heading);
        let lines = self.lines.iter().zip((self.at.1 + 38..).step_by(15));
        for (line, y) in lines.filter(|(line, _)| !line.is_empty()) {
            svg.text((x, y), Font::new(11, "middle").muted(), line);
        }
    }
}

fn right(svg: &mut Svg, from: i32, to: i32, y: i32) {
    svg.line(&[(from, y), (to - 5, y)], FORWARD);
    svg.head((to, y), Heading::Right, FORWARD);
}

fn left(svg: &mut Svg, from: i32, to: i32, y: i32) {
    svg.line(&[(from, y), (to + 9, y)], BACK);
    svg.head((to, y), Heading::Left, BACK);
}

pub fn picture() -> String {
    let mut svg = Svg::new("dataflow", (958, 366), TITLE, DESCRIPTION);
    svg.text((18, 32), Font::new(15, "start").bold(), TITLE);
    sources(&mut svg);
    reporter(&mut svg);
    provider(&mut svg);
    vendors(&mut svg);
    way_back(&mut svg);
    svg.finish()
}

/// Draws the processors, the application and the model.
fn sources(svg: &mut Svg) {
    let height = 102;
    let processors = ["Stripe, Adyen,", "PayPal, Braintree,", "Checkout.com,", "Pipwave"];
    let outside = |at, size, heading, lines| Part { at, size, fill: "#eceff3", heading, lines, is_outside: true };
    let inside = |at, size, heading, lines| Part { at, size, fill: "#dfeafa", heading, lines, is_outside: false };
    outside((16, TOP), (118, height), "Processors", &processors).draw(svg);
    inside((164, TOP), (124, height), "webhooks", &["verifies signatures,", "reads events"]).draw(svg);
    inside((318, TOP), (94, height), "Chargeback", &["one model:", "stage, reason,", "money, ids"]).draw(svg);
    outside((16, 222), (118, 98), "Your application", &["builds cases,", "handles outcomes"]).draw(svg);
    for (from, to) in [(134, 164), (288, 318), (412, 442)] {
        right(svg, from, to, TOP + 51);
    }
    svg.line(&[(134, 250), (365, 250), (365, TOP + height + 5)], FORWARD);
    svg.head((365, TOP + height), Heading::Up, FORWARD);
    svg.text((148, 243), Font::new(11, "start"), "ChargebackBuilder");
}

/// Draws the reporter with its two helpers.
fn reporter(svg: &mut Svg) {
    let part = |at, size, fill, heading, lines, is_outside| Part { at, size, fill, heading, lines, is_outside };
    let lines = ["one case to many vendors"];
    part((442, TOP), (152, BOTTOM - TOP), "#fbeed6", "Reporter", &lines, false).draw(svg);
    let lines = ["skips late, repeated and", "impossible stages"];
    part((450, TOP + 58), (136, 66), colour::PAPER, "Lifecycle", &lines, false).draw(svg);
    let lines = ["last reported stage,", "in your database"];
    part((450, TOP + 146), (136, 66), colour::PAPER, "Ledger", &lines, true).draw(svg);
}

/// Draws a provider, in front of those of the other vendors.
fn provider(svg: &mut Svg) {
    let size = (138, BOTTOM - TOP);
    for offset in [8, 4] {
        svg.rect((660 + offset, TOP + offset), size, 6, "#e0f2e3", Some(colour::MUTED), false);
    }
    Part { at: (660, TOP), size, fill: "#e0f2e3", heading: "HttpProvider", lines: &[], is_outside: false }.draw(svg);
    let parts = [
        ("Connector", ["translates,", "without any I/O"]),
        ("Engine", ["order per case,", "retries, lookups"]),
        ("Transport", ["HTTP: reqwest,", "or your own"]),
    ];
    for ((heading, lines), y) in parts.iter().zip((TOP + 30..).step_by(67)) {
        Part { at: (670, y), size: (118, 61), fill: colour::PAPER, heading, lines, is_outside: false }.draw(svg);
    }
    right(svg, 594, 660, TOP + 40);
    svg.text((623, TOP + 33), Font::new(11, "middle"), "report");
    svg.text((732, BOTTOM + 24), Font::new(11, "middle").muted(), "one for each vendor");
}

fn vendors(svg: &mut Svg) {
    let lines = ["", "Thirdwatch", "", "RevCent", "", "Tutelar", "", "Spade", "", "Pipwave", "", "or your own"];
    let size = (82, BOTTOM - TOP);
    Part { at: (860, TOP), size, fill: "#eceff3", heading: "Vendors", lines: &lines, is_outside: true }.draw(svg);
    right(svg, 806, 860, TOP + 40);
    svg.text((831, TOP + 33), Font::new(11, "middle"), "request");
    left(svg, 860, 806, TOP + 179);
    svg.text((835, TOP + 171), Font::new(11, "middle"), "reply");
}

/// Draws the result: from a provider to the reporter and to the application.
fn way_back(svg: &mut Svg) {
    left(svg, 660, 594, TOP + 179);
    svg.text((628, TOP + 171), Font::new(11, "middle"), "Receipt");
    svg.text((628, TOP + 196), Font::new(11, "middle"), "or Error");
    svg.line(&[(518, BOTTOM), (518, 308), (143, 308)], BACK);
    svg.head((134, 308), Heading::Left, BACK);
    svg.text((152, 301), Font::new(11, "start"), "Outcomes: a receipt or an error for each vendor");
    let note = "A receipt lists the sent values and every loss. An error states whether the vendor acted.";
    svg.text((152, 330), Font::new(11, "start").muted(), note);
    svg.text((16, 350), Font::new(11, "start").muted(), "Parts with dashed borders are outside this crate.");
}

//! The states of a lane of the outbox as a picture.

use chargeback::outbox::LaneState;

use super::svg::{Font, Heading, Stroke, Svg, colour};

const WORK: Stroke = Stroke { colour: colour::BLUE, is_dashed: false };
const PERSON: Stroke = Stroke { colour: colour::ORANGE, is_dashed: true };

const TOP: i32 = 116;
const SIZE: (i32, i32) = (150, 72);
const BOTTOM: i32 = TOP + SIZE.1;

const TITLE: &str = "States of a lane: the reports of one case to one vendor";
const DESCRIPTION: &str = "A lane is idle, ready, leased or blocked. Enqueue makes an idle lane ready. A claim makes a \
    ready lane leased. An acknowledged report makes a leased lane idle, or ready with the next report. A retry or the \
    end of a lease makes it ready again. If a person is needed, it is blocked. A person makes it ready again by retry, \
    replace or resolve, or passes the report by skip.";

/// Returns the left edge of a state's box.
fn left(state: LaneState) -> i32 {
    let column = LaneState::ALL.iter().position(|other| *other == state).unwrap();
    24 + 232 * i32::try_from(column).unwrap()
}

fn middle(state: LaneState) -> i32 {
    left(state) + SIZE.0 / 2
}

pub fn picture() -> String {
    let mut svg = Svg::new("outbox", (894, 322), TITLE, DESCRIPTION);
    svg.text((18, 32), Font::new(15, "start").bold(), TITLE);
    for (state, fill, lines) in [
        (LaneState::Idle, "#eceff3", ["nothing to send", ""]),
        (LaneState::Ready, "#dfeafa", ["the head is sent", "at its due time"]),
        (LaneState::Leased, "#fbeed6", ["one worker sends", "the head"]),
        (LaneState::Blocked, "#f9e0dc", ["a person must act;", "later reports wait"]),
    ] {
        svg.rect((left(state), TOP), SIZE, 6, fill, Some(colour::INK), false);
        svg.text((middle(state), TOP + 24), Font::new(13, "middle").bold(), state.as_str());
        for (line, y) in lines.iter().zip([TOP + 44, TOP + 59]).filter(|(line, _)| !line.is_empty()) {
            svg.text((middle(state), y), Font::new(11, "middle").muted(), line);
        }
    }
    between(&mut svg);
    around(&mut svg);
    legend(&mut svg);
    svg.finish()
}

/// Draws the arrows between neighbours.
fn between(svg: &mut Svg) {
    for (from, to, text) in [
        (LaneState::Idle, LaneState::Ready, "enqueue"),
        (LaneState::Ready, LaneState::Leased, "claim"),
        (LaneState::Leased, LaneState::Blocked, "needs a"),
    ] {
        let (start, end) = (left(from) + SIZE.0, left(to));
        svg.line(&[(start, TOP + 22), (end - 5, TOP + 22)], WORK);
        svg.head((end, TOP + 22), Heading::Right, WORK);
        svg.text((i32::midpoint(start, end) - 2, TOP + 15), Font::new(11, "middle"), text);
    }
    let (start, end) = (left(LaneState::Leased), left(LaneState::Ready) + SIZE.0);
    svg.line(&[(start, TOP + 50), (end + 5, TOP + 50)], WORK);
    svg.head((end, TOP + 50), Heading::Left, WORK);
    let x = i32::midpoint(start, end);
    svg.text((x, TOP + 44), Font::new(11, "middle"), "later");
    svg.text((x, TOP + 66), Font::new(11, "middle"), "lease ends");
    let x = i32::midpoint(left(LaneState::Leased) + SIZE.0, left(LaneState::Blocked)) - 2;
    svg.text((x, TOP + 37), Font::new(11, "middle"), "person");
}

/// Draws the arrows above and below the boxes.
fn around(svg: &mut Svg) {
    let (idle, ready, leased, blocked) =
        (middle(LaneState::Idle), middle(LaneState::Ready), middle(LaneState::Leased), middle(LaneState::Blocked));
    svg.line(&[(leased, BOTTOM), (leased, BOTTOM + 34), (idle + 24, BOTTOM + 34), (idle + 24, BOTTOM + 5)], WORK);
    svg.head((idle + 24, BOTTOM), Heading::Up, WORK);
    svg.line(&[(ready, BOTTOM + 34), (ready, BOTTOM + 5)], WORK);
    svg.head((ready, BOTTOM), Heading::Up, WORK);
    svg.text((ready + 12, BOTTOM + 28), Font::new(11, "start"), "acknowledged or skipped: the next report");
    svg.text((idle + 34, BOTTOM + 28), Font::new(11, "start"), "no next report");
    svg.line(&[(blocked, BOTTOM), (blocked, BOTTOM + 66), (idle - 24, BOTTOM + 66), (idle - 24, BOTTOM + 5)], PERSON);
    svg.head((idle - 24, BOTTOM), Heading::Up, PERSON);
    svg.text((leased, BOTTOM + 60), Font::new(11, "middle"), "skip, or resolve as applied: the report is passed");
    svg.line(&[(blocked, TOP), (blocked, TOP - 40), (ready, TOP - 40), (ready, TOP - 5)], PERSON);
    svg.head((ready, TOP), Heading::Down, PERSON);
    svg.text((leased, TOP - 46), Font::new(11, "middle"), "retry, replace, resolve: sent again");
}

fn legend(svg: &mut Svg) {
    let y = 304;
    for (x, stroke, text) in [(24, WORK, "by the application and its workers"), (300, PERSON, "by a person")] {
        svg.line(&[(x, y - 4), (x + 32, y - 4)], stroke);
        svg.head((x + 36, y - 4), Heading::Right, stroke);
        svg.text((x + 46, y), Font::new(12, "start"), text);
    }
}

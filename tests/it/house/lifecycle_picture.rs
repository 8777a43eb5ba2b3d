//! The stage graph as a picture: one row for each stage, one column for each stage that a case can move to.

use chargeback::Stage;
use chargeback::lifecycle::Transition;

use super::svg::{Font, Heading, Stroke, Svg, colour};

/// A part of a case's life.
struct Phase {
    name: &'static str,
    tint: &'static str,
    stages: &'static [Stage],
}

const PHASES: [Phase; 5] = [
    Phase { name: "before", tint: "#eceff3", stages: &[Stage::Alert, Stage::Inquiry] },
    Phase { name: "received", tint: "#dfeafa", stages: &[Stage::Received] },
    Phase {
        name: "in dispute",
        tint: "#fbeed6",
        stages: &[Stage::Contested, Stage::UnderReview, Stage::PreArbitration, Stage::Arbitration],
    },
    Phase {
        name: "outcome",
        tint: "#e0f2e3",
        stages: &[
            Stage::Accepted,
            Stage::Won,
            Stage::Lost,
            Stage::Reversed,
            Stage::Refunded,
            Stage::Withdrawn,
            Stage::Expired,
        ],
    },
    Phase { name: "closed", tint: "#e6e3ee", stages: &[Stage::Closed] },
];

const COLUMN: i32 = 62;
const ROW: i32 = 40;
const LEFT: i32 = 14;
const TOP: i32 = 98;
/// Half of a box's width and height.
const BOX: (i32, i32) = (30, 16);

const ADVANCE: Stroke = Stroke { colour: colour::BLUE, is_dashed: false };
const REOPEN: Stroke = Stroke { colour: colour::ORANGE, is_dashed: true };

/// Returns the stages in the order of the columns.
fn columns() -> Vec<Stage> {
    let stages: Vec<Stage> = PHASES.iter().flat_map(|phase| phase.stages).copied().collect();
    assert_eq!(stages.len(), Stage::ALL.len(), "PHASES must have each stage once");
    assert!(Stage::ALL.iter().all(|stage| stages.contains(stage)), "PHASES must have each stage once");
    stages
}

/// Returns the columns that a stage can move to by this kind of step.
fn targets(stages: &[Stage], from: usize, kind: Transition) -> Vec<usize> {
    (0..stages.len()).filter(|to| stages[from].transition_to(stages[*to]) == kind).collect()
}

fn count(stages: &[Stage], kind: Transition) -> usize {
    (0..stages.len()).map(|from| targets(stages, from, kind).len()).sum()
}

fn x(column: usize) -> i32 {
    LEFT + COLUMN * i32::try_from(column).unwrap() + COLUMN / 2
}

fn y(row: usize) -> i32 {
    TOP + ROW * i32::try_from(row).unwrap() + ROW / 2
}

pub fn picture() -> String {
    let stages = columns();
    let size = (x(stages.len()) - COLUMN / 2 + LEFT, y(stages.len()) - ROW / 2 + 62);
    let title = "Stages of a chargeback and the transitions between them";
    let description = format!(
        "A table with a row and a column for each of {} stages. In each row, arrowheads mark the stages that a case \
         can move to: {} advances with solid lines and {} reopens with dashed lines. All others are illegal.",
        stages.len(),
        count(&stages, Transition::Advance),
        count(&stages, Transition::Reopen)
    );
    let mut svg = Svg::new("lifecycle", size, title, &description);
    svg.text((LEFT + 4, 26), Font::new(15, "start").bold(), title);
    bands(&mut svg, stages.len());
    for (column, stage) in stages.iter().enumerate() {
        label(&mut svg, (x(column), TOP - 16), *stage, Font::new(11, "middle").muted());
    }
    for row in 0..stages.len() {
        arrows(&mut svg, &stages, row);
    }
    legend(&mut svg, &stages, y(stages.len()) - ROW / 2 + 26);
    svg.finish()
}

/// Draws the phases as coloured columns, and a guide for each stage.
fn bands(svg: &mut Svg, count: usize) {
    let mut column = 0;
    let height = ROW * i32::try_from(count).unwrap();
    for phase in &PHASES {
        let width = COLUMN * i32::try_from(phase.stages.len()).unwrap();
        let left = x(column) - COLUMN / 2;
        svg.rect((left + 1, 40), (width - 2, TOP - 40 + height), 4, phase.tint, None, false);
        svg.text((left + width / 2, 56), Font::new(12, "middle").bold(), phase.name);
        column += phase.stages.len();
    }
    for column in 0..count {
        svg.line(&[(x(column), TOP), (x(column), TOP + height)], Stroke { colour: colour::GUIDE, is_dashed: false });
    }
}

/// Writes a stage's name around a point, in two lines if it has two parts.
fn label(svg: &mut Svg, (x, y): (i32, i32), stage: Stage, font: Font) {
    match stage.as_str().split_once('_') {
        Some((first, second)) => {
            svg.text((x, y - 2), font, &format!("{first}_"));
            svg.text((x, y + 10), font, second);
        }
        None => svg.text((x, y + 4), font, stage.as_str()),
    }
}

/// Draws a row: the box of the stage in its own column, and a line with heads in each direction.
fn arrows(svg: &mut Svg, stages: &[Stage], row: usize) {
    let advances = targets(stages, row, Transition::Advance);
    let reopens = targets(stages, row, Transition::Reopen);
    let names = |targets: &[usize]| -> String {
        let names: Vec<&str> = targets.iter().map(|target| stages[*target].as_str()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    svg.open(&format!("{}: advances: {}; reopens: {}", stages[row], names(&advances), names(&reopens)));
    for (targets, stroke, offset) in [(&advances, ADVANCE, -6), (&reopens, REOPEN, 6)] {
        let line = y(row) + offset;
        let (left, right): (Vec<usize>, Vec<usize>) = targets.iter().partition(|target| **target < row);
        if let Some(last) = left.first() {
            svg.line(&[(x(row) - BOX.0, line), (x(*last) + 4, line)], stroke);
            for target in left {
                svg.head((x(target) - 5, line), Heading::Left, stroke);
            }
        }
        if let Some(last) = right.last() {
            svg.line(&[(x(row) + BOX.0, line), (x(*last) - 4, line)], stroke);
            for target in right {
                svg.head((x(target) + 5, line), Heading::Right, stroke);
            }
        }
    }
    let corner = (x(row) - BOX.0, y(row) - BOX.1);
    svg.rect(corner, (2 * BOX.0, 2 * BOX.1), 5, colour::PAPER, Some(colour::INK), false);
    label(svg, (x(row), y(row)), stages[row], Font::new(11, "middle").bold());
    svg.close();
}

fn legend(svg: &mut Svg, stages: &[Stage], y: i32) {
    let font = Font::new(12, "start");
    let left = LEFT + 6;
    for (at, stroke, kind, meaning) in
        [(left, ADVANCE, Transition::Advance, "advances"), (left + 300, REOPEN, Transition::Reopen, "reopens")]
    {
        svg.line(&[(at, y - 4), (at + 32, y - 4)], stroke);
        svg.head((at + 36, y - 4), Heading::Right, stroke);
        let use_of = if kind == Transition::Advance { "the case moves on" } else { "an earlier result is undone" };
        svg.text((at + 46, y), font, &format!("{} {meaning}: {use_of}", count(stages, kind)));
    }
    let note = "Read a row from its box: each arrowhead is in the column of a stage that can come next. \
                A stage without an arrowhead cannot.";
    svg.text((left, y + 22), font.muted(), note);
}

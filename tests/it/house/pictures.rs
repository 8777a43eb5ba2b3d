//! The pictures in `docs/` are generated from the code.

use super::{check_generated, dataflow_picture, lifecycle_picture};

/// Fails if a picture would not render inside rustdoc's Markdown, on GitHub or on the registry's page.
fn check(path: &str, picture: &str) {
    assert!(picture.len() < 40_000, "{path} has {} bytes", picture.len());
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert!(picture.lines().next().unwrap().ends_with('>'), "{path}: the first tag must be complete on its line");
    assert!(picture.lines().all(|line| line.starts_with('<')), "{path}: a line starts with no tag");
    assert!(picture.contains("<title id=") && picture.contains("<desc id="));
    for outside in ["<script", "<style", "href", "url(", "<image", "<foreignObject"] {
        assert!(!picture.contains(outside), "{path} has {outside}");
    }
    check_generated(path, picture);
}

#[test]
fn the_stage_graph_is_current() {
    check("docs/lifecycle.svg", &lifecycle_picture::picture());
}

#[test]
fn the_data_flow_is_current() {
    check("docs/dataflow.svg", &dataflow_picture::picture());
}

#[cfg(feature = "outbox")]
#[test]
fn the_states_of_a_lane_are_current() {
    check("docs/outbox.svg", &super::outbox_picture::picture());
}

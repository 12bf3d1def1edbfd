//! Every report format, from one recorded run with every verdict in it.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use conformance::report::model::{Event, RunReport, Sink, Totals, Verdict};
use conformance::report::{Github, Human, JsonOut, files, page};

fn sample() -> RunReport {
    serde_json::from_str(include_str!("report/sample.json")).unwrap()
}

/// The events of a run that ends with `report`.
fn play(sink: &mut dyn Sink, report: &RunReport) {
    sink.event(&Event::RunStarted(Box::new(report.header.clone()))).unwrap();
    for case in &report.cases {
        sink.event(&Event::CaseStarted { id: case.id.clone(), summary: case.summary.clone() }).unwrap();
        sink.event(&Event::CaseFinished(Box::new(case.clone()))).unwrap();
    }
    sink.event(&Event::RunFinished(Box::new(report.clone()))).unwrap();
}

fn plain(render: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    render(&mut out);
    let mut stripped = anstream::StripStream::new(Vec::new());
    std::io::Write::write_all(&mut stripped, &out).unwrap();
    String::from_utf8(stripped.into_inner()).unwrap()
}

#[test]
fn the_sample_has_every_verdict_but_info() {
    let report = sample();
    let totals = Totals::of(&report.cases, report.header.selection.level);
    assert_eq!(totals, report.totals);
    assert_eq!(totals.by_verdict.len(), 8);
    assert!(!totals.by_verdict.contains_key(&Verdict::Info));
}

#[test]
fn people_read_failures_by_requirement_and_the_numbers_last() {
    let text = plain(|out| play(&mut Human::new(out, "target/conformance"), &sample()));
    insta::assert_snapshot!(text);
    assert_eq!(text.lines().last().unwrap(), sample().totals.line());
}

#[test]
fn github_gets_an_annotation_for_each_failure() {
    let text = plain(|out| play(&mut Github::new(out), &sample()));
    insta::assert_snapshot!(text);
}

#[test]
fn json_lines_end_with_the_numbers() {
    let text = plain(|out| play(&mut JsonOut::new(out), &sample()));
    let (events, last) = text.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(last, sample().totals.line());
    let kinds: Vec<Event> = events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(kinds.len(), 2 + 2 * sample().cases.len());
    assert_eq!(kinds.last().unwrap(), &Event::RunFinished(Box::new(sample())));
}

#[test]
fn the_files_are_written_whole() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("not/there/yet");
    for mut sink in files(&out) {
        play(sink.as_mut(), &sample());
    }
    let mut names: Vec<_> =
        std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["junit.xml", "report.html", "report.json"]);
    let json = std::fs::read_to_string(out.join("report.json")).unwrap();
    assert_eq!(serde_json::from_str::<RunReport>(&json).unwrap(), sample());
    insta::assert_snapshot!(std::fs::read_to_string(out.join("junit.xml")).unwrap());
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut sinks = files(file.path());
    let error = sinks[0].event(&Event::RunFinished(Box::new(sample()))).unwrap_err().to_string();
    assert!(error.contains("report.json: "), "{error}");
}

#[test]
fn the_page_needs_nothing_else_and_escapes_everything() {
    let report = sample();
    let html = page(&report);
    assert!(!html.contains("<script>alert(1)"), "a requirement's text is text");
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    for outside in ["<link", "src=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    for case in &report.cases {
        assert!(html.contains(&format!("id=\"case-{}\"", case.id)));
        for check in &case.checks {
            assert!(html.contains(&format!("<code class=\"id\">{}</code>", check.id)), "{}", check.full_id);
        }
    }
    assert_eq!(html, page(&report), "the same run gives the same page");
}

#[test]
fn a_long_timeline_is_cut_in_the_middle() {
    let mut report = sample();
    let case = &mut report.cases[0];
    let line = case.timeline[0].clone();
    case.timeline =
        (0..5_000).map(|seq| conformance::report::model::WireEntry { seq, ..line.clone() }).collect();
    let html = page(&report);
    assert!(html.contains("4800 more, see the journal under Evidence"));
    assert!(html.len() < 1_000_000);
}

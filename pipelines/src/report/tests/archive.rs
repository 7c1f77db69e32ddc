//! What was issued stays as it was.

use super::{hub, made, monday, week};
use crate::report::{Archive, FOLDER, Form, Lang, Report};
use std::fs;
use tempfile::TempDir;

fn late(mut report: Report) -> Report {
    let figure = report
        .sections
        .iter_mut()
        .flat_map(|section| &mut section.figures)
        .find(|one| one.metric == "laporan.pengiriman.belum");
    figure.unwrap().value = Some(0.0);
    report.seq += 10;
    report.made_at += chrono::TimeDelta::days(1);
    report
}

fn archive() -> (TempDir, Archive) {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::new(folder.path());
    (folder, archive)
}

#[test]
fn late_data_give_a_new_issue_that_says_what_changed() {
    let (_folder, archive) = archive();
    assert!(archive.weeks().unwrap().is_empty());
    let first = archive.issue_next(made(&hub(), monday())).unwrap();
    assert!(first.is_new && first.report.version == 1 && first.report.changes.is_empty());
    let pdf = archive.bytes(week(), None, Form::Pdf(Lang::Id)).unwrap();

    // The same again, later: no issue.
    let mut same = made(&hub(), monday());
    same.seq += 5;
    same.made_at += chrono::TimeDelta::hours(1);
    let again = archive.issue_next(same).unwrap();
    assert!(!again.is_new && again.report == first.report);

    let second = archive.issue_next(late(made(&hub(), monday()))).unwrap();
    assert!(second.is_new && second.report.version == 2);
    let said: Vec<&str> = second
        .report
        .changes
        .iter()
        .map(|change| change.sentence.id.as_str())
        .collect();
    assert_eq!(said, ["Kiriman yang belum masuk: 0, sebelumnya 2."]);
    assert_eq!(archive.versions(week()).unwrap(), [1, 2]);
    assert_eq!(archive.report(week(), None).unwrap(), second.report);
    // The first one is as it was.
    assert_eq!(archive.report(week(), Some(1)).unwrap(), first.report);
    assert!(archive.bytes(week(), Some(1), Form::Pdf(Lang::Id)).unwrap() == pdf);
    assert!(archive.bytes(week(), Some(2), Form::Pdf(Lang::Id)).unwrap() != pdf);
    assert!(archive.report(week(), Some(3)).is_err());
    assert!(archive.report(week().before(), None).is_err());
}

#[test]
fn a_final_issue_follows_a_provisional_one() {
    let (_folder, archive) = archive();
    archive
        .issue_next(made(&hub(), "2026-11-19T05:00:00Z".parse().unwrap()))
        .unwrap();
    let last = archive.issue_next(made(&hub(), monday())).unwrap().report;
    assert_eq!((last.version, last.in_progress), (2, false));
    assert!(last.changes[0].sentence.id.contains("sudah selesai"));
}

#[test]
fn a_crash_between_files_leaves_the_archive_as_it_was() {
    let (folder, archive) = archive();
    let first = archive.issue_next(made(&hub(), monday())).unwrap().report;
    let place = folder.path().join(FOLDER).join(week().to_string());
    let whole: Vec<_> = fs::read_dir(place.join("v1"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(whole.len(), Form::ALL.len());
    for written in 0..=whole.len() {
        let half = place.join(".unfinished-v2");
        let _ = fs::remove_dir_all(&half);
        fs::create_dir(&half).unwrap();
        for file in whole.iter().take(written) {
            fs::write(half.join(file.file_name().unwrap()), b"half").unwrap();
        }
        let after = Archive::new(folder.path());
        assert_eq!(after.versions(week()).unwrap(), [1]);
        assert_eq!(after.weeks().unwrap(), [week()]);
        assert_eq!(after.report(week(), None).unwrap(), first);
    }
    // The next issue comes in its place.
    let second = Archive::new(folder.path())
        .issue_next(late(made(&hub(), monday())))
        .unwrap()
        .report;
    assert_eq!(archive.report(week(), None).unwrap(), second);
    let names: Vec<_> = fs::read_dir(&place)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn weeks_are_listed_newest_first_and_other_things_are_passed_over() {
    let (folder, archive) = archive();
    for week in [week(), week().before(), week().before().before()] {
        let mut report = made(&hub(), monday());
        report.week = week;
        archive.issue_next(report).unwrap();
    }
    for other in ["catatan", "2026-W99", "2026-W40"] {
        fs::create_dir(folder.path().join(FOLDER).join(other)).unwrap();
    }
    let listed: Vec<String> = archive.weeks().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(listed, ["2026-W47", "2026-W46", "2026-W45"]);
}

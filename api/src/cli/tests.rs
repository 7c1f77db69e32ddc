#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use clap::CommandFactory;

fn cli(line: &str) -> Cli {
    parsed(line).unwrap_or_else(|e| panic!("{line}: {e}"))
}

fn parsed(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("smartcenter").chain(line.split_whitespace()))
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn commands_read_as_the_interface_document_writes_them() {
    for line in [
        "serve --data DIR --config FILE --contracts DIR --http 127.0.0.1:1",
        "serve --print-config --json",
        "demo --data DIR",
        "check",
        "push absensi a.csv b.csv --dry-run --wait",
        "push absensi - --format csv --idempotency-key k --url http://x",
        "push pegawai a.csv --mode snapshot --scope opd=dikpora tahun=2026",
        "push pegawai a.csv --mode append",
        "feeds --json",
        "quarantine ls",
        "quarantine show 0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f",
        "quarantine export 0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f --output x.csv",
        "contract lint a.yaml b.yaml",
        "contract diff a.yaml",
        "contract diff a.yaml --against b.yaml",
        "key create dinkes --role opd --opd dinkes --region 35.03 --region 35.03.01 --scope push:a --expires 30",
        "key ls",
        "key revoke dinkes",
        "wal inspect",
        "detect farrington-flexible a.csv --param b=5 --param alpha=0.01",
        "detect scan-stp - -p max_radius=5",
        "detect ears-c1 --describe",
        "backup DIR --keep 7 --json",
        "backup /srv/b --url http://x",
        "restore DIR --at 20261122T031500250Z --data NEW",
        "verify DIR --at 20261122T031500250Z",
        "indicators ls --json",
        "indicators show absensi_sekolah --unit 20500001 --from 2026-07-01 --to 2026-08-01",
        "indicators refresh",
        "indicators refresh absensi_sekolah --full",
        "alerts ls --status open --severity tinggi,kritis --since 2026-07-01 --owner dinkes --wilayah 35.03.11",
        "alerts show 5d0f3a9c77b1e204 --url http://x",
        "alerts acknowledge 5d0f3a9c77b1e204",
        "alerts verify 5d0f3a9c77b1e204 --note benar",
        "alerts dismiss 5d0f3a9c77b1e204 --note salah",
        "alerts close 5d0f3a9c77b1e204 --note selesai --data DIR",
        "alerts snooze 5d0f3a9c77b1e204 --note menunggu --until 2026-08-20T07:00:00+07:00",
        "completions zsh",
        "sql --file q.sql --format parquet",
    ] {
        cli(line);
    }
    let Command::Sql(sql) = Cli::try_parse_from(["smartcenter", "sql", "SELECT 1", "--format", "table"])
        .unwrap()
        .command
    else {
        panic!("not sql")
    };
    assert_eq!(sql.statement.as_deref(), Some("SELECT 1"));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_happens() {
    for line in [
        "push absensi",
        "push Absensi a.csv",
        "push absensi a.csv --mode replace",
        "push absensi a.csv --mode snapshot --scope opd",
        "feeds --data a --url http://b",
        "key create dinkes",
        "key create Dinkes --role opd",
        "key create dinkes --role dukun",
        "key create dinkes --role opd --region 3503",
        "key create dinkes --role opd --expires 0",
        "quarantine show 12",
        "quarantine ls --since yesterday",
        "sql",
        "wal",
        "detect ears-c1",
        "detect ears-c1 a.csv --param alpha",
    ] {
        assert!(parsed(line).is_err(), "{line}");
    }
}

#[test]
fn global_flags_stand_before_or_behind_the_command() {
    assert_eq!(cli("--data x feeds").global.data, cli("feeds --data x").global.data);
    assert!(cli("key ls --json").global.json);
}

/// Every command says what it is for, and those with arguments show how.
#[test]
fn every_command_has_help() {
    fn walk(command: &clap::Command, path: &str) {
        assert!(command.get_about().is_some(), "{path} has no description");
        for argument in command.get_arguments() {
            assert!(
                argument.get_help().is_some(),
                "{path} {} has no description",
                argument.get_id()
            );
        }
        let leaf = command.get_subcommands().next().is_none();
        let bare = command.get_positionals().next().is_none() && command.get_opts().next().is_none();
        assert!(
            !leaf || bare || command.get_after_help().is_some(),
            "{path} has no examples"
        );
        for sub in command.get_subcommands() {
            walk(sub, &format!("{path} {}", sub.get_name()));
        }
    }
    for command in Cli::command().get_subcommands() {
        walk(command, command.get_name());
    }
}

#[test]
fn a_reader_that_left_is_no_failure() {
    let code = |outcome| format!("{:?}", exit(outcome, &Global::default()));
    let broken = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
    assert_eq!(code(Err(broken.into())), format!("{:?}", ExitCode::SUCCESS));
    assert_eq!(code(Err(anyhow::anyhow!("x"))), format!("{:?}", ExitCode::from(1)));
    assert_eq!(code(Ok(code::PARTIAL)), format!("{:?}", ExitCode::from(3)));
}

mod tables {
    use crate::cli::{
        output::{harmless, short},
        table::Table,
    };

    #[test]
    fn columns_are_aligned_and_lines_have_no_tail() {
        let mut table = Table::new(&["name", ">n"]);
        table.add(["é", "12"]);
        table.add(["longer", "3"]);
        table.add(["x"]);
        let mut out = Vec::new();
        table.write(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "name     n\n──────────\né       12\nlonger   3\nx\n"
        );
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\tc"), "a\\u{1b}[2Jb\\tc");
        assert_eq!(short("abcdef", 4), "abc…");
        assert_eq!(short("abcd", 4), "abcd");
    }
}

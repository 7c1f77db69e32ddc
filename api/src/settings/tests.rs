#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use std::io::Write;

fn sources(
    file: &str,
    environment: &[(&str, &str)],
    flags: &[(&'static str, &str)],
) -> (tempfile::NamedTempFile, Sources) {
    let mut written = tempfile::NamedTempFile::new().unwrap();
    written.write_all(file.as_bytes()).unwrap();
    let sources = Sources {
        config: Some(written.path().to_owned()),
        environment: environment
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        flags: flags.iter().map(|(k, v)| (*k, (*v).to_owned(), "--flag")).collect(),
    };
    (written, sources)
}

fn loaded(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Effective {
    let (_file, sources) = sources(file, environment, flags);
    load(&sources).unwrap()
}

fn faults(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Vec<String> {
    let (written, sources) = sources(file, environment, flags);
    let name = written.path().display().to_string();
    load(&sources)
        .unwrap_err()
        .iter()
        .map(|fault| fault.to_string().replace(&name, "FILE"))
        .collect()
}

fn origin(settings: &Effective, key: &str) -> Origin {
    settings
        .values
        .iter()
        .find(|value| value.key == key)
        .unwrap()
        .origin
        .clone()
}

#[test]
fn flags_win_over_the_environment_which_wins_over_the_file() {
    let file = "[warehouse]\nflush_seconds = 1\nquery_threads = 1\ntarget_file_bytes = 1\n";
    let environment = [
        ("SMARTCENTER_WAREHOUSE_FLUSH_SECONDS", "2"),
        ("SMARTCENTER_WAREHOUSE_QUERY_THREADS", "2"),
    ];
    let settings = loaded(file, &environment, &[("warehouse.flush_seconds", "3")]);
    let warehouse = &settings.warehouse;
    assert_eq!(
        (
            warehouse.flush_seconds,
            warehouse.query_threads,
            warehouse.target_file_bytes
        ),
        (3, 2, 1)
    );
    assert_eq!(
        warehouse.small_file_bytes,
        smartcenter_warehouse::Settings::default().small_file_bytes
    );
    assert_eq!(origin(&settings, "warehouse.flush_seconds"), Origin::Flag("--flag"));
    assert_eq!(
        origin(&settings, "warehouse.query_threads"),
        Origin::Env(environment[1].0.into())
    );
    assert!(matches!(
        origin(&settings, "warehouse.target_file_bytes"),
        Origin::File { line: 4, .. }
    ));
    assert_eq!(origin(&settings, "warehouse.small_file_bytes"), Origin::Default);
}

#[test]
fn every_kind_of_value_is_read_from_file_and_environment() {
    let file = "[warehouse]\ncontracts = [\"a\", \"b\"]\nflush_bytes = \"64 MB\"\nquarantine_bad_frames = true\n\
                [http]\naddr = \"127.0.0.1:9\"\n[log]\nformat = \"json\"\n";
    let from_file = loaded(file, &[], &[]);
    let from_environment = loaded(
        "",
        &[
            ("SMARTCENTER_WAREHOUSE_CONTRACTS", "a:b"),
            ("SMARTCENTER_WAREHOUSE_FLUSH_BYTES", "64MB"),
            ("SMARTCENTER_WAREHOUSE_QUARANTINE_BAD_FRAMES", "1"),
            ("SMARTCENTER_HTTP", "127.0.0.1:9"),
            ("SMARTCENTER_LOG_FORMAT", "json"),
            ("SMARTCENTER_DATA", "/srv/hub"),
        ],
        &[],
    );
    for settings in [&from_file, &from_environment] {
        assert_eq!(settings.warehouse.contracts, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(settings.warehouse.flush_bytes, 64 << 20);
        assert!(settings.warehouse.quarantine_bad_frames);
        assert_eq!(settings.http.addr.port(), 9);
        assert_eq!(settings.log.format, LogStyle::Json);
    }
    assert_eq!(from_environment.warehouse.data, PathBuf::from("/srv/hub"));
}

#[test]
fn the_data_folder_does_not_depend_on_the_working_directory() {
    let settings = loaded("", &[], &[("warehouse.data", "hub")]);
    assert_eq!(settings.warehouse.data, std::env::current_dir().unwrap().join("hub"));
}

#[test]
fn unknown_names_are_refused_with_the_nearest_known_one_and_all_at_once() {
    let file = "[warehouse]\nflush_second = 1\n\n[warehose]\nx = 1\n[log]\ncolour = true\n";
    let environment = [
        ("SMARTCENTER_WAREHOUSE_FLUSH_BITES", "1"),
        ("SMARTCENTER_DATAS", "x"),
        ("SMARTCENTER_KEY", "not a setting, but ours"),
        ("SMARTCENTER_KILLS", "of a test campaign"),
        ("PATH", "/bin"),
    ];
    assert_eq!(
        faults(file, &environment, &[]),
        [
            "FILE:2: key warehouse.flush_second is not known: did you mean warehouse.flush_seconds?",
            "FILE:4: section warehose is not known: did you mean warehouse?",
            "FILE:7: key log.colour is not known: `smartcenter serve --print-config` lists all",
            "SMARTCENTER_DATAS: is not a setting: did you mean SMARTCENTER_DATA?",
            "SMARTCENTER_WAREHOUSE_FLUSH_BITES: is not a setting: did you mean SMARTCENTER_WAREHOUSE_FLUSH_BYTES?",
        ]
    );
}

#[test]
fn wrong_values_are_told_where_they_stand() {
    let file = "[warehouse]\nflush_seconds = \"soon\"\nflush_bytes = \"64 elephants\"\nquery_threads = -1\n\
                data = 3\nhttp = 1\n[http]\naddr = \"here\"\n";
    let found = faults(
        file,
        &[("SMARTCENTER_WAREHOUSE_FLUSH_SECONDS", "later")],
        &[("log.format", "xml")],
    );
    let has = |start: &str| {
        assert!(
            found.iter().any(|fault| fault.starts_with(start)),
            "{start} in {found:#?}"
        );
    };
    has("FILE:2: warehouse.flush_seconds is a whole number");
    has("FILE:3: warehouse.flush_bytes is a size");
    has("FILE:4: warehouse.query_threads: ");
    has("FILE:5: warehouse.data is a text");
    has("FILE:6: key warehouse.http is not known");
    has("FILE:8: http.addr: ");
    has("SMARTCENTER_WAREHOUSE_FLUSH_SECONDS: warehouse.flush_seconds is a whole number");
    has("--flag: log.format: unknown variant `xml`");
    assert_eq!(found.len(), 8, "{found:#?}");
}

#[test]
fn a_broken_file_is_told_with_its_line_and_a_named_file_must_exist() {
    assert!(faults("[warehouse]\n\ndata = \n", &[], &[])[0].starts_with("FILE:3: "));
    let sources = Sources {
        config: Some("/nowhere/at.toml".into()),
        ..Sources::default()
    };
    assert!(
        load(&sources).unwrap_err()[0]
            .to_string()
            .starts_with("/nowhere/at.toml:1: cannot be read")
    );
}

#[test]
fn what_is_printed_can_be_read_back() {
    let settings = loaded(
        "[warehouse]\nflush_seconds = 7\n",
        &[("SMARTCENTER_HTTP_ADDR", "[::1]:81")],
        &[],
    );
    let text = as_toml(&settings);
    assert!(text.contains("# SMARTCENTER_HTTP_ADDR"), "{text}");
    let again = loaded(&text, &[], &[]);
    assert_eq!(again.warehouse.flush_seconds, 7);
    assert_eq!(again.http.addr, settings.http.addr);
    assert_eq!(as_json(&settings)["warehouse.flush_seconds"]["value"], 7);
}

/// serde itself names every key it takes; a key added to the warehouse without a default must be listed by us.
#[test]
fn no_key_is_forgotten() {
    let error = toml::from_str::<smartcenter_warehouse::Settings>("no_such_key = 1").unwrap_err();
    let expected: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();
    let known = document::known();
    assert!(expected.len() > 20, "{}", error.message());
    for name in expected {
        assert!(
            known.iter().any(|(key, ..)| *key == format!("warehouse.{name}")),
            "{name} is not known"
        );
    }
}

#[test]
fn receivers_of_alerts_are_checked_where_they_stand() {
    let file = "[deliver]\ndigest_at = \"25:00\"\n[webhook]\ntargets = [\"dinkes tinggi ftp://x\"]\n[mail]\nserver = \"smtp\"\n\
                to = [\"dinkes parah a@example.go.id\"]\nsecurity = \"ssl\"\npassword = 7\n";
    let found = faults(file, &[], &[]);
    let has = |start: &str| {
        assert!(
            found.iter().any(|fault| fault.starts_with(start)),
            "{start} in {found:#?}"
        );
    };
    has("FILE:2: deliver.digest_at: \"25:00\" is not a time of day");
    has("FILE:4: webhook.targets: \"ftp://x\"");
    has("FILE:6: mail.server: \"smtp\" is not a host and a port");
    has("FILE:7: mail.to: severity \"parah\" is not known");
    has("FILE:8: mail.security: unknown variant `ssl`");
    has("FILE:9: mail.password is a text in quotes");
    let file = "[webhook]\ntargets = [\"* info https://a.example\"]\n\n[mail]\nto = [\"* info a@example.go.id\"]\nuser = \"hub\"\nsecurity = \"none\"\n";
    let found = faults(file, &[], &[]);
    assert_eq!(found.len(), 5, "{found:#?}");
    assert!(
        found[0].starts_with("FILE:2: webhook.targets: messages are signed"),
        "{found:#?}"
    );
}

#[test]
fn secrets_are_shown_nowhere() {
    let environment = [
        ("SMARTCENTER_MAIL_PASSWORD", "sandi-rahasia"),
        ("SMARTCENTER_WEBHOOK_SECRET", "kunci-rahasia"),
        (
            "SMARTCENTER_MAIL_TO",
            "dinkes tinggi a@example.go.id, * kritis B <b@example.go.id>",
        ),
    ];
    let file = "[mail]\nserver = \"127.0.0.1:25\"\nfrom = \"Hub <hub@example.go.id>\"\nuser = \"hub\"\n";
    let settings = loaded(file, &environment, &[]);
    assert_eq!(settings.deliver.mail.to.len(), 2);
    assert_eq!(
        settings.deliver.mail.password.as_ref().unwrap().expose(),
        "sandi-rahasia"
    );
    for shown in [
        as_toml(&settings),
        as_json(&settings).to_string(),
        format!("{settings:?}"),
    ] {
        assert!(!shown.contains("rahasia"), "{shown}");
    }
    assert!(as_toml(&settings).contains("# password is set, and not shown"));
    assert_eq!(as_json(&settings)["mail.password"]["hidden"], true);
    // What is printed can be read back, but for the secrets.
    loaded(&as_toml(&settings), &environment[..1], &[]);
}

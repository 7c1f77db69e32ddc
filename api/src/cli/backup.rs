//! `smartcenter backup`, `restore`, `verify`: the hub at another place or another time.

use super::{Global, Outcome, client::Client, code, hub, hub::Absent, output, table::Table};
use anyhow::{Context, anyhow, bail};
use clap::Args;
use indicatif::{BinaryBytes, ProgressBar, ProgressStyle};
use reqwest::Method;
use serde_json::{Value, json};
use smartcenter_warehouse::backup::{self, BackupId, Figures, Progress, Restored, Verified};
use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

/// How often a backup is asked how far it has come.
const ASK: Duration = Duration::from_millis(200);

/// Arguments of `backup`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  smartcenter backup /mnt/cadangan/hub --data /srv/hub --keep 30
  smartcenter backup /mnt/cadangan/hub --url https://hub.example      the folder is on that hub's machine

The hub may run or be stopped. The first backup copies everything, later ones what is new. The folder holds the hub's
secrets: keep it as safe as the hub.
Exit code: 0 complete, 1 not taken.")]
pub struct BackupArgs {
    /// Folder of all backups of this hub, on the hub's machine, outside its data folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Backups to keep, this one included; older ones are removed when it is complete
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub keep: Option<u32>,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  smartcenter restore /mnt/cadangan/hub --data /srv/hub-baru
  smartcenter restore /mnt/cadangan/hub --data /srv/hub-baru --at 20261122T031500250Z

The data folder must be absent or empty, and so must the lake where the settings name a store. Start the restored hub
only when the old one is gone for good: both have the same keys and would take the same pushes.
Exit code: 0 restored, 1 not restored; a hub does not start on what is left then.")]
pub struct RestoreArgs {
    /// Folder of backups
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Which backup; the newest unless named
    #[arg(long, value_name = "ID")]
    pub at: Option<BackupId>,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  smartcenter verify /mnt/cadangan/hub
  smartcenter verify /mnt/cadangan/hub --at 20261122T031500250Z

Reads the whole backup and changes nothing: sizes, checksums, row counts, the control store, every frame of the log.
Exit code: 0 sound, 1 damaged or unreadable.")]
pub struct VerifyArgs {
    /// Folder of backups
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Which backup; the newest unless named
    #[arg(long, value_name = "ID")]
    pub at: Option<BackupId>,
}

/// Takes a backup and waits for its end.
///
/// # Errors
/// A hub that is not there or refuses, and whatever kept the backup from its end.
pub fn run(global: &Global, args: &BackupArgs) -> Outcome {
    let folder = match args.folder.is_absolute() {
        true => args.folder.clone(),
        false if hub::is_remote(global) => bail!(
            "{} is a path on the machine of the hub: give it from the root on",
            args.folder.display()
        ),
        false => std::env::current_dir()
            .context("the working folder is gone")?
            .join(plain(&args.folder)),
    };
    hub::with(global, Absent::Refuse, |client| {
        take(&client, &folder, args.keep, global.json)
    })
}

/// Without the `.` that a shell completes.
fn plain(path: &Path) -> PathBuf {
    path.components()
        .filter(|part| *part != std::path::Component::CurDir)
        .collect()
}

fn take(client: &Client, folder: &Path, keep: Option<u32>, as_json: bool) -> Outcome {
    let body = json!({ "folder": folder, "keep": keep });
    let begun = client.ask(client.request(Method::POST, "/api/v1/backups").json(&body))?;
    let mut backup: Value = begun.json()?;
    let address = format!("/api/v1/backups/{}", backup["id"].as_str().unwrap_or_default());
    let bar = bar("backup");
    while backup["state"] == "running" {
        std::thread::sleep(ASK);
        backup = client.get(&address, &[])?;
        show(
            &bar,
            &serde_json::from_value(backup["progress"].clone()).unwrap_or_default(),
        );
    }
    bar.finish_and_clear();
    if backup["state"] != "complete" {
        let why = backup["error"].as_str().unwrap_or("the hub does not say why");
        return Err(anyhow!("no backup was taken: {why}"));
    }
    if as_json {
        output::json(&backup)?;
        return Ok(code::OK);
    }
    let (result, id) = (&backup["result"], backup["id"].as_str().unwrap_or_default());
    let number = |name: &str| result[name].as_u64().unwrap_or_default();
    output::note(&format!(
        "backup {id} holds everything up to position {}: {} files, {}; new of these {}, {}",
        number("through"),
        number("files"),
        BinaryBytes(number("bytes")),
        number("new_files"),
        BinaryBytes(number("new_bytes")),
    ));
    for removed in texts(&result["removed"]) {
        output::note(&format!("removed {removed}"));
    }
    elsewhere(&texts(&result["elsewhere"]));
    let mut out = output::stdout();
    writeln!(out, "{id}")?;
    out.flush()?;
    Ok(code::OK)
}

/// Makes the hub of a backup anew.
///
/// # Errors
/// A place that is not empty, a backup that is not there or damaged.
pub fn restore(global: &Global, args: &RestoreArgs) -> Outcome {
    if global.url.is_some() {
        bail!("a backup is restored to a folder of this machine: name it with --data");
    }
    let settings = global.settings()?.warehouse;
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
    let restored = watched("restore", |progress| {
        runtime.block_on(backup::restore(&args.folder, args.at.as_ref(), &settings, progress))
    })?;
    if global.json {
        output::json(&restored)?;
        return Ok(code::OK);
    }
    let Restored {
        id,
        through,
        tables,
        files,
        bytes,
        elsewhere: outside,
        ..
    } = restored;
    let data = settings.data.display();
    output::note(&format!(
        "{data} is the hub of backup {id}, with everything up to position {}: {tables} tables, {files} files, {}\n\
         start it with: smartcenter serve --data {data}\n\
         what was pushed later is not in it: its senders push again, and what it has already changes nothing",
        through.0,
        BinaryBytes(bytes),
    ));
    elsewhere(
        &outside
            .iter()
            .map(|folder| folder.display().to_string())
            .collect::<Vec<_>>(),
    );
    Ok(code::OK)
}

/// Reads a backup from end to end.
///
/// # Errors
/// A folder without such a backup. A damaged backup is an outcome, not an error.
pub fn verify(global: &Global, args: &VerifyArgs) -> Outcome {
    let verified = watched("verify", |progress| {
        backup::verify(&args.folder, args.at.as_ref(), progress)
    })?;
    let is_sound = verified.damage.is_empty();
    if global.json {
        output::json(&verified)?;
    } else {
        report(&verified)?;
    }
    Ok(if is_sound { code::OK } else { code::FAILED })
}

fn report(verified: &Verified) -> anyhow::Result<()> {
    let mut backups = Table::new(&["backup", "state"]);
    for listed in &verified.backups {
        let state = match listed.complete {
            true if listed.id == verified.id => "verified now",
            true => "complete",
            false => "incomplete; the next backup removes it",
        };
        backups.add([listed.id.as_str(), state]);
    }
    let mut out = output::stdout();
    backups.write(&mut out)?;
    for damage in &verified.damage {
        let path = output::harmless(&damage.path.display().to_string());
        writeln!(out, "{path}: {}: {}", output::harmless(&damage.problem), damage.remedy)?;
    }
    out.flush()?;
    let Verified {
        id,
        files,
        bytes,
        rows,
        frames,
        damage,
        through,
        ..
    } = verified;
    let verdict = match damage.len() {
        0 => "is sound".to_owned(),
        1 => "is damaged in one place".to_owned(),
        n => format!("is damaged in {n} places"),
    };
    output::note(&format!(
        "backup {id} {verdict}: {files} files, {}, {rows} rows, {frames} frames of log, up to position {}",
        BinaryBytes(*bytes),
        through.0
    ));
    Ok(())
}

/// Runs `work` on a thread of its own while a bar shows how far it has come.
fn watched<T: Send>(
    what: &'static str,
    work: impl FnOnce(&Progress) -> smartcenter_warehouse::Result<T> + Send,
) -> anyhow::Result<T> {
    let (progress, bar) = (Progress::default(), bar(what));
    let outcome = std::thread::scope(|scope| {
        let working = scope.spawn(|| work(&progress));
        while !working.is_finished() {
            show(&bar, &progress.now());
            std::thread::park_timeout(ASK / 4);
        }
        working.join()
    });
    bar.finish_and_clear();
    Ok(outcome.map_err(|_| anyhow!("{what} ended in a panic"))??)
}

/// A bar over bytes; unseen where standard error is no terminal.
fn bar(what: &'static str) -> ProgressBar {
    let template = "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style);
    bar.set_message(what);
    bar
}

fn show(bar: &ProgressBar, figures: &Figures) {
    bar.set_length(figures.bytes_total);
    bar.set_position(figures.bytes_done);
}

fn elsewhere(folders: &[String]) {
    for folder in folders {
        output::note(&format!(
            "contracts in {folder} are not in the backup: keep them, and start the restored hub with --contracts"
        ));
    }
}

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

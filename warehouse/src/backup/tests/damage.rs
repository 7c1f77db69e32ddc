//! What is wrong with a backup is told by name, all of it at once, and nothing is restored from it.

use super::fixture::*;
use crate::{
    Error, Kind, Warehouse,
    backup::{Progress, manifest, restore, verify},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

async fn backed_up(folder: &Path) -> PathBuf {
    let hub = hub(&folder.join("data")).await;
    for n in 0..3 {
        let sent = Sent {
            first: n * 30,
            rows: 30,
            is_big: n == 1,
        };
        push(&hub, &format!("a{n}"), sent).await;
        push_keyed(&hub, &format!("k{n}"), sent).await;
    }
    let backups = folder.join("backups");
    back_up(&hub, &backups, None).await;
    hub.shutdown().await.unwrap();
    backups
}

async fn refused(backups: &Path, data: &Path) -> Error {
    restore(backups, None, &settings(data), &Progress::default())
        .await
        .unwrap_err()
}

fn pooled(backups: &Path) -> Vec<PathBuf> {
    let files = backups.join("files");
    let found = super::super::file::files_below(&files).unwrap();
    found.into_iter().map(|path| files.join(path)).collect()
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_wrong_is_found_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let backups = backed_up(folder.path()).await;
    let sound = verify(&backups, None, &Progress::default()).unwrap();
    assert_eq!((sound.damage.as_slice(), sound.backups.len()), ([].as_slice(), 1));
    assert!(sound.rows > 150 && sound.files > 5, "{sound:?}");
    let own = backups.join(sound.id.as_str());
    let files = pooled(&backups);
    flip(&files[0]);
    fs::remove_file(&files[1]).unwrap();
    fs::write(&files[2], "pendek").unwrap();
    flip(&own.join("control.sqlite"));
    let found = verify(&backups, None, &Progress::default()).unwrap().damage;
    let mut wrong: Vec<&Path> = found.iter().map(|damage| damage.path.as_path()).collect();
    wrong.sort();
    let mut expected = vec![&*files[0], &files[1], &files[2], &own.join("control.sqlite")]
        .into_iter()
        .map(Path::to_owned)
        .collect::<Vec<_>>();
    expected.sort();
    assert_eq!(wrong, expected.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    assert!(found.iter().all(|damage| !damage.remedy.is_empty()));
    let data = folder.path().join("kembali");
    let error = refused(&backups, &data).await;
    let missing = files[1].file_name().unwrap().to_str().unwrap();
    let short = files[2].file_name().unwrap().to_str().unwrap();
    assert!(
        error.message().contains(missing) || error.message().contains(short),
        "{error}"
    );
    assert!(!data.exists(), "what is missing is told before anything is made");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_half_restored_hub_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let backups = backed_up(folder.path()).await;
    let damaged = pooled(&backups).pop().unwrap();
    flip(&damaged);
    let data = folder.path().join("kembali");
    let error = refused(&backups, &data).await;
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.message().contains(damaged.to_str().unwrap()), "{error}");
    let refusal = Warehouse::open(settings(&data), clock()).await.unwrap_err();
    assert_eq!(refusal.kind(), Kind::Conflict);
    assert!(refusal.message().contains("did not come to its end"), "{refusal}");
    assert_eq!(refused(&backups, &data).await.message(), refusal.message());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_is_there_is_restored_over() {
    let folder = tempfile::tempdir().unwrap();
    let backups = backed_up(folder.path()).await;
    let error = refused(&backups, &folder.path().join("data")).await;
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(error.message().contains("not empty"), "{error}");
    // An empty folder will do.
    let data = folder.path().join("kosong");
    fs::create_dir(&data).unwrap();
    restored(&backups, None, &data).await.1.shutdown().await.unwrap();
    assert_eq!(refused(&folder.path().join("data"), &data).await.kind(), Kind::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manifest_is_believed_only_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let backups = backed_up(folder.path()).await;
    let id = verify(&backups, None, &Progress::default()).unwrap().id;
    let path = backups.join(id.as_str()).join(manifest::NAME);
    let text = fs::read_to_string(&path).unwrap();
    let told = |text: String, sum: bool| {
        fs::write(&path, &text).unwrap();
        if sum {
            use sha2::Digest;
            let sum = hex::encode(sha2::Sha256::digest(&text));
            fs::write(path.with_file_name(manifest::SUM_NAME), sum).unwrap();
        }
        let error = verify(&backups, Some(&id), &Progress::default()).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
        error.to_string()
    };
    assert!(told(text.replacen("\"rows\":", "\"rows\":1", 1), false).contains("damaged"));
    assert!(told(text.replacen("\"format\":1", "\"format\":9", 1), true).contains("newer smartcenter"));
    assert!(told(text.replacen("control.sqlite", "../control.sqlite", 1), true).contains("outside"));
    assert!(told("{}".to_owned(), true).contains("no manifest"));
}

//! A store must refuse to put over an object that is there, or over one that has changed, when it is asked to: else two
//! writers can both believe that they made the same version of a table. Not every server that speaks S3 does, and some
//! ignore the question, so it is tried at each start.

use super::{OWN_FOLDER, s3, s3::Address};
use crate::{Error, Result};
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt, PutMode, PutPayload, UpdateVersion, path::Path};

/// Ok when the store keeps conditional puts.
pub(super) async fn conditional_put(store: &dyn ObjectStore, address: &Address) -> Result<()> {
    let path = Path::from(format!("{OWN_FOLDER}/probe-{}", uuid::Uuid::new_v4().simple()));
    let outcome = attempt(store, &path, address).await;
    // Whatever the outcome, it should not stay; that it does is harmless.
    let _ = store.delete(&path).await;
    outcome
}

async fn attempt(store: &dyn ObjectStore, path: &Path, address: &Address) -> Result<()> {
    let explain = |error, doing| s3::explain(error, &address.url, doing);
    let put = async |content: &'static str, mode: PutMode| {
        store
            .put_opts(path, PutPayload::from_static(content.as_bytes()), mode.into())
            .await
    };
    match put("1", PutMode::Create).await {
        // The name is ours alone: a first answer was lost on its way.
        Ok(_) | Err(StoreError::AlreadyExists { .. }) => {}
        Err(error) => return Err(explain(error, "be written")),
    }
    match put("2", PutMode::Create).await {
        Err(StoreError::AlreadyExists { .. }) => {}
        Ok(_) => return Err(ignores(address, "If-None-Match")),
        Err(error) => return Err(explain(error, "refuse a second object of one name")),
    }
    let seen = store.head(path).await.map_err(|error| explain(error, "be read"))?;
    let now = UpdateVersion {
        e_tag: seen.e_tag,
        version: None,
    };
    put("3", PutMode::Update(now.clone()))
        .await
        .map_err(|error| explain(error, "replace an object that has not changed"))?;
    match put("4", PutMode::Update(now)).await {
        Err(StoreError::Precondition { .. }) => {}
        Ok(_) => return Err(ignores(address, "If-Match")),
        Err(error) => return Err(explain(error, "refuse to replace an object that has changed")),
    }
    let read = async { store.get(path).await?.bytes().await };
    let content = read.await.map_err(|error| explain(error, "be read"))?;
    if content != "3" {
        return Err(ignores(address, "a refused put"));
    }
    Ok(())
}

fn ignores(address: &Address, header: &str) -> Error {
    Error::invalid(format!(
        "the store {} ignores {header}: tables could lose commits on it. Use a server with conditional writes (Amazon \
         S3, MinIO, Ceph RGW from Squid on, Cloudflare R2), or the local disk",
        address.url
    ))
}

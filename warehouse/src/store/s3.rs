//! Stores that speak the S3 protocol: the address of a lake, and the connection with credentials from the usual
//! environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT_URL`,
//! `AWS_ALLOW_HTTP`, web identity, container and instance roles).

use crate::{Error, Result};
use object_store::{
    ClientConfigKey, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut},
    path::Path,
};
use std::{str::FromStr, sync::Arc, time::Duration};
use url::Url;

/// `s3://bucket/folder`.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub bucket: String,
    /// Empty for the whole bucket.
    pub prefix: Path,
    /// Ending in `/`.
    pub url: Url,
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = |why: &str| {
            Error::invalid(format!(
                "the store {text:?} {why}: write s3://bucket or s3://bucket/folder"
            ))
        };
        let url = Url::parse(&format!("{}/", text.trim_end_matches('/'))).map_err(|_| wrong("is not an address"))?;
        if url.scheme() != "s3" {
            return Err(wrong("is of a kind that is not known"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.port().is_some() {
            return Err(wrong(
                "has more than a bucket and a folder (credentials belong into the environment)",
            ));
        }
        let bucket = url.host_str().ok_or_else(|| wrong("names no bucket"))?.to_owned();
        let prefix = Path::from_url_path(url.path()).map_err(|_| wrong("has a folder that cannot be"))?;
        Ok(Self { bucket, prefix, url })
    }
}

/// A client for the bucket. Speaks to nobody yet.
pub(super) fn connect(address: &Address) -> Result<Arc<dyn ObjectStore>> {
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(&address.bucket)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_retry(RetryConfig {
            max_retries: 5,
            retry_timeout: Duration::from_secs(30),
            ..RetryConfig::default()
        });
    // The library's limit of 30 seconds for a whole request is short for a large file on a slow line.
    let limits = [
        (ClientConfigKey::Timeout, "300 seconds"),
        (ClientConfigKey::ConnectTimeout, "5 seconds"),
    ];
    for (key, value) in limits {
        let key = AmazonS3ConfigKey::Client(key);
        if builder.get_config_value(&key).is_none() {
            builder = builder.with_config(key, value);
        }
    }
    let store = builder.build();
    Ok(Arc::new(store.map_err(|source| {
        Error::invalid(format!(
            "the store {} cannot be used with the AWS_* settings of the environment: {source}",
            address.url
        ))
    })?))
}

/// What an error of the store means to whoever runs the hub; `doing` ends the sentence "the store could not ...".
pub(super) fn explain(error: object_store::Error, url: &Url, doing: &str) -> Error {
    use object_store::Error as E;
    match error {
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => Error::invalid(format!(
            "the store {url} could not {doing}: it refuses these credentials; check AWS_ACCESS_KEY_ID, \
             AWS_SECRET_ACCESS_KEY and what they may do (list, read, write and delete)"
        )),
        E::NotFound { .. } => Error::invalid(format!(
            "the store {url} could not {doing}: there is no such bucket; create it first"
        )),
        other => {
            tracing::error!(store = %url, error = %other, "the store failed");
            Error::unavailable(
                format!(
                    "the store {url} could not {doing}: it does not answer as it should; check AWS_ENDPOINT_URL and the network"
                ),
                Duration::from_secs(30),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Address;

    #[test]
    fn an_address_is_a_bucket_and_perhaps_a_folder() {
        let whole: Address = "s3://danau".parse().unwrap();
        assert_eq!(
            (whole.bucket.as_str(), whole.prefix.as_ref(), whole.url.as_str()),
            ("danau", "", "s3://danau/")
        );
        let part: Address = "s3://danau/trenggalek/satu-data/".parse().unwrap();
        assert_eq!(part.prefix.as_ref(), "trenggalek/satu-data");
        assert_eq!(part.url.as_str(), "s3://danau/trenggalek/satu-data/");
        for (wrong, why) in [
            ("danau", "not an address"),
            ("ftp://danau", "not known"),
            ("s3://kunci:rahasia@danau", "environment"),
            ("s3://", "names no bucket"),
        ] {
            let error = wrong.parse::<Address>().unwrap_err();
            assert!(error.message().contains(why), "{wrong}: {error}");
        }
    }
}

//! A remote store whose data files are read through blocks on the local disk. Files of a table are never changed under
//! their name, so nothing has to be asked again; table logs and the hub's own objects are not kept.

use super::blocks::{BLOCK, BlockId, Blocks};
use crate::Result as HubResult;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use moka::future::Cache;
use object_store::{
    Attributes, CopyOptions, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
    path::Path,
};
use std::{ops::Range, path::Path as FilePath, sync::Arc};

/// Requests that one read has under way.
const PARALLEL: usize = 8;
/// Files whose size is remembered.
const KNOWN_FILES: u64 = 100_000;

/// A store read through the local disk.
#[derive(Debug, Clone)]
pub(super) struct CachedStore {
    inner: Arc<dyn ObjectStore>,
    blocks: Blocks,
    known: Cache<Path, ObjectMeta>,
}

impl CachedStore {
    /// `inner` behind at most `budget` bytes of blocks in `folder`.
    pub async fn open(inner: Arc<dyn ObjectStore>, folder: &FilePath, budget: u64) -> HubResult<Self> {
        let blocks = Blocks::open(folder, budget)?;
        blocks.remember().await?;
        Ok(Self {
            inner,
            blocks,
            known: Cache::new(KNOWN_FILES),
        })
    }

    async fn meta(&self, location: &Path) -> Result<ObjectMeta> {
        if let Some(meta) = self.known.get(location).await {
            return Ok(meta);
        }
        let meta = self.inner.head(location).await?;
        self.known.insert(location.clone(), meta.clone()).await;
        Ok(meta)
    }

    /// Bytes of one block, clipped to `range`.
    async fn piece(self, location: Path, index: u64, size: u64, range: Range<u64>) -> Result<Bytes> {
        let whole = index * BLOCK..((index + 1) * BLOCK).min(size);
        let fetch = self.inner.get_range(&location, whole.clone());
        let block = self.blocks.get(BlockId::of(&location, index), fetch).await?;
        let from = range.start.saturating_sub(whole.start) as usize;
        let to = (range.end.min(whole.end) - whole.start) as usize;
        if block.len() < to {
            return Err(object_store::Error::Generic {
                store: "cache",
                source: format!("{location} ends before it should").into(),
            });
        }
        Ok(block.slice(from..to))
    }

    /// `range` of a file of `size` bytes, block after block.
    fn stream(&self, location: &Path, size: u64, range: Range<u64>) -> BoxStream<'static, Result<Bytes>> {
        let (store, location) = (self.clone(), location.clone());
        if range.is_empty() {
            return stream::empty().boxed();
        }
        stream::iter(range.start / BLOCK..=(range.end - 1) / BLOCK)
            .map(move |index| store.clone().piece(location.clone(), index, size, range.clone()))
            .buffered(PARALLEL)
            .boxed()
    }

    /// `range` of a file of `size` bytes in one piece.
    async fn joined(&self, location: &Path, size: u64, range: Range<u64>) -> Result<Bytes> {
        let pieces: Vec<Bytes> = self.stream(location, size, range.clone()).try_collect().await?;
        if let [whole] = pieces.as_slice() {
            return Ok(whole.clone());
        }
        let mut joined = BytesMut::with_capacity((range.end - range.start) as usize);
        pieces.iter().for_each(|piece| joined.extend_from_slice(piece));
        Ok(joined.freeze())
    }

    async fn keep(&self, location: &Path, payload: PutPayload) {
        let meta = ObjectMeta {
            location: location.clone(),
            last_modified: chrono::Utc::now(),
            size: payload.content_length() as u64,
            e_tag: None,
            version: None,
        };
        self.known.insert(location.clone(), meta).await;
        let content = Bytes::from(payload);
        for (index, start) in (0..content.len()).step_by(BLOCK as usize).enumerate() {
            let block = content.slice(start..content.len().min(start + BLOCK as usize));
            self.blocks.put(BlockId::of(location, index as u64), block).await;
        }
    }
}

/// Data files of tables, which have unique names.
fn is_kept(location: &Path) -> bool {
    location.as_ref().ends_with(".parquet") && !location.as_ref().contains("_delta_log/")
}

/// A plain read: anything conditional is the store's to answer.
fn is_plain(options: &GetOptions) -> bool {
    options.if_match.is_none()
        && options.if_none_match.is_none()
        && options.if_modified_since.is_none()
        && options.if_unmodified_since.is_none()
        && options.version.is_none()
        && !options.head
}

impl std::fmt::Display for CachedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} read through the local disk", self.inner)
    }
}

#[async_trait]
impl ObjectStore for CachedStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        if !is_kept(location) {
            return self.inner.put_opts(location, payload, opts).await;
        }
        let done = self.inner.put_opts(location, payload.clone(), opts).await?;
        // What was just written is what is asked for next.
        self.keep(location, payload).await;
        Ok(done)
    }

    async fn put_multipart_opts(&self, location: &Path, opts: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        if !is_kept(location) || !is_plain(&options) {
            return self.inner.get_opts(location, options).await;
        }
        let meta = self.meta(location).await?;
        let range = match &options.range {
            None => 0..meta.size,
            Some(range) => range
                .as_range(meta.size)
                .map_err(|source| object_store::Error::Generic {
                    store: "cache",
                    source: source.into(),
                })?,
        };
        Ok(GetResult {
            payload: GetResultPayload::Stream(self.stream(location, meta.size, range.clone())),
            range,
            meta,
            attributes: Attributes::default(),
        })
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        if !is_kept(location) {
            return self.inner.get_ranges(location, ranges).await;
        }
        let size = self.meta(location).await?.size;
        let reads = ranges
            .iter()
            .map(|range| self.joined(location, size, range.start..range.end.min(size)));
        let reads: Vec<_> = reads.collect();
        stream::iter(reads).buffered(PARALLEL).try_collect().await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        // Blocks of files that are gone are not read any more and go when room is needed.
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.inner.rename_opts(from, to, options).await
    }
}

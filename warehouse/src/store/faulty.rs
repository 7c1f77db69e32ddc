//! A store on a bad day: requests fail before they are done, or are done and their answer is lost, or take their time.
//! By a seed, so that a failing case can be run again.

use super::LakeStore;
use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, path::Path,
};
use parking_lot::Mutex;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{ops::Range, sync::Arc, time::Duration};

/// How bad the day is; chances between 0 and 1.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weather {
    /// Of a request that comes to nothing.
    pub fails: f64,
    /// Of a change that is made, and whose answer is lost.
    pub loses: f64,
    /// Of a request that takes up to 20 ms longer.
    pub delays: f64,
}

impl Weather {
    /// Anything may go wrong.
    pub fn is_bad(self) -> bool {
        self.fails > 0.0 || self.loses > 0.0
    }
}

/// What has happened so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Harm {
    pub failed: usize,
    /// Table log entries that were written although their writer was told otherwise.
    pub lost_commits: usize,
}

/// The weather of a store, to change and to read.
#[derive(Debug, Clone)]
pub(crate) struct Sky(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    weather: Weather,
    harm: Harm,
    chance: StdRng,
}

impl Sky {
    pub fn set(&self, weather: Weather) {
        self.0.lock().weather = weather;
    }

    pub fn harm(&self) -> Harm {
        self.0.lock().harm
    }
}

impl Sky {
    /// A clear one.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            weather: Weather::default(),
            harm: Harm::default(),
            chance: StdRng::seed_from_u64(seed),
        })))
    }

    /// A store under it.
    pub fn over(&self, inner: Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore> {
        Arc::new(FaultyStore {
            inner,
            sky: self.clone(),
        })
    }
}

/// The same lake under a clear sky.
pub(crate) fn under(store: LakeStore, seed: u64) -> (LakeStore, Sky) {
    let sky = Sky::new(seed);
    let store = LakeStore {
        objects: sky.over(store.objects),
        root: sky.over(store.root),
        ..store
    };
    (store, sky)
}

#[derive(Debug, Clone)]
struct FaultyStore {
    inner: Arc<dyn ObjectStore>,
    sky: Sky,
}

fn broken() -> Error {
    Error::Generic {
        store: "FaultyStore",
        source: "the connection was reset".into(),
    }
}

impl FaultyStore {
    /// Before a request is done.
    async fn before(&self) -> Result<()> {
        let (fails, delay) = {
            let mut state = self.sky.0.lock();
            let Weather { fails, delays, .. } = state.weather;
            let (fails, delays) = (state.chance.random_bool(fails), state.chance.random_bool(delays));
            state.harm.failed += usize::from(fails);
            (fails, delays.then(|| state.chance.random_range(0..20)))
        };
        if let Some(millis) = delay {
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
        if fails { Err(broken()) } else { Ok(()) }
    }

    /// After a change to `location` has been made.
    fn after<T>(&self, location: &Path, done: T) -> Result<T> {
        let mut state = self.sky.0.lock();
        let loses = state.weather.loses;
        if !state.chance.random_bool(loses) {
            return Ok(done);
        }
        state.harm.failed += 1;
        state.harm.lost_commits += usize::from(location.as_ref().ends_with(".json"));
        Err(broken())
    }
}

impl std::fmt::Display for FaultyStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on a bad day", self.inner)
    }
}

#[async_trait]
impl ObjectStore for FaultyStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        self.before().await?;
        let done = self.inner.put_opts(location, payload, opts).await?;
        self.after(location, done)
    }

    async fn put_multipart_opts(&self, location: &Path, opts: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.before().await?;
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.before().await?;
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.before().await?;
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let store = self.clone();
        self.inner
            .delete_stream(locations)
            .then(move |done| {
                let store = store.clone();
                async move {
                    store.before().await?;
                    done
                }
            })
            .boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.before().await?;
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.before().await?;
        self.inner.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.before().await?;
        self.inner.rename_opts(from, to, options).await
    }
}

//! The engine: one runtime (memory pool, spill folder, store, metadata cache) and one prepared session state that
//! every session clones, so that a session costs microseconds.

use super::{
    LakeSource, Session, cursor::CursorSeal, files::LAKE_URL, functions, portions::PortionSorts,
    shared::ShareAggregations,
};
use crate::{Error, Result, Settings, policy::Identity};
use datafusion::{
    execution::FunctionRegistry,
    execution::{
        SessionState, SessionStateBuilder,
        disk_manager::{DiskManagerBuilder, DiskManagerMode},
        memory_pool::{FairSpillPool, TrackConsumersPool},
        object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry},
        runtime_env::{RuntimeEnv, RuntimeEnvBuilder},
    },
    physical_optimizer::optimizer::PhysicalOptimizer,
    prelude::SessionConfig,
};
use object_store::ObjectStore;
use std::{collections::HashMap, fmt, num::NonZeroUsize, sync::Arc, time::Duration};

/// Parquet metadata kept between queries.
const METADATA_CACHE_BYTES: usize = 128 << 20;

/// Operators that the log names, largest first, when memory is refused.
const NAMED_CONSUMERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(7);

/// Runs queries; one per hub.
pub struct QueryEngine {
    base: Arc<SessionState>,
    caps: Caps,
    seal: Arc<CursorSeal>,
}

/// The hub's own bounds on one query.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caps {
    pub(crate) rows: u64,
    pub(crate) deadline: Duration,
}

impl fmt::Debug for QueryEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryEngine")
            .field("caps", &self.caps)
            .finish_non_exhaustive()
    }
}

impl QueryEngine {
    /// An engine over `store`, whose root holds one folder per table, named by its
    /// [`TableId`](crate::TableId). `cursor_secret` seals page cursors: keep it stable over restarts if cursors
    /// should be.
    ///
    /// # Errors
    /// `Internal` when the spill folder cannot be made.
    pub fn new(settings: &Settings, store: Arc<dyn ObjectStore>, cursor_secret: &[u8; 32]) -> Result<Self> {
        let failed = |error| Error::internal("the query engine could not start", Box::new(error) as Box<_>);
        let spill = settings.data.join("spill");
        std::fs::create_dir_all(&spill)?;
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(TrackConsumersPool::new(
                FairSpillPool::new(usize::try_from(settings.query_memory_bytes).unwrap_or(usize::MAX)),
                NAMED_CONSUMERS,
            )))
            .with_disk_manager_builder(
                DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![spill])),
            )
            .with_metadata_cache_limit(METADATA_CACHE_BYTES)
            .with_object_store_registry(lake_only(store)?)
            .build_arc()
            .map_err(failed)?;
        let base = base_state(settings, runtime)?;
        let caps = Caps {
            rows: settings.query_max_rows,
            deadline: Duration::from_secs(settings.query_deadline_seconds),
        };
        Ok(Self {
            base: Arc::new(base),
            caps,
            seal: Arc::new(CursorSeal::new(cursor_secret)),
        })
    }

    /// A session for `identity`. It holds no view: each execution takes the newest.
    pub fn session(&self, lake: Arc<dyn LakeSource>, identity: Identity) -> Session {
        Session::new(self.base.clone(), lake, identity, self.caps, self.seal.clone())
    }

    /// Bytes that running queries hold in the memory pool.
    pub fn reserved_bytes(&self) -> usize {
        self.base.runtime_env().memory_pool.reserved()
    }
}

/// The state that every session clones.
pub(super) fn base_state(settings: &Settings, runtime: Arc<RuntimeEnv>) -> Result<SessionState> {
    let mut rules = PhysicalOptimizer::new().rules;
    // Before the last push-down, which would give the places of a shared part filters of their own.
    let place = rules.iter().rposition(|rule| rule.name().starts_with("FilterPushdown"));
    let place = place.unwrap_or(rules.len());
    rules.insert(place, Arc::new(ShareAggregations));
    // Before parts are shared, because their inside is closed to the rules that follow.
    rules.insert(place, Arc::new(PortionSorts));
    let mut base = SessionStateBuilder::new()
        .with_default_features()
        .with_physical_optimizer_rules(rules)
        .with_config(config(settings))
        .with_runtime_env(runtime)
        // Nothing that opens files by name.
        .with_table_factories(HashMap::new())
        .with_file_formats(Vec::new())
        .build();
    for function in functions::overrides() {
        base.register_udf(function)
            .map_err(|error| Error::internal("the query engine could not start", Box::new(error) as Box<_>))?;
    }
    Ok(base)
}

/// A registry that knows the lake and nothing else (the default one also opens local files).
fn lake_only(store: Arc<dyn ObjectStore>) -> Result<Arc<dyn ObjectStoreRegistry>> {
    let parse = |text: &str| url::Url::parse(text).map_err(|e| Error::internal("the lake's address is wrong", e));
    let registry = DefaultObjectStoreRegistry::new();
    registry.register_store(&parse(LAKE_URL)?, store);
    // Absent already is what is wanted.
    let _gone = registry.deregister_store(&parse("file://")?);
    Ok(Arc::new(registry))
}

fn config(settings: &Settings) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_default_catalog_and_schema(super::catalog::CATALOG, super::catalog::DATA)
        .with_create_default_catalog_and_schema(false)
        .with_information_schema(true);
    if settings.query_threads > 0 {
        config = config.with_target_partitions(settings.query_threads);
    }
    let options = config.options_mut();
    // Physical plans name files and statistics; callers get the logical plan only.
    options.explain.logical_plan_only = true;
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    options.execution.parquet.bloom_filter_on_read = true;
    options.execution.parquet.enable_page_index = true;
    options.execution.parquet.schema_force_view_types = true;
    config
}

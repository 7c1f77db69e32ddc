//! A code list: one file, sent before everything else.

use super::{Feed, Shipment, periods::moment};
use crate::{Envelope, Result, World};
use chrono::{Days, NaiveDate};

/// A reference dataset and how its file is made.
pub(crate) struct Listing {
    pub(crate) dataset: &'static str,
    pub(crate) make: fn(&World) -> Result<Envelope>,
}

impl Feed for Listing {
    fn dataset(&self) -> &'static str {
        self.dataset
    }

    fn reference(&self) -> bool {
        true
    }

    fn history(&self, _: &World, from: NaiveDate, _: NaiveDate) -> Result<Vec<Shipment>> {
        let arrives = moment(from - Days::new(1), 8, 0);
        Ok(vec![Shipment::new(self.dataset, self.dataset, arrives, self.make)])
    }
}

//! The days that questions name, and the periods of figures.

use super::{
    form::Grain,
    gather::Params,
    week::{Week, midnight, today},
};
use chrono::{DateTime, Datelike, Days as Count, Months, NaiveDate, Utc};

/// Days after which an alert without a verdict lapses, as [`crate::alert::Settings`] has it.
const LAPSE: u64 = 42;

/// The days that questions name.
#[derive(Debug, Clone)]
pub(super) struct Days {
    pub week: Week,
    /// First day of the last month that was over.
    month: NaiveDate,
    /// The day on which it is made.
    today: NaiveDate,
    /// Beginning of the week, and its end where that is over.
    pub ends: (DateTime<Utc>, Option<DateTime<Utc>>),
}

impl Days {
    pub fn of(week: Week, now: DateTime<Utc>) -> Self {
        let after = week.last().succ_opt().unwrap_or(week.last());
        let month = after.with_day(1).unwrap_or(after);
        Self {
            week,
            month: month.checked_sub_months(Months::new(1)).unwrap_or(month),
            today: today(now),
            ends: (midnight(week.first()), week.is_over(now).then(|| midnight(after))),
        }
    }

    /// Every name and its day.
    fn named(&self) -> [(&'static str, NaiveDate); 13] {
        let back = |day: NaiveDate, days: u64| day.checked_sub_days(Count::new(days)).unwrap_or(day);
        let months = |count: u32| self.month.checked_sub_months(Months::new(count)).unwrap_or(self.month);
        let (mart, monday) = (self.week.mart(), self.week.first());
        [
            ("minggu", mart),
            ("lalu", back(mart, 7)),
            ("delapan", back(mart, 56)),
            ("awal", back(mart, 84)),
            ("senin", monday),
            ("ahad", self.week.last()),
            ("awal_senin", back(monday, 84)),
            ("bulan", self.month),
            ("bulan_lalu", months(1)),
            ("awal_bulan", months(12)),
            // The last day whose deliveries can be overdue.
            ("batas", self.week.last().min(back(self.today, 1))),
            ("lapuk", back(self.today, LAPSE)),
            // A year and its time to deliver.
            ("jauh", back(monday, 830)),
        ]
    }

    /// Those that `sql` names.
    pub fn params(&self, sql: &str) -> Params {
        let named = |name: &str| {
            let sign = format!("${name}");
            sql.match_indices(&sign).any(|(at, _)| {
                let next = sql[at + sign.len()..].chars().next();
                next.is_none_or(|next| !next.is_ascii_alphanumeric() && next != '_')
            })
        };
        let used = self.named().into_iter().filter(|(name, _)| named(name));
        used.map(|(name, day)| (name.to_owned(), day.to_string())).collect()
    }

    /// First and last day of the period that a figure is of.
    pub fn period(&self, grain: Grain) -> (NaiveDate, NaiveDate) {
        match grain {
            Grain::Minggu => (self.week.first(), self.week.last()),
            Grain::Epi => (self.week.mart(), end(self.week.mart(), grain)),
            Grain::Bulan | Grain::Triwulan => (self.month, end(self.month, grain)),
        }
    }
}

/// The last day of a period.
pub(super) fn end(first: NaiveDate, grain: Grain) -> NaiveDate {
    let after = match grain {
        Grain::Minggu | Grain::Epi => first.checked_add_days(Count::new(7)),
        Grain::Bulan => first.checked_add_months(Months::new(1)),
        Grain::Triwulan => first.checked_add_months(Months::new(3)),
    };
    after.and_then(|after| after.pred_opt()).unwrap_or(first)
}

/// The first day of the period before.
pub(super) fn before(first: NaiveDate, grain: Grain) -> Option<NaiveDate> {
    match grain {
        Grain::Minggu | Grain::Epi => first.checked_sub_days(Count::new(7)),
        Grain::Bulan => first.checked_sub_months(Months::new(1)),
        Grain::Triwulan => first.checked_sub_months(Months::new(3)),
    }
}

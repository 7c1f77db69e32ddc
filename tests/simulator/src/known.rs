//! When the hub could know what: a history is pushed at once, but a trial of alerts must not count as known what a
//! sender would not have sent yet. The same dice decide here and in what is sent live.

use crate::{
    School, World,
    attendance::Fate,
    feed::{absensi_harian_sekolah, absensi_kelas, absensi_siswa, kunjungan_puskesmas},
    health::weekly::{self, Promptness},
    school::Reporting,
};
use chrono::{Days, NaiveDate};

impl World {
    /// The day on which the hub knows what `school` counted on `day`: that day, by whichever feed the school sends; days or
    /// weeks later where it forgot; none where it had no lessons or never sends it.
    pub fn attendance_known(&self, school: &School, day: NaiveDate) -> Option<NaiveDate> {
        let in_time = match school.reporting {
            Reporting::Pupils => absensi_siswa::reports(self, school, day),
            Reporting::Classes => absensi_kelas::reports(self, school, day),
            Reporting::Recap => false,
        };
        if in_time {
            return Some(day);
        }
        match self.report(school, day)?.fate {
            Fate::OnTime | Fate::Late => Some(day),
            Fate::Straggler | Fate::Spoilt => Some(absensi_harian_sekolah::arrival(self, school.index, day)),
            Fate::Never => None,
        }
    }

    /// The day on which the hub has the visits of `day` to a health centre (`PKM-01`), or to that of a village
    /// (`35.03.11.2008`): that day, or two later from the mountains.
    pub fn visits_known(&self, place: &str, day: NaiveDate) -> NaiveDate {
        let regions = &self.regions;
        let village = regions.villages.iter().find(|village| village.code == place);
        let centre = village.map_or(place, |village| regions.centres[village.centre].code.as_str());
        let late = regions.centres.iter().any(|c| c.code == centre && c.mountain);
        day + Days::new(if late { kunjungan_puskesmas::BEHIND } else { 0 })
    }

    /// The day on which the hub has a health centre's weekly report of the week that ends on Saturday `day`; none where it
    /// is never sent.
    pub fn week_known(&self, centre: &str, day: NaiveDate) -> Option<NaiveDate> {
        let index = self.regions.centres.iter().position(|c| c.code == centre)?;
        let monday = day + Days::new(2);
        match weekly::promptness(self, index, day - Days::new(6)) {
            Promptness::OnTime => Some(monday),
            Promptness::Late(days) => Some(monday + Days::new(days)),
            Promptness::Missing => None,
        }
    }
}

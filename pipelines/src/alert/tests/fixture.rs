//! A hub with hand-made rows of indicators, and the alerts of it.

use crate::{
    alert::{
        Alert, AlertEvent, Alerts, Linked, Settings, Watched, Words,
        corroborate::{Link, Near},
        words,
    },
    model::tests::fixture::Hub,
};
use arrow::{
    array::AsArray,
    compute::cast,
    datatypes::{DataType, Float64Type},
};
use smartcenter_warehouse::contract::Origin;
use std::sync::Arc;
use tokio::sync::broadcast::Receiver;

pub const SCHOOLS: &str = "absensi_sekolah";
pub const CLINICS: &str = "sindrom_puskesmas";

const COLUMNS: &str = "
      - {name: unit, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 2}
      - {name: tanggal, logicalType: date, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: nilai, logicalType: number}
      - {name: nama, logicalType: string}
      - {name: wilayah, logicalType: string}
      - {name: puskesmas, logicalType: string}
      - {name: lintang, logicalType: number}
      - {name: bujur, logicalType: number}
      - {name: harapan, logicalType: number}
      - {name: batas, logicalType: number}
      - {name: p, logicalType: number}
      - {name: tanda, logicalType: boolean}
      - {name: aturan, logicalType: boolean}
      - {name: keparahan, logicalType: string}
      - {name: langkah, logicalType: integer}
      - {name: rumpun, logicalType: string}
";

/// A contract of the layer `mart` with these columns.
pub fn mart(name: &str, columns: &str) -> String {
    format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: urn:test:{name}\nname: {name}\nversion: 1.0.0\nstatus: active\n\
         schema:\n  - name: {name}\n    customProperties:\n      - {{property: owner, value: kominfo}}\n      \
         - {{property: layer, value: mart}}\n      - {{property: access, value: pimpinan}}\n      \
         - {{property: classification, value: terbatas}}\n    properties:{columns}"
    )
}

/// An indicator of this family that says which value it found where.
pub fn watched(slug: &str, family: &str, links: Vec<Linked>) -> Watched {
    Watched {
        slug: slug.to_owned(),
        version: "0123456789ab".to_owned(),
        family: family.to_owned(),
        owner: "dinkes".to_owned(),
        title: Words::of(format!("Judul {slug}"), format!("Title {slug}")),
        unit: Words::of("unit", "unit"),
        tests: true,
        rule: Some(Words::of("sepuluh atau lebih", "ten or more")),
        gap: 3,
        links,
        attribution: None,
        say: Arc::new(|rows, row, since| {
            let texts = cast(rows.column_by_name("unit").unwrap(), &DataType::Utf8).unwrap();
            let unit = texts.as_string::<i32>().value(row).to_owned();
            let value = rows
                .column_by_name("nilai")
                .unwrap()
                .as_primitive::<Float64Type>()
                .value(row);
            let since = words::day(since);
            Words::of(
                format!("{unit}: {value} sejak {}", since.id),
                format!("{unit}: {value} since {}", since.en),
            )
        }),
        advise: Arc::new(|_, _, _| Words::of("periksa sekolah", "check the school")),
    }
}

fn linked(to: &str, near: Near, lag_days: (i64, i64), checked: (&str, &str)) -> Linked {
    Linked {
        link: Link {
            from: "absensi".to_owned(),
            to: to.to_owned(),
            near,
            same_subject: false,
            lag_days,
        },
        checked: Some(Words::of(checked.0, checked.1)),
    }
}

/// Schools, with the neighbours and the health centre of the catchment as evidence; and the health centres.
pub fn both() -> Vec<Watched> {
    let links = vec![
        linked(
            "absensi",
            Near::Km(5.0),
            (0, 7),
            ("sekolah tetangga", "neighbouring schools"),
        ),
        linked(
            "puskesmas",
            Near::Catchment,
            (-2, 10),
            ("kunjungan puskesmas", "visits of the health centre"),
        ),
    ];
    vec![
        watched(SCHOOLS, "absensi", links),
        watched(CLINICS, "puskesmas", Vec::new()),
    ]
}

pub struct Scene {
    pub hub: Hub,
    pub alerts: Arc<Alerts>,
    pub watched: Vec<Arc<Watched>>,
    pub events: Receiver<AlertEvent>,
}

impl Scene {
    pub async fn new() -> Self {
        Self::with(both(), Settings::default()).await
    }

    pub async fn with(watched: Vec<Watched>, settings: Settings) -> Self {
        let hub = Hub::new(&[]).await;
        for one in &watched {
            let contract = mart(&one.table(), COLUMNS);
            hub.warehouse
                .put_contract(&contract, Origin::Derived, false)
                .await
                .unwrap();
        }
        let alerts = Alerts::new(hub.warehouse.clone(), settings);
        Self {
            events: alerts.subscribe(),
            watched: watched.into_iter().map(Arc::new).collect(),
            hub,
            alerts,
        }
    }

    /// The same after an end in the middle of the work.
    pub async fn killed(self) -> Self {
        let Self {
            hub,
            alerts,
            watched,
            events,
        } = self;
        drop((alerts, events));
        let hub = hub.killed().await;
        let alerts = Alerts::new(hub.warehouse.clone(), Settings::default());
        Self {
            events: alerts.subscribe(),
            watched,
            hub,
            alerts,
        }
    }

    pub async fn follow(&self) -> bool {
        self.alerts.follow(self.watched.clone()).await.unwrap()
    }

    /// Points of schools: unit, day of August 2026, value, p where flagged. Ten schools are quiet.
    pub async fn schools(&self, points: &[(&str, u32, f64, Option<f64>)]) {
        let mut csv = String::from(
            "unit,tanggal,nilai,nama,wilayah,puskesmas,lintang,bujur,harapan,batas,p,tanda,keparahan,langkah\n",
        );
        for (unit, day, value, p) in points {
            let south = unit.ends_with("jauh");
            let (region, clinic, at) = match south {
                true => ("35.03.01.2001", "PKM-01", "-8.24,111.41"),
                false => ("35.03.11.2008", "PKM-18", "-8.05,111.71"),
            };
            let (p, flag) = p.map_or((0.5, false), |p| (p, true));
            csv.push_str(&format!(
                "{unit},2026-08-{day:02},{value},{unit} Karangan,{region},{clinic},{at},4,9,{p},{flag},{},{day}\n",
                if flag { "sedang" } else { "" }
            ));
        }
        self.hub.push(&format!("indikator_{SCHOOLS}"), &csv).await;
    }

    /// The same of the health centre of most schools.
    pub async fn clinic(&self, points: &[(u32, f64, Option<f64>)]) {
        let mut csv =
            String::from("unit,tanggal,nilai,nama,wilayah,puskesmas,harapan,batas,p,tanda,keparahan,langkah\n");
        for (day, value, p) in points {
            let (p, flag) = p.map_or((0.5, false), |p| (p, true));
            csv.push_str(&format!(
                "PKM-18,2026-08-{day:02},{value},Puskesmas Karangan,35.03.11,PKM-18,6,12,{p},{flag},{},{day}\n",
                if flag { "sedang" } else { "" }
            ));
        }
        self.hub.push(&format!("indikator_{CLINICS}"), &csv).await;
    }

    /// All alerts, by first day and unit.
    pub async fn all(&self) -> Vec<Alert> {
        let ids = self
            .hub
            .lines("SELECT peringatan_id FROM mart.alert ORDER BY mulai, unit")
            .await;
        let mut all = Vec::new();
        for id in ids {
            all.push(self.alerts.held(&id).await.unwrap());
        }
        all
    }

    pub async fn only(&self) -> Alert {
        let mut all = self.all().await;
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }

    /// What was told since the last time: what, unit's alert, status.
    pub fn heard(&mut self) -> Vec<String> {
        let mut heard = Vec::new();
        while let Ok(event) = self.events.try_recv() {
            heard.push(format!("{:?} {} {}", event.what, &event.id[..4], event.status.as_str()));
        }
        heard.sort();
        heard
    }

    /// Pushes that the table of alerts has had.
    pub async fn pushes(&self) -> String {
        self.hub
            .lines("SELECT count(DISTINCT _seq) FROM history.alert")
            .await
            .remove(0)
    }
}

/// Deletes points of schools.
pub async fn corrected(scene: &Scene, points: &[(&str, u32)]) {
    let mut csv = String::from("unit,tanggal,_op\n");
    for (unit, day) in points {
        csv.push_str(&format!("{unit},2026-08-{day:02},D\n"));
    }
    scene.hub.push(&format!("indikator_{SCHOOLS}"), &csv).await;
}

//! The engines of the pipelines behind the seam.

use super::{
    Action, AlertDesk, AlertEvent, Deed, Definition, Happened, Indicators, NewStep, NewSuppression, Severity,
    StepTaken, Suppression, Watch,
};
use async_trait::async_trait;
use serde_json::Value;
use smartcenter_pipelines::{
    alert::{self, Alerts, Asked, What, life},
    indicator::{Calendar, Direction, Grain, Indicator},
    model::{Engine, Header},
};
use smartcenter_warehouse::{
    Error, Result,
    control::{self, KeptSuppression},
};
use std::{str::FromStr, sync::Arc};
use tokio::sync::broadcast::{self, error::RecvError};

/// Events that a slow listener may be behind.
const BEHIND: usize = 1024;

impl Watch {
    /// The engines of a hub. Call it within its runtime: word of alerts is passed on by a task that ends with them.
    pub fn of(models: Arc<Engine>, alerts: Arc<Alerts>) -> Self {
        let events = broadcast::channel(BEHIND).0;
        tokio::spawn(pass_on(alerts.subscribe(), events.clone()));
        Self {
            indicators: Some(Arc::new(Definitions(models))),
            alerts: Some(Arc::new(Desk { alerts, events })),
        }
    }
}

async fn pass_on(mut from: broadcast::Receiver<alert::AlertEvent>, to: broadcast::Sender<AlertEvent>) {
    loop {
        match from.recv().await {
            // Nobody listening is no fault.
            Ok(event) => drop(to.send(AlertEvent::from(event))),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

impl From<alert::AlertEvent> for AlertEvent {
    fn from(event: alert::AlertEvent) -> Self {
        Self {
            id: event.id,
            what: match event.what {
                What::New => Happened::New,
                What::Changed => Happened::Changed,
                What::Closed => Happened::Closed,
            },
            indicator: event.indikator,
            severity: event.keparahan.into(),
            sentence: event.kalimat.id,
            region: event.wilayah,
            owner: event.pemilik,
            at: event.at,
        }
    }
}

impl From<alert::Severity> for Severity {
    fn from(severity: alert::Severity) -> Self {
        match severity {
            alert::Severity::Info => Self::Info,
            alert::Severity::Sedang => Self::Sedang,
            alert::Severity::Tinggi => Self::Tinggi,
            alert::Severity::Kritis => Self::Kritis,
        }
    }
}

#[derive(Debug)]
struct Definitions(Arc<Engine>);

impl Indicators for Definitions {
    fn definitions(&self) -> Vec<Definition> {
        let known = self.0.indicators();
        known
            .iter()
            .map(|(header, indicator)| defined(header, indicator))
            .collect()
    }
}

fn defined(header: &Header, indicator: &Indicator) -> Definition {
    let rule = indicator.rule.as_ref();
    let parameters = indicator.detector.parameters.iter();
    Definition {
        id: indicator.slug.clone(),
        title: header.title.clone(),
        title_en: header.title_en.clone(),
        description: header.description.clone(),
        unit: indicator.unit.clone(),
        unit_en: indicator.unit_en.clone(),
        family: indicator.family.clone(),
        owner: header.owner.to_string(),
        grain: match indicator.grain {
            Grain::Hari => "hari",
            Grain::Minggu => "minggu",
            Grain::Bulan => "bulan",
        }
        .to_owned(),
        calendar: match indicator.calendar {
            Calendar::HariSekolah => "hari_sekolah",
            Calendar::HariKerja => "hari_kerja",
            Calendar::SetiapHari => "setiap_hari",
        }
        .to_owned(),
        direction: match indicator.direction {
            Direction::Naik => "naik",
            Direction::Turun => "turun",
            Direction::DuaArah => "dua_arah",
        }
        .to_owned(),
        method: indicator.detector.method.to_owned(),
        parameters: parameters.map(|(name, value)| (name.clone(), typed(value))).collect(),
        rule: rule.map(|rule| rule.sql.clone()),
        rule_title: rule.map(|rule| rule.title.clone()),
        rule_title_en: rule.map(|rule| rule.title_en.clone()),
        masks: indicator.masks.clone(),
        version: indicator.version.clone(),
        alerts: indicator.alerts,
    }
}

/// A parameter as the file has it: a number or a boolean where it is one.
fn typed(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
        _ => Value::from(text),
    }
}

#[derive(Debug)]
struct Desk {
    alerts: Arc<Alerts>,
    events: broadcast::Sender<AlertEvent>,
}

#[async_trait]
impl AlertDesk for Desk {
    fn subscribe(&self) -> broadcast::Receiver<AlertEvent> {
        self.events.subscribe()
    }

    async fn steps(&self, id: &str) -> Result<Vec<StepTaken>> {
        let history = self.alerts.history(id).await?;
        Ok(history.into_iter().map(StepTaken::from).collect())
    }

    async fn act(&self, id: &str, step: NewStep) -> Result<String> {
        let asked = match (step.action, step.until) {
            (Action::Acknowledge, _) => Asked::Acknowledge,
            (Action::Verify, _) => Asked::Verify,
            (Action::Dismiss, _) => Asked::Dismiss,
            (Action::Close, _) => Asked::Close,
            (Action::Snooze, Some(until)) => Asked::Snooze(until),
            (Action::Snooze, None) => return Err(Error::invalid("say until when the alert is to rest")),
        };
        let acted = self.alerts.act(id, asked, &step.note, &step.by).await?;
        Ok(acted.alert.id)
    }

    async fn suppressions(&self) -> Result<Vec<Suppression>> {
        let now = self.alerts.now();
        let kept = self.alerts.suppressions()?.into_iter().rev();
        let in_force = kept.filter(|kept| kept.lifted.is_none() && kept.suppression.until > now);
        Ok(in_force.map(Suppression::from).collect())
    }

    async fn suppress(&self, new: NewSuppression) -> Result<Suppression> {
        let asked = control::Suppression {
            indicator: new.indicator,
            unit: new.unit,
            until: new.until,
            reason: new.note,
            by: new.by,
            at: self.alerts.now(),
        };
        let n = self.alerts.suppress(&asked).await?;
        Ok(Suppression::from(KeptSuppression {
            n,
            suppression: asked,
            lifted: None,
        }))
    }

    async fn lift(&self, id: &str, by: &str) -> Result<bool> {
        match i64::from_str(id) {
            Ok(n) => self.alerts.lift(n, by).await,
            Err(_) => Ok(false),
        }
    }
}

impl From<life::Step> for StepTaken {
    fn from(step: life::Step) -> Self {
        Self {
            alert: step.alert,
            at: step.at,
            by: Some(step.by),
            deed: match step.deed {
                life::Deed::Acknowledge => Deed::Acknowledge,
                life::Deed::Verify => Deed::Verify,
                life::Deed::Dismiss => Deed::Dismiss,
                life::Deed::Close => Deed::Close,
                life::Deed::Snooze => Deed::Snooze,
                life::Deed::Withdraw => Deed::Withdraw,
                life::Deed::Merge => Deed::Merge,
                life::Deed::Return => Deed::Return,
                life::Deed::Reopen => Deed::Reopen,
            },
            note: step.note,
            until: step.until,
        }
    }
}

impl From<KeptSuppression> for Suppression {
    fn from(kept: KeptSuppression) -> Self {
        let KeptSuppression { n, suppression, .. } = kept;
        Self {
            id: n.to_string(),
            indicator: suppression.indicator,
            unit: suppression.unit,
            until: suppression.until,
            note: suppression.reason,
            by: Some(suppression.by),
            at: suppression.at,
        }
    }
}

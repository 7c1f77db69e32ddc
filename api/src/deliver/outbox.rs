//! From the alerts to the outbox, and from the outbox to the receivers.

use super::{Courier, message::Message};
use crate::{
    alert_row::{self, AlertRow, Status, Told},
    problem::Answer,
    state::Hub,
    watch::Severity,
};
use chrono::{DateTime, Days, Duration as Span, FixedOffset, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use smartcenter_warehouse::{
    Result,
    control::{Delivery, DeliveryEnd, DeliveryForm, NewDelivery},
    policy::{Identity, Role},
    query::Session,
};
use std::{collections::BTreeMap, sync::Arc};
use tokio_util::sync::CancellationToken;

/// From here on an alert has a message of its own.
const SINGLE: Severity = Severity::Tinggi;
/// Longest pause between two attempts.
const LONGEST: Span = Span::hours(6);
/// How long done messages are remembered, so that an alert that goes on is not told twice.
const REMEMBERED: Days = Days::new(400);
/// Messages looked at in one go.
const MOST: u32 = 200;
/// Most alerts of one look.
const ALERTS: usize = 5_000;

/// Western Indonesia.
fn here() -> FixedOffset {
    FixedOffset::east_opt(7 * 3600).unwrap_or(Utc.fix())
}

/// The next moment at which it is `time` here, after `now`.
pub(super) fn next_at(now: DateTime<Utc>, time: NaiveTime) -> DateTime<Utc> {
    let local = now.with_timezone(&here()).naive_local();
    let today = NaiveDateTime::new(local.date(), time);
    let next = match today > local {
        true => today,
        false => today.checked_add_days(Days::new(1)).unwrap_or(today),
    };
    here()
        .from_local_datetime(&next)
        .earliest()
        .map_or(now, |at| at.to_utc())
}

/// How an attempt ended that was not taken.
#[derive(Debug)]
pub(super) struct Refusal(pub String);

impl Courier {
    /// Puts into the outbox what those who are to know have not been told; answers how many messages that is.
    pub(super) async fn decide(&self, hub: &Arc<Hub>) -> Answer<usize> {
        let now = hub.warehouse.clock().now();
        if hub.warehouse.contracts().get(alert_row::ALERT).is_none() {
            return Ok(0);
        }
        let today = now.with_timezone(&here()).date_naive();
        let first = today
            .checked_sub_days(Days::new(self.config.deliver.newest_days.into()))
            .unwrap_or(today);
        let condition = "status = 'open' AND coalesce(disampaikan, 'now') = 'now' AND terakhir >= CAST($1 AS DATE)";
        let alerts = alert_row::select(
            &session(hub),
            condition,
            "mulai, peringatan_id",
            ALERTS,
            vec![first.to_string().into()],
        )
        .await?;
        let new: Vec<NewDelivery> = alerts.iter().flat_map(|alert| self.of(alert, now)).collect();
        let warehouse = hub.warehouse.clone();
        let added = tokio::task::spawn_blocking(move || {
            let control = warehouse.control();
            control.forget_deliveries(now.checked_sub_days(REMEMBERED).unwrap_or(now))?;
            control.add_deliveries(&new)
        });
        Ok(added
            .await
            .map_err(|error| smartcenter_warehouse::Error::internal("a background call ended early", error))??)
    }

    /// The messages that an alert asks for.
    fn of(&self, alert: &AlertRow, now: DateTime<Utc>) -> Vec<NewDelivery> {
        if is_resting(alert, now) {
            return Vec::new();
        }
        let (owner, severity) = (alert.pemilik.as_str(), alert.keparahan);
        let new = |target: String, form: DeliveryForm| NewDelivery {
            id: uuid::Uuid::now_v7().to_string(),
            alert: alert.peringatan_id.clone(),
            target,
            severity: severity as u8,
            form,
            due_at: match form {
                DeliveryForm::Single => now,
                DeliveryForm::Digest => next_at(now, self.config.deliver.digest_at.0),
            },
            made_at: now,
        };
        let hooks = self
            .config
            .webhook
            .targets
            .iter()
            .filter(|route| route.takes(owner, severity));
        let hooks = hooks.map(|route| new(route.mark("webhook"), DeliveryForm::Single));
        let form = if severity >= SINGLE {
            DeliveryForm::Single
        } else {
            DeliveryForm::Digest
        };
        let mails = self.config.mail.to.iter().filter(|route| route.takes(owner, severity));
        let mails = mails.map(|route| new(route.mark("mail"), form));
        let mut all: Vec<NewDelivery> = hooks.chain(mails).collect();
        // Two lines of the settings may name one receiver.
        all.sort_by(|a, b| a.target.cmp(&b.target));
        all.dedup_by(|a, b| a.target == b.target);
        all
    }

    /// Sends what is due, until it is told to stop.
    pub(super) async fn send_due(&self, hub: &Arc<Hub>, stop: &CancellationToken) -> Result<()> {
        let now = hub.warehouse.clock().now();
        let due = hub.warehouse.control().due_deliveries(now, MOST)?;
        for (target, parcel) in parcels(due) {
            if stop.is_cancelled() {
                break;
            }
            self.send(hub, &target, parcel, now).await?;
        }
        Ok(())
    }

    async fn send(&self, hub: &Arc<Hub>, target: &str, parcel: Vec<Delivery>, now: DateTime<Utc>) -> Result<()> {
        let control = hub.warehouse.control();
        let session = session(hub);
        let mut open = Vec::new();
        for one in parcel {
            let id = one.new.id.as_str();
            let alert = match alert_row::one(&session, &one.new.alert).await {
                Ok(alert) => alert,
                Err(problem) => {
                    tracing::warn!(
                        cause = crate::log::scrub(problem.detail()),
                        "An alert could not be read for its message."
                    );
                    control.postpone_deliveries(&[id], now + self.pause(&one), false)?;
                    continue;
                }
            };
            match alert {
                Some(alert) if is_resting(&alert, now) => {
                    control.postpone_deliveries(&[id], alert.tunda_sampai.unwrap_or(now), false)?;
                }
                Some(alert)
                    if alert.status == Status::Open && alert.disampaikan.is_none_or(|told| told == Told::Now) =>
                {
                    open.push((one, alert));
                }
                // Somebody decided on it meanwhile, or it is gone.
                _ => control.end_deliveries(&[id], DeliveryEnd::Dropped, now)?,
            }
        }
        let Some((first, _)) = open.first() else { return Ok(()) };
        let ids: Vec<&str> = open.iter().map(|(one, _)| one.new.id.as_str()).collect();
        let alerts: Vec<&AlertRow> = open.iter().map(|(_, alert)| alert).collect();
        let message = Message {
            // A digest is called as its first part.
            id: &first.new.id,
            alerts: &alerts,
            is_digest: first.new.form == DeliveryForm::Digest,
            at: now,
            link: self.config.deliver.public_url.as_deref(),
        };
        let (channel, outcome) = self.hand_over(target, &message).await;
        let outcome = match outcome {
            None => {
                // The settings name this receiver no more.
                return control.end_deliveries(&ids, DeliveryEnd::Dropped, now);
            }
            Some(outcome) => outcome,
        };
        let word = match outcome {
            Ok(()) => {
                control.end_deliveries(&ids, DeliveryEnd::Sent, hub.warehouse.clock().now())?;
                "sent"
            }
            Err(Refusal(why)) => {
                let oldest = open.iter().map(|(one, _)| one.new.made_at).min().unwrap_or(now);
                let is_over = now - oldest >= Span::hours(self.config.deliver.give_up_hours.into());
                tracing::warn!(
                    channel,
                    target,
                    attempt = first.attempts + 1,
                    cause = crate::log::scrub(&why),
                    "A message about alerts was not taken."
                );
                if is_over {
                    control.end_deliveries(&ids, DeliveryEnd::Failed, now)?;
                } else {
                    control.postpone_deliveries(&ids, now + self.pause(first), true)?;
                }
                if is_over { "failed" } else { "refused" }
            }
        };
        metrics::counter!("smartcenter_alert_messages_total", "channel" => channel, "outcome" => word).increment(1);
        Ok(())
    }

    /// None for a receiver that nobody knows any more.
    async fn hand_over(
        &self,
        target: &str,
        message: &Message<'_>,
    ) -> (&'static str, Option<std::result::Result<(), Refusal>>) {
        let hook = self
            .config
            .webhook
            .targets
            .iter()
            .find(|route| route.mark("webhook") == target);
        let mailbox = self.config.mail.to.iter().find(|route| route.mark("mail") == target);
        match (hook, &self.hooks, mailbox, &self.mailer) {
            (Some(route), Some(hooks), ..) => ("webhook", Some(hooks.send(&route.to, message).await)),
            (_, _, Some(route), Some(mailer)) => ("mail", Some(mailer.send(&route.to, message).await)),
            _ => ("none", None),
        }
    }

    /// How long to wait after an attempt more in vain.
    fn pause(&self, delivery: &Delivery) -> Span {
        let first = i64::try_from(self.config.deliver.retry_seconds.max(1)).unwrap_or(i64::MAX);
        let grown = first.checked_shl(delivery.attempts.min(20)).unwrap_or(i64::MAX);
        Span::try_seconds(grown)
            .filter(|pause| *pause > Span::zero())
            .map_or(LONGEST, |pause| pause.min(LONGEST))
    }
}

/// What goes out together: digests by receiver, everything else by itself. In the order in which they are due.
fn parcels(due: Vec<Delivery>) -> Vec<(String, Vec<Delivery>)> {
    let mut parcels: Vec<(String, Vec<Delivery>)> = Vec::new();
    let mut digests: BTreeMap<String, usize> = BTreeMap::new();
    for one in due {
        let target = one.new.target.clone();
        match (one.new.form, digests.get(&target)) {
            (DeliveryForm::Digest, Some(at)) => parcels[*at].1.push(one),
            (form, _) => {
                if form == DeliveryForm::Digest {
                    digests.insert(target.clone(), parcels.len());
                }
                parcels.push((target, vec![one]));
            }
        }
    }
    parcels
}

fn is_resting(alert: &AlertRow, now: DateTime<Utc>) -> bool {
    alert.tunda_sampai.is_some_and(|until| until > now)
}

/// The hub itself: what it reads is for the institutions whose alerts they are.
fn session(hub: &Hub) -> Session {
    let hub_itself = Identity {
        role: Role::Admin,
        is_hub: true,
        ..Identity::anonymous()
    };
    hub.warehouse.session(&hub_itself)
}

//! Signed messages to programs. `X-Smartcenter-Signature: t=<seconds since 1970>,v1=<hex>`, where `v1` is the HMAC-SHA256
//! under the shared secret of `t`, a dot, and the body as sent: whoever knows the secret can tell that the hub sent it, and
//! when. `X-Smartcenter-Delivery` is the same in every attempt.

use super::{
    address::Url,
    config::{self, Secret, Webhook},
    message::Message,
    outbox::Refusal,
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use smartcenter_warehouse::{Error, Result};
use std::time::Duration;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// The way to programs.
#[derive(Debug)]
pub(super) struct Hooks {
    far: reqwest::Client,
    /// For receivers on this machine, which no proxy reaches.
    near: reqwest::Client,
    secret: Secret,
}

impl Hooks {
    /// None where no program is to be told.
    pub fn new(settings: &Webhook) -> Result<Option<Self>> {
        if settings.targets.is_empty() {
            return Ok(None);
        }
        let secret = config::secret(
            settings.secret.as_ref(),
            settings.secret_file.as_ref(),
            "webhook.secret_file",
        )?;
        let secret =
            secret.ok_or_else(|| Error::invalid("webhook.targets: messages are signed: set webhook.secret_file"))?;
        let client = || {
            reqwest::Client::builder()
                .user_agent(concat!("smartcenter/", env!("CARGO_PKG_VERSION")))
                .timeout(PATIENCE)
                // A signed message goes where the settings say, and nowhere else.
                .redirect(reqwest::redirect::Policy::none())
        };
        let built = |builder: reqwest::ClientBuilder| {
            builder
                .build()
                .map_err(|error| Error::internal("the HTTP client for webhooks cannot start", error))
        };
        Ok(Some(Self {
            far: built(client())?,
            near: built(client().no_proxy())?,
            secret,
        }))
    }

    /// Hands a message over; any status of 2xx takes it.
    pub async fn send(&self, to: &Url, message: &Message<'_>) -> std::result::Result<(), Refusal> {
        let body = message.json().to_string();
        let signature = signature(&self.secret, message.at.timestamp(), &body);
        let client = if is_near(to) { &self.near } else { &self.far };
        let request = client
            .post(to.0.clone())
            .header("Content-Type", "application/json")
            .header("X-Smartcenter-Delivery", message.id)
            .header("X-Smartcenter-Signature", signature)
            .body(body);
        // The address may hold a secret of the receiver's.
        let answer = request
            .send()
            .await
            .map_err(|error| Refusal(error.without_url().to_string()))?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(Refusal(format!("answered {status}"))),
        }
    }
}

/// The signature of a body that is sent at `seconds`.
pub(super) fn signature(secret: &Secret, seconds: i64, body: &str) -> String {
    // HMAC takes a key of any length.
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).map(|mut mac| {
        mac.update(format!("{seconds}.{body}").as_bytes());
        hex::encode(mac.finalize().into_bytes())
    });
    format!("t={seconds},v1={}", mac.unwrap_or_default())
}

fn is_near(url: &Url) -> bool {
    let host = url.0.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

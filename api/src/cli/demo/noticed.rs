//! What the hub noticed by itself in the history: an outbreak with its evidence, a service that is used less and why, and
//! how much else.

use crate::cli::client::Client;
use serde_json::Value;
use std::time::{Duration, Instant};

/// Whatever became of them.
const ANY: &str = "open,acknowledged,verified,dismissed,closed";
/// Alerts that are asked for.
const MOST: usize = 500;

/// Lines to be printed; none where there is nothing. Waits until `until` for the first alerts.
pub fn told(client: &Client, until: Instant) -> anyhow::Result<Vec<String>> {
    let alerts = loop {
        let (alerts, _) = client.list("/api/v1/alerts", &[("status", ANY.to_owned())], MOST)?;
        if !alerts.is_empty() || Instant::now() >= until {
            break alerts;
        }
        std::thread::sleep(Duration::from_millis(500));
    };
    let open = alerts.iter().filter(|alert| alert["status"] == "open").count();
    let mut lines = vec![format!(
        "{open} peringatan terbuka, {} sudah lewat (smartcenter alerts ls, halaman /app/peringatan). Di antaranya:",
        alerts.len() - open
    )];
    lines.extend(newest(&alerts, is_outbreak).map(line));
    lines.extend(newest(&alerts, is_fall).map(line));
    Ok(if alerts.is_empty() { Vec::new() } else { lines })
}

fn newest(alerts: &[Value], fits: fn(&Value) -> bool) -> Option<&Value> {
    let since = |alert: &&Value| alert["since"].as_str().unwrap_or_default().to_owned();
    alerts.iter().filter(|alert| fits(alert)).max_by_key(since)
}

/// Schools and health centres say the same.
fn is_outbreak(alert: &Value) -> bool {
    let family = alert["family"].as_str().unwrap_or_default();
    matches!(family, "absensi" | "penyakit") && alert["confidence"] == "kuat"
}

/// A service that is used less, with the reasons.
fn is_fall(alert: &Value) -> bool {
    let sentence = alert["sentence"].as_str().unwrap_or_default();
    alert["family"] == "layanan" && sentence.contains(" turun ")
}

fn line(alert: &Value) -> String {
    let text = |name: &str| alert[name].as_str().unwrap_or_default();
    let action = match text("action") {
        "" => String::new(),
        action => format!("\n    Langkah pertama: {action}"),
    };
    format!(
        "- [{}, {}] {}{action}",
        text("severity"),
        text("confidence"),
        text("sentence")
    )
}

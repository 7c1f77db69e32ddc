//! What a message says: the same facts for programs (JSON) and for people (text and HTML), Indonesian first.

use crate::{alert_row::AlertRow, watch::Severity};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use smartcenter_pipelines::words::{self, Language};
use std::fmt::Write;

/// A message about one alert, or a digest of several.
#[derive(Debug)]
pub(super) struct Message<'a> {
    /// Its id, the same in every attempt.
    pub id: &'a str,
    /// What it is about; never empty.
    pub alerts: &'a [&'a AlertRow],
    /// Several together.
    pub is_digest: bool,
    /// When it is sent.
    pub at: DateTime<Utc>,
    /// Address of the hub as readers know it.
    pub link: Option<&'a str>,
}

/// Digits in a row from which on they may stand for a person or a family.
const PERSONAL_DIGITS: usize = 16;

impl Message<'_> {
    /// For programs.
    pub fn json(&self) -> Value {
        let alerts: Vec<Value> = self.alerts.iter().map(|alert| self.alert(alert)).collect();
        json!({ "id": self.id, "kind": "alert", "at": self.at, "alert": alerts.first() })
    }

    fn alert(&self, alert: &AlertRow) -> Value {
        let text = |text: &Option<String>| text.as_deref().map(covered);
        json!({
            "id": alert.peringatan_id, "indicator": alert.indikator, "family": alert.keluarga,
            "unit": covered(&alert.unit), "name": text(&alert.nama), "region": alert.wilayah,
            "title": covered(&alert.judul), "title_en": text(&alert.judul_en),
            "sentence": covered(&alert.kalimat), "sentence_en": text(&alert.kalimat_en),
            "action": text(&alert.tindakan), "action_en": text(&alert.tindakan_en),
            "owner": alert.pemilik, "since": alert.mulai, "last": alert.terakhir,
            "severity": alert.keparahan, "confidence": alert.keyakinan, "p": alert.p, "excess": alert.kelebihan,
            "version": alert.versi, "link": self.link_to(alert),
        })
    }

    fn link_to(&self, alert: &AlertRow) -> Option<String> {
        let base = self.link?.trim_end_matches('/');
        Some(format!("{base}/app/peringatan/{}", alert.peringatan_id))
    }

    /// The line that a mail program lists.
    pub fn subject(&self) -> String {
        let first = self.alerts.first();
        let words = match first {
            Some(alert) if !self.is_digest => {
                let severity = alert.keparahan.as_str().to_uppercase();
                let place = alert.nama.as_deref().map(|name| format!(": {}", covered(name)));
                format!("{severity} · {}{}", covered(&alert.judul), place.unwrap_or_default())
            }
            _ => format!("{} peringatan untuk diperiksa", self.alerts.len()),
        };
        let line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!("[Smart Center] {line}")
    }

    /// For people, as plain text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for alert in self.alerts {
            // Writing into a text cannot fail.
            let _ = writeln!(out, "{}\n", covered(&alert.kalimat));
            for (name, value) in self.facts(alert) {
                let _ = writeln!(out, "{name}: {value}");
            }
            if let Some(english) = &alert.kalimat_en {
                let _ = writeln!(out, "\nIn English: {}", covered(english));
                if let Some(action) = &alert.tindakan_en {
                    let _ = writeln!(out, "First: {}", covered(action));
                }
            }
            out.push_str("\n----\n\n");
        }
        out.push_str(FOOT);
        out.push('\n');
        out
    }

    /// For people, as HTML; nothing in it is loaded from anywhere.
    pub fn html(&self) -> String {
        let mut out = String::from(
            "<!doctype html><html lang=\"id\"><body style=\"font:16px/1.5 sans-serif;color:#17262b;max-width:40em\">",
        );
        for alert in self.alerts {
            let _ = write!(
                out,
                "<section style=\"border-left:5px solid {};padding:2px 0 2px 14px;margin:0 0 24px\">\
                 <p style=\"font-size:18px;font-weight:600;margin:0 0 10px\">{}</p><table>",
                colour(alert.keparahan),
                escaped(&covered(&alert.kalimat))
            );
            for (name, value) in self.facts(alert) {
                let shown = match name {
                    "Lihat" => format!("<a href=\"{0}\">{0}</a>", escaped(&value)),
                    _ => escaped(&value),
                };
                let _ = write!(
                    out,
                    "<tr><th style=\"text-align:left;vertical-align:top;padding-right:14px;color:#56666a;font-weight:400\">{}</th><td>{shown}</td></tr>",
                    escaped(name)
                );
            }
            out.push_str("</table>");
            if let Some(english) = &alert.kalimat_en {
                let _ = write!(
                    out,
                    "<p lang=\"en\" style=\"color:#56666a\">{}",
                    escaped(&covered(english))
                );
                if let Some(action) = &alert.tindakan_en {
                    let _ = write!(out, "<br>First: {}", escaped(&covered(action)));
                }
                out.push_str("</p>");
            }
            out.push_str("</section>");
        }
        let _ = write!(
            out,
            "<p style=\"color:#56666a;font-size:13px\">{}</p></body></html>",
            escaped(FOOT)
        );
        out
    }

    fn facts(&self, alert: &AlertRow) -> Vec<(&'static str, String)> {
        let mut facts = vec![("Keparahan", alert.keparahan.as_str().to_owned())];
        if let Some(confidence) = &alert.keyakinan {
            facts.push(("Keyakinan", covered(confidence)));
        }
        let since = match alert.mulai == alert.terakhir {
            true => day(alert.mulai),
            false => format!("{} sampai {}", day(alert.mulai), day(alert.terakhir)),
        };
        facts.push(("Sejak", since));
        if let Some(action) = &alert.tindakan {
            facts.push(("Langkah pertama", covered(action)));
        }
        facts.extend(self.link_to(alert).map(|link| ("Lihat", link)));
        facts
    }
}

const FOOT: &str = "Smart Center Kabupaten Trenggalek. Peringatan adalah dugaan dari data, bukan penetapan: periksa dahulu, lalu \
                    catat hasilnya di halaman Peringatan. Alerts are suspicions raised by data: check first.";

fn day(day: NaiveDate) -> String {
    words::date(Language::Id, day)
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Kritis => "#a32c22",
        Severity::Tinggi => "#e09a1a",
        Severity::Sedang => "#0d5c55",
        Severity::Info => "#9db0b2",
    }
}

/// Text as it may leave the hub: what could be the number of a person or family is covered.
pub(super) fn covered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let take = if digits > 0 { digits } else { c.len_utf8() };
        match digits >= PERSONAL_DIGITS {
            true => out.push_str("[nomor ditutup]"),
            false => out.push_str(&rest[..take]),
        }
        rest = &rest[take..];
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

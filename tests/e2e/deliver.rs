//! Alerts leave the hub: to a program that checks the signature, and by mail through a server that wants a password and a
//! covered connection. What was taken is not sent again, whatever happens to the hub.

use crate::{
    client::Client,
    hub::{Folder, Hub, PATIENCE, Start, until},
    reader::python,
};
use chrono::{Days, Utc};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread,
};

/// Alerts as pushed by hand, where the engine would put its own.
const PASSED_ON: &str = "/*
title: Peringatan uji
title_en: Alerts of a test
description: Alerts that the test pushes.
owner: kominfo
grain: one alert
kind: table
key: [peringatan_id]
sources:
  data.peringatan_uji: all
region: wilayah
institution: pemilik
access: pimpinan
*/
SELECT * FROM data.peringatan_uji
";

/// A mail server; it ends with the test.
struct MailServer {
    process: Child,
    port: u64,
    authority: String,
    letters: mpsc::Receiver<Value>,
}

impl MailServer {
    fn start(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/smtp_server.py");
        let mut process = Command::new(python())
            .arg(script)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        let (sender, letters) = mpsc::channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self {
            process,
            port: first["port"].as_u64().unwrap(),
            authority: first["authority"].as_str().unwrap().to_owned(),
            letters,
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a program was sent: head in lower case, and body.
type Sent = Arc<Mutex<Vec<(String, String)>>>;

/// A program that takes everything but the first request, which it refuses.
fn program() -> (String, Sent) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/peringatan", listener.local_addr().unwrap());
    let sent = Sent::default();
    let kept = sent.clone();
    thread::spawn(move || {
        let mut status = "503 busy";
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.to_ascii_lowercase();
                if let Some(value) = line.strip_prefix("content-length: ") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            kept.lock().unwrap().push((head, String::from_utf8(body).unwrap()));
            write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            .unwrap();
            status = "204 taken";
        }
    });
    (url, sent)
}

fn start(folder: &Arc<Folder>, mail: &MailServer, hook: &str) -> Hub {
    let password = folder.scratch("sandi");
    fs::write(&password, "sandi-uji\n").unwrap();
    Start::on(folder)
        .set("models", true)
        .env("SMARTCENTER_DELIVER_RETRY_SECONDS", "1")
        .env("SMARTCENTER_DELIVER_PUBLIC_URL", "https://hub.example.go.id")
        .env("SMARTCENTER_WEBHOOK_TARGETS", &format!("* info {hook}"))
        .env("SMARTCENTER_WEBHOOK_SECRET", "rahasia-uji")
        .env("SMARTCENTER_MAIL_SERVER", &format!("localhost:{}", mail.port))
        .env("SMARTCENTER_MAIL_USER", "hub")
        .env("SMARTCENTER_MAIL_PASSWORD_FILE", password.to_str().unwrap())
        .env("SMARTCENTER_MAIL_CA_FILE", &mail.authority)
        .env("SMARTCENTER_MAIL_FROM", "Smart Center <hub@example.go.id>")
        .env(
            "SMARTCENTER_MAIL_TO",
            "dinkes sedang Piket Dinkes <piket@dinkes.example.go.id>, dikpora tinggi piket@dikpora.example.go.id",
        )
        .start()
}

fn raise(client: &Client, id: &str, owner: &str, severity: &str) {
    let today = Utc::now().date_naive();
    let alert = json!({
        "peringatan_id": id, "indikator": "uji", "keluarga": "absensi", "unit": "20500001", "nama": "SD Uji",
        "wilayah": "35.03.11", "judul": "Banyak murid tidak masuk", "judul_en": "Many pupils absent",
        "kalimat": "SD Uji: 14 murid tidak masuk, biasanya 4 (NIK 9903010101900001).",
        "kalimat_en": "SD Uji: 14 pupils absent, usually 4.", "tindakan": "Telepon sekolah.",
        "tindakan_en": "Call the school.", "pemilik": owner, "mulai": today - Days::new(2), "terakhir": today,
        "keparahan": severity, "keyakinan": "kuat", "p": 0.001, "kelebihan": 10.0, "status": "open",
        "disampaikan": "now", "oleh": "kunci-seseorang", "versi": "abc123abc123",
    });
    client.push_ndjson("peringatan_uji", &[alert]).expect(202);
}

#[test]
fn alerts_reach_programs_and_people_once() {
    let folder = Folder::new();
    fs::create_dir_all(folder.data().join("models")).unwrap();
    fs::write(folder.data().join("models/alert.sql"), PASSED_ON).unwrap();
    let mail = MailServer::start(&folder.scratch("surat"));
    let (hook, sent) = program();
    let hub = start(&folder, &mail, &hook);
    raise(&hub.admin(), "a1", "dinkes", "kritis");

    // Refused once, taken the second time.
    let letter = mail.letters.recv_timeout(PATIENCE).expect("a letter in time");
    assert_eq!(letter["to"], json!(["piket@dinkes.example.go.id"]));
    assert_eq!(
        letter["subject"],
        "[Smart Center] KRITIS · Banyak murid tidak masuk: SD Uji"
    );
    assert_eq!(
        (&letter["covered"], &letter["automatic"]),
        (&json!(true), &json!("auto-generated"))
    );
    let (text, html) = (letter["text"].as_str().unwrap(), letter["html"].as_str().unwrap());
    for part in [
        "SD Uji: 14 murid tidak masuk",
        "Telepon sekolah.",
        "https://hub.example.go.id/peringatan?id=a1",
    ] {
        assert!(
            text.contains(part) && html.contains(part),
            "{part} in {text} and {html}"
        );
    }
    until("the program took it", || sent.lock().unwrap().len() == 2);
    for (head, body) in sent.lock().unwrap().iter() {
        let header = |name: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                .unwrap()
                .to_owned()
        };
        let signature = header("x-smartcenter-signature");
        let (seconds, signed) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        assert_eq!(signed, hmac("rahasia-uji", &format!("{seconds}.{body}")));
        assert_eq!(serde_json::from_str::<Value>(body).unwrap()["alert"]["id"], "a1");
    }
    // Nothing of a person, and no name of a key.
    for said in [text, html, &sent.lock().unwrap()[1].1] {
        assert!(
            !said.contains("9903010101900001") && !said.contains("kunci-seseorang"),
            "{said}"
        );
    }

    // After a kill nothing is said again, and what is new is: to whom it is for.
    hub.kill();
    let hub = start(&folder, &mail, &hook);
    raise(&hub.admin(), "a2", "dikpora", "tinggi");
    raise(&hub.admin(), "a3", "dikpora", "sedang");
    let letter = mail.letters.recv_timeout(PATIENCE).expect("a letter in time");
    assert_eq!(letter["to"], json!(["piket@dikpora.example.go.id"]));
    until("the program took both", || sent.lock().unwrap().len() >= 4);
    let mut ids: Vec<String> = sent.lock().unwrap()[2..]
        .iter()
        .map(|(_, body)| {
            serde_json::from_str::<Value>(body).unwrap()["alert"]["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    ids.sort();
    assert_eq!(ids, ["a2", "a3"]);
    assert!(mail.letters.try_recv().is_err(), "of a3 nobody wanted a letter");
    for secret in ["sandi-uji", "rahasia-uji", "piket@"] {
        assert!(!hub.log().contains(secret), "{secret} is in the log");
    }
}

/// By an implementation that shares no code with the hub's.
fn hmac(key: &str, text: &str) -> String {
    let script =
        "import hmac, sys; print(hmac.new(sys.argv[1].encode(), sys.stdin.buffer.read(), 'sha256').hexdigest())";
    let mut python = Command::new(python())
        .args(["-c", script, key])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let out = python.wait_with_output().unwrap();
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

#[test]
fn settings_that_cannot_work_are_told_at_the_start() {
    let start = Start::fresh()
        .env("SMARTCENTER_WEBHOOK_TARGETS", "* info http://127.0.0.1:9/")
        .env("SMARTCENTER_WEBHOOK_SECRET_FILE", "/nowhere/secret");
    let ended = start.try_start().expect_err("there is no such file");
    assert!(!ended.status.success());
    assert!(
        ended
            .log
            .contains("webhook.secret_file: /nowhere/secret cannot be read"),
        "{}",
        ended.log
    );
}

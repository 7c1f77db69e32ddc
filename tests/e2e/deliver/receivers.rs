//! Those who are told: a mail server and a program, and another implementation of the signature.

use crate::reader::python;
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread,
};

/// A mail server; it ends with the test.
pub struct MailServer {
    process: Child,
    /// Its port.
    pub port: u64,
    /// File with the certificate of its authority.
    pub authority: String,
    /// What it took.
    pub letters: mpsc::Receiver<Value>,
}

impl MailServer {
    /// Starts it; certificates go to `folder`.
    pub fn start(folder: &Path) -> Self {
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
pub type Sent = Arc<Mutex<Vec<(String, String)>>>;

/// A program that takes everything but the first request, which it refuses.
pub fn program() -> (String, Sent) {
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

/// By an implementation that shares no code with the hub's.
pub fn hmac(key: &str, text: &str) -> String {
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

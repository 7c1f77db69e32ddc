//! A store of the S3 kind for a hub's lake: a server of its own for each test, which can be stopped for a while, and
//! ends with the test.

use crate::reader::python;
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

const BUCKET: &str = "danau";

/// A running server and its bucket.
#[derive(Debug)]
pub struct Bucket {
    /// It ends when its standard input does.
    server: Child,
    endpoint: String,
}

impl Bucket {
    /// A server with one empty bucket.
    pub fn start() -> Self {
        Self::deaf_to(&[])
    }

    /// One that takes no notice of some headers.
    pub fn deaf_to(headers: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/s3_server.py");
        let mut server = Command::new(python())
            .arg(script)
            .arg(BUCKET)
            .args(headers)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut endpoint = String::new();
        let out = server.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut endpoint).unwrap();
        assert!(endpoint.starts_with("http://"), "the S3 server did not start");
        Self {
            server,
            endpoint: endpoint.trim().to_owned(),
        }
    }

    /// Address of the lake in it.
    pub fn lake(&self) -> String {
        format!("s3://{BUCKET}/satu-data")
    }

    /// Where the server is and who asks, as every client of such stores takes it.
    pub fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", "kunci-uji".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "rahasia-uji".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
        ]
    }

    /// Lets requests hang until `resume`.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    /// Answers again.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -{name} {}", self.server.id()))
            .status()
            .unwrap();
        assert!(sent.success(), "signal {name} could not be sent");
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

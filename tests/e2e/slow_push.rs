//! A push by hand, for what no HTTP client would do: stop in the middle of a body, or hang up.

use crate::{client::Client, hub::PATIENCE};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

/// A push whose body comes as slowly as the test wants.
pub struct SlowPush {
    stream: TcpStream,
    answer: BufReader<TcpStream>,
}

impl SlowPush {
    /// Sends the head of a CSV push of `length` bytes. The hub asks for the body only when it has let the push in and
    /// taken hold of its key, and this returns only then.
    pub fn begin(client: &Client, dataset: &str, idempotency_key: &str, length: usize) -> Self {
        let host = client.host();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "POST /api/v1/feeds/{dataset} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: text/csv\r\nIdempotency-Key: {idempotency_key}\r\nContent-Length: {length}\r\n\
             Expect: 100-continue\r\nConnection: close\r\n\r\n",
            client.key()
        )
        .unwrap();
        let mut answer = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        answer.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 100"), "{line}");
        Self { stream, answer }
    }

    /// Sends a part of the body.
    pub fn write(&mut self, part: &str) {
        self.stream.write_all(part.as_bytes()).unwrap();
    }

    /// The whole answer, as it came over the wire.
    pub fn answer(mut self) -> String {
        let mut text = String::new();
        self.answer.read_to_string(&mut text).unwrap();
        text.trim_start().to_owned()
    }
}

//! A light HTTP/1.1 client: one keep-alive connection, a head made once, so that the two cores go to the server.

use anyhow::{Context, Result, bail};
use std::io::Write;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection that pushes NDJSON, or sends any request that was written out.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    head: Vec<u8>,
    out: Vec<u8>,
    answer: Vec<u8>,
    /// Where the body of the answer begins.
    body: usize,
}

impl Wire {
    /// Connects to `host`, to push to `dataset` with `key`.
    pub async fn connect(host: &str, key: &str, dataset: &str) -> Result<Self> {
        let head = format!(
            "POST /api/v1/feeds/{dataset} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/x-ndjson\r\nContent-Length: "
        );
        Ok(Self {
            head: head.into_bytes(),
            ..Self::open(host).await?
        })
    }

    /// Connects to `host`, to [`Self::send`] only.
    pub async fn open(host: &str) -> Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            head: Vec::new(),
            out: Vec::new(),
            answer: Vec::new(),
            body: 0,
        })
    }

    /// Pushes `body`; the status of the answer, which has been read to its end.
    pub async fn push(&mut self, body: &[u8]) -> Result<u16> {
        let mut out = std::mem::take(&mut self.out);
        out.clear();
        out.extend_from_slice(&self.head);
        write!(out, "{}\r\n\r\n", body.len())?;
        out.extend_from_slice(body);
        let status = self.send(&out).await;
        self.out = out;
        status
    }

    /// Sends a whole request; the status of the answer, which has been read to its end.
    pub async fn send(&mut self, request: &[u8]) -> Result<u16> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        loop {
            if let Some(Head { status, body, end }) = head_of(&self.answer)?
                && self.answer.len() >= end
            {
                self.body = body;
                return Ok(status);
            }
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                bail!("the server hung up: {}", String::from_utf8_lossy(&self.answer));
            }
        }
    }

    /// The body of the last answer.
    pub fn body(&self) -> &[u8] {
        &self.answer[self.body..]
    }

    /// The last answer, head and body.
    pub fn answer(&self) -> String {
        String::from_utf8_lossy(&self.answer).into_owned()
    }
}

/// What the head of an answer says.
struct Head {
    status: u16,
    /// Where the body begins.
    body: usize,
    /// Where it ends.
    end: usize,
}

/// The head of an answer, once it is there.
fn head_of(answer: &[u8]) -> Result<Option<Head>> {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&answer[..end])?;
    let status = head.get(9..12).context("no status")?.parse()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let length = length.context("an answer without a length")?;
    let body = end + 4;
    Ok(Some(Head {
        status,
        body,
        end: body + length,
    }))
}

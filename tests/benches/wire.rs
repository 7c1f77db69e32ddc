//! A light HTTP/1.1 client: one keep-alive connection, a head made once, so that the two cores go to the hub.

use anyhow::{Context, Result, bail};
use std::io::Write;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection that pushes NDJSON.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    head: Vec<u8>,
    out: Vec<u8>,
    answer: Vec<u8>,
}

impl Wire {
    /// Connects to `host`, to push to `dataset` with `key`.
    pub async fn connect(host: &str, key: &str, dataset: &str) -> Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "POST /api/v1/feeds/{dataset} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/x-ndjson\r\nContent-Length: "
        );
        Ok(Self {
            stream,
            head: head.into_bytes(),
            out: Vec::new(),
            answer: Vec::new(),
        })
    }

    /// Pushes `body`; the status of the answer, which has been read to its end.
    pub async fn push(&mut self, body: &[u8]) -> Result<u16> {
        self.out.clear();
        self.out.extend_from_slice(&self.head);
        write!(self.out, "{}\r\n\r\n", body.len())?;
        self.out.extend_from_slice(body);
        self.stream.write_all(&self.out).await?;
        self.answer.clear();
        loop {
            if let Some((status, end)) = head_of(&self.answer)?
                && self.answer.len() >= end
            {
                return Ok(status);
            }
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                bail!("the hub hung up: {}", String::from_utf8_lossy(&self.answer));
            }
        }
    }

    /// The last answer, head and body.
    pub fn answer(&self) -> String {
        String::from_utf8_lossy(&self.answer).into_owned()
    }
}

/// Status and length of the whole answer, once its head is there.
fn head_of(answer: &[u8]) -> Result<Option<(u16, usize)>> {
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
    Ok(Some((status, end + 4 + length)))
}

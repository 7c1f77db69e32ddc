//! Bodies of pushes as byte streams: plain ones, and the `file` part of a form. Nothing is collected in memory.

use crate::problem::{Answer, Problem};
use axum::{
    body::{Body, BodyDataStream, Bytes},
    extract::Multipart,
};
use futures::{Stream, StreamExt};
use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

/// How long, and how much, of a body that nobody wants any more is still read.
const LINGER: Duration = Duration::from_secs(10);
const LINGER_BYTES: usize = 256 << 20;

/// A request body. When it is dropped half-read, the rest is read and thrown away for a while: a sender that is
/// still writing would otherwise find its connection reset and never see why it was refused.
pub struct Payload(Option<BodyDataStream>);

impl Payload {
    /// The body as a stream.
    pub fn new(body: Body) -> Self {
        Self(Some(body.into_data_stream()))
    }
}

impl Stream for Payload {
    type Item = io::Result<Bytes>;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = self.0.as_mut() else {
            return Poll::Ready(None);
        };
        match body.poll_next_unpin(context) {
            Poll::Ready(Some(Ok(bytes))) => Poll::Ready(Some(Ok(bytes))),
            Poll::Ready(Some(Err(error))) => {
                self.0 = None;
                Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, error))))
            }
            Poll::Ready(None) => {
                self.0 = None;
                Poll::Ready(None)
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        let (Some(mut rest), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        runtime.spawn(async move {
            let mut left = LINGER_BYTES;
            let read = async {
                while let Some(Ok(bytes)) = rest.next().await {
                    left = left.saturating_sub(bytes.len());
                    if left == 0 {
                        break;
                    }
                }
            };
            let _ = tokio::time::timeout(LINGER, read).await;
        });
    }
}

/// The `file` part of a form.
pub struct FilePart {
    /// Its own content type, where it says one.
    pub content_type: Option<String>,
    /// Its file name, where it says one.
    pub file_name: Option<String>,
    /// Its bytes.
    pub bytes: PartStream,
}

/// The bytes of a form's part, handed over by the task that reads the form.
pub struct PartStream(mpsc::Receiver<io::Result<Bytes>>);

impl Stream for PartStream {
    type Item = io::Result<Bytes>;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// Finds the part called `file`; parts before it are skipped.
///
/// # Errors
/// 400 for a form that cannot be read, 422 for one without that part.
pub async fn file_part(form: Multipart) -> Answer<FilePart> {
    let (head, found) = oneshot::channel();
    let (bytes, stream) = mpsc::channel(4);
    tokio::spawn(read_form(form, head, bytes));
    let gone = Problem::malformed("the form ended early");
    let (content_type, file_name) = found.await.map_err(|_| gone)??;
    Ok(FilePart {
        content_type,
        file_name,
        bytes: PartStream(stream),
    })
}

type Head = Answer<(Option<String>, Option<String>)>;

async fn read_form(mut form: Multipart, head: oneshot::Sender<Head>, bytes: mpsc::Sender<io::Result<Bytes>>) {
    let mut part = loop {
        match form.next_field().await {
            Ok(Some(part)) if part.name() == Some("file") => break part,
            Ok(Some(_)) => {}
            Ok(None) => {
                let missing =
                    Problem::invalid("the form has no part called `file`: send the payload in a part of that name");
                let _ = head.send(Err(missing));
                return;
            }
            Err(_) => {
                let _ = head.send(Err(Problem::malformed(
                    "the form could not be read: it is not valid multipart/form-data",
                )));
                return;
            }
        }
    };
    let named = (
        part.content_type().map(str::to_owned),
        part.file_name().map(str::to_owned),
    );
    if head.send(Ok(named)).is_err() {
        return;
    }
    loop {
        let chunk = match part.chunk().await {
            Ok(Some(chunk)) => Ok(chunk),
            Ok(None) => return,
            Err(error) => Err(io::Error::new(io::ErrorKind::UnexpectedEof, error)),
        };
        let failed = chunk.is_err();
        if bytes.send(chunk).await.is_err() || failed {
            return;
        }
    }
}

#[cfg(test)]
mod tests;

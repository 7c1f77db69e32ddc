//! Accepts connections and serves each until it ends or the hub stops: HTTP/1.1 with keep-alive.

use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{pin::pin, time::Duration};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long a connection may take to send its request head, and may idle between requests.
const HEAD: Duration = Duration::from_secs(75);

/// Serves `app` on `listener` until `closing`; every connection is one task in `connections`.
pub async fn accept(listener: TcpListener, app: axum::Router, closing: CancellationToken, connections: TaskTracker) {
    let service = TowerToHyperService::new(app);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file handles, mostly: a short pause lets connections end.
                    tracing::warn!(%error, "A connection could not be accepted.");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = closing.cancelled() => return,
        };
        connections.spawn(connection(stream, service.clone(), closing.clone()));
    }
}

async fn connection(stream: TcpStream, service: TowerToHyperService<axum::Router>, closing: CancellationToken) {
    // An acknowledgement is one small packet: it must not wait for more.
    let _ = stream.set_nodelay(true);
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            // Answers are small, mostly: head and body in one buffer go out quicker than in two.
            .writev(false)
            .serve_connection(TokioIo::new(stream), service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // A sender that hangs up is everyday life.
        tracing::debug!(%error, "A connection ended early.");
    }
}

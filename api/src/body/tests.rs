#![allow(clippy::unwrap_used)]

use super::*;
use axum::{extract::FromRequest, extract::Request, http::header};

async fn form(text: &str) -> Multipart {
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
        .body(Body::from(text.to_owned()))
        .unwrap();
    Multipart::from_request(request, &()).await.unwrap()
}

async fn collect(mut stream: impl Stream<Item = io::Result<Bytes>> + Unpin) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(chunk) = stream.next().await {
        all.extend_from_slice(&chunk?);
    }
    Ok(all)
}

#[tokio::test]
async fn the_file_part_is_found_and_streamed() {
    let text = "--X\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--X\r\nContent-Disposition: \
                form-data; name=\"file\"; filename=\"a.csv.gz\"\r\nContent-Type: text/csv\r\n\r\na,b\n1,2\n\r\n--X--\r\n";
    let part = file_part(form(text).await).await.unwrap();
    assert_eq!(part.content_type.as_deref(), Some("text/csv"));
    assert_eq!(part.file_name.as_deref(), Some("a.csv.gz"));
    assert_eq!(collect(part.bytes).await.unwrap(), b"a,b\n1,2\n");
}

#[tokio::test]
async fn a_form_that_is_cut_off_is_an_error_not_a_short_file() {
    let text = "--X\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\na,b\n1,2\n";
    let part = file_part(form(text).await).await.unwrap();
    assert!(collect(part.bytes).await.is_err());
}

#[tokio::test]
async fn a_form_without_the_part_says_so() {
    let text = "--X\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--X--\r\n";
    assert_eq!(file_part(form(text).await).await.err().unwrap().status(), 422);
    assert_eq!(file_part(form("nonsense").await).await.err().unwrap().status(), 400);
}

#[tokio::test]
async fn a_body_is_passed_on_whole_and_drained_when_dropped() {
    let chunks = || futures::stream::iter((0..3).map(|n| io::Result::Ok(Bytes::from(vec![n; 2]))));
    assert_eq!(
        collect(Payload::new(Body::from_stream(chunks()))).await.unwrap(),
        [0, 0, 1, 1, 2, 2]
    );
    let (seen, mut last) = mpsc::channel::<()>(1);
    let watched = chunks().chain(futures::stream::once(async move {
        seen.send(()).await.unwrap();
        Ok(Bytes::new())
    }));
    let mut payload = Payload::new(Body::from_stream(watched));
    payload.next().await.unwrap().unwrap();
    drop(payload);
    tokio::time::timeout(Duration::from_secs(10), last.recv())
        .await
        .unwrap()
        .unwrap();
}

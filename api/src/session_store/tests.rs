#![allow(clippy::unwrap_used)]

use super::*;

fn name(text: &str) -> KeyName {
    text.parse().unwrap()
}

#[test]
fn a_session_ends_by_time_and_by_hand() {
    let sessions = Sessions::default();
    let start = Utc::now();
    let (a, b) = (sessions.open(name("key-a"), start), sessions.open(name("key-b"), start));
    assert_ne!(a, b);
    assert_eq!(sessions.key(&a, start).unwrap(), name("key-a"));
    sessions.close(&a);
    assert_eq!(sessions.key(&a, start), None);
    assert_eq!(
        sessions.key(&b, start + LIFETIME - Duration::seconds(1)).unwrap(),
        name("key-b")
    );
    assert_eq!(sessions.key(&b, start + LIFETIME), None);
    assert_eq!(sessions.key("", start), None);
}

#[test]
fn the_oldest_make_room() {
    let sessions = Sessions::default();
    let start = Utc::now();
    let first = sessions.open(name("first"), start);
    for n in 0..MOST as i64 {
        sessions.open(name("later"), start + Duration::seconds(1 + n % 60));
    }
    assert_eq!(sessions.key(&first, start), None);
    assert_eq!(sessions.lock().len(), MOST);
}

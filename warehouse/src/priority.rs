//! Which threads give way.

/// How far below the others, in steps of `nice`: of two busy threads on one core the other gets three quarters.
#[cfg(target_os = "linux")]
const BELOW: i32 = 5;

/// Lets the calling thread, and those that it starts from now on, give way to the threads on which pushes and questions
/// wait. Nothing changes where threads have no priorities of their own (other systems than Linux) or it is not allowed.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{getpriority_process, setpriority_process};
        // No process means the calling thread. Who stands lower already, stays there.
        if getpriority_process(None).is_ok_and(|now| now < BELOW) {
            let _ = setpriority_process(None, BELOW);
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{BELOW, give_way};
    use rustix::process::getpriority_process;
    use std::thread;

    #[test]
    fn only_the_thread_that_asks_and_those_it_starts_give_way() {
        let own = || getpriority_process(None).unwrap();
        let before = own();
        let (asked, started) = thread::spawn(move || {
            give_way();
            give_way();
            (own(), thread::spawn(own).join().unwrap())
        })
        .join()
        .unwrap();
        assert_eq!((asked, started), (before.max(BELOW), before.max(BELOW)));
        assert_eq!(own(), before);
    }
}

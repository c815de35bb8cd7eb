//! Closing a port: every thread that waits on it goes, wherever it waits.

use super::*;
use std::sync::mpsc;
use std::thread;

const LIMIT: Duration = Duration::from_secs(20);

/// Threads that wait on a port, the answer of each, and how many wait already.
fn waiting(port: &Arc<Port>, threads: usize) -> mpsc::Receiver<Result<(), Ended>> {
    let (tell, told) = mpsc::channel();
    for _ in 0..threads {
        let (port, tell) = (Arc::clone(port), tell.clone());
        thread::spawn(move || tell.send(port.take(&mut Vec::new(), 1, None)));
    }
    let deadline = Instant::now() + LIMIT;
    while port.lock().waiting() < threads {
        assert!(Instant::now() < deadline, "they come to wait");
        thread::yield_now();
    }
    told
}

#[test]
fn closing_ends_every_wait() {
    for limit in [1, 2, 8] {
        for with_engine in [false, true] {
            let port = Arc::new(Port::new(limit));
            if with_engine {
                port.engine().unwrap();
            }
            let told = waiting(&port, 6);
            port.close();
            for _ in 0..6 {
                assert_eq!(told.recv_timeout(LIMIT), Ok(Err(Ended::Closed)));
            }
            let late = port.take(&mut Vec::new(), 1, None);
            assert_eq!(late, Err(Ended::Closed), "and who comes later does not wait");
        }
    }
}

#[test]
fn an_engine_that_comes_later_is_driven_by_a_thread_that_waits_already() {
    let port = Arc::new(Port::new(2));
    let told = waiting(&port, 3);
    assert!(!port.lock().is_attended());
    port.engine().unwrap();
    let deadline = Instant::now() + LIMIT;
    while !port.lock().is_attended() {
        assert!(Instant::now() < deadline, "one of them drives it");
        thread::yield_now();
    }
    port.close();
    for _ in 0..3 {
        assert_eq!(told.recv_timeout(LIMIT), Ok(Err(Ended::Closed)));
    }
}

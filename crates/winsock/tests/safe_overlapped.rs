//! The safe API's overlapped operations without a port: waited for, cancelled, dropped, told by routines; and events.

mod safe_common;

use safe_common::*;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use winsock::*;

#[test]
fn a_receive_appends_and_a_send_gives_back() {
    let (client, server) = pair(Family::IPV4);
    let mut buffer = Vec::with_capacity(100);
    buffer.extend(b"got: ");
    let receive = Pending::receive(&server, buffer).unwrap();
    assert!(!receive.has_ended());
    let receive = receive.finish_within(Duration::from_millis(1)).unwrap_err();
    let sent = Pending::send(&client, b"hello".to_vec()).unwrap().finish();
    assert_eq!((sent.outcome.result(), sent.buffer.as_slice(), sent.from), (Ok(5), &b"hello"[..], None));
    let received = receive.finish_within(LIMIT).unwrap();
    assert_eq!(received.outcome.result(), Ok(5));
    assert_eq!(received.buffer, b"got: hello");
    assert_eq!(received.socket.as_raw(), server.as_raw());
}

#[test]
fn the_operation_keeps_the_socket_that_it_was_given() {
    let (client, server) = pair(Family::IPV4);
    let server = Arc::new(server);
    let receive = Pending::receive(server.clone(), Vec::with_capacity(10)).unwrap();
    drop(server);
    client.send(b"x").unwrap();
    let finished = receive.finish();
    assert_eq!(finished.outcome.result(), Ok(1));
    let owned = Arc::into_inner(finished.socket).unwrap();
    let send = Pending::send(owned, b"y".to_vec()).unwrap();
    drop(send.finish());
    assert_eq!(client.recv(&mut [0; 4]), Ok(1));
    assert_eq!(client.recv(&mut [0; 4]), Ok(0), "the socket went with the operation");
}

#[test]
fn a_cancelled_operation_is_aborted_or_has_its_data() {
    let (client, server) = pair(Family::IPV4);
    let (mut aborted, mut received) = (0, 0);
    for round in 0..200 {
        let receive = Pending::receive(&server, Vec::with_capacity(1)).unwrap();
        thread::scope(|scope| {
            if round % 2 == 0 {
                scope.spawn(|| client.send(b"x").unwrap());
            }
            receive.cancel();
        });
        let finished = receive.finish();
        match finished.outcome.result() {
            Ok(1) => {
                assert_eq!(finished.buffer, b"x");
                received += 1;
            }
            Err(Error::WSA_OPERATION_ABORTED) => {
                assert!(finished.buffer.is_empty());
                aborted += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    server.set_nonblocking(true).unwrap();
    while received < 100 {
        received += server.recv(&mut [0; 100]).unwrap();
    }
    assert_eq!(received, 100, "no byte is lost or doubled");
    assert!(aborted >= 100);
}

#[test]
fn dropping_a_pending_operation_ends_it_and_the_data_stays() {
    let (client, server) = pair(Family::IPV4);
    for _ in 0..50 {
        drop(Pending::receive(&server, Vec::with_capacity(100)).unwrap());
    }
    let several: Vec<_> =
        (0..50).map(|_| Pending::receive(&server, Vec::with_capacity(9)).unwrap()).collect();
    drop(several);
    client.send(b"abc").unwrap();
    assert_eq!(server.recv(&mut [0; 10]), Ok(3));
}

#[test]
fn an_operation_outlives_its_scope_when_it_is_forgotten() {
    let (client, server) = pair(Family::IPV4);
    let mut room = Vec::new();
    room.reserve_exact(3);
    std::mem::forget(Pending::receive(&server, room).unwrap());
    let second = Pending::receive(&server, Vec::with_capacity(10)).unwrap();
    client.send(b"lost").unwrap();
    assert_eq!(second.finish().buffer, b"t", "the forgotten one has taken three");
}

#[test]
fn an_operation_on_a_socket_of_a_port_leaves_no_packet() {
    let port = CompletionPort::<()>::new(0).unwrap();
    let (client, server) = pair(Family::IPV4);
    let server = port.associate(server, 1).unwrap();
    let receive = Pending::receive(&*server, Vec::with_capacity(10)).unwrap();
    client.send(b"x").unwrap();
    // Somebody has to wait on the port: its sockets make progress there.
    assert_eq!(port.take(Some(Duration::ZERO)).unwrap_err(), Error::WSA_WAIT_TIMEOUT);
    assert_eq!(receive.finish().outcome.result(), Ok(1));
    assert_eq!(port.take(Some(Duration::ZERO)).unwrap_err(), Error::WSA_WAIT_TIMEOUT);
}

#[test]
fn operations_end_with_the_thread_that_started_them() {
    let (_client, server) = pair(Family::IPV4);
    let receive = thread::scope(|scope| {
        scope.spawn(|| Pending::receive(&server, Vec::with_capacity(1)).unwrap()).join().unwrap()
    });
    assert_eq!(receive.finish().outcome.error, Some(Error::WSA_OPERATION_ABORTED));
}

#[test]
fn failures_are_told_at_once_or_later() {
    let lonely = Socket::stream(Family::IPV4).unwrap();
    let refused = Pending::receive(&lonely, vec![7]).unwrap_err();
    assert_eq!((refused.error, refused.buffer), (Error::WSAENOTCONN, vec![7]));

    let (client, server) = pair(Family::IPV4);
    let receive = Pending::receive(&server, Vec::with_capacity(1)).unwrap();
    client.set_linger(Some(std::time::Duration::ZERO)).unwrap();
    drop(client);
    let outcome = receive.finish().outcome;
    assert_eq!(outcome.error, Some(Error::WSAECONNRESET));
    assert_eq!(outcome.port_error, Some(Error::ERROR_NETNAME_DELETED));
}

#[test]
fn waits_take_events_and_operations_alike() {
    let (client, server) = pair(Family::IPV4);
    let stop = Event::new(Reset::Automatic, false).unwrap();
    let receive = Pending::receive(&server, Vec::with_capacity(10)).unwrap();
    assert_eq!(wait_any(&[&stop, &receive], Some(Duration::ZERO)), Ok(None));
    assert_eq!(wait_all(&[&stop, &receive], Some(Duration::ZERO)), Ok(false));
    client.send(b"x").unwrap();
    assert_eq!(wait_any(&[&stop, &receive], Some(LIMIT)), Ok(Some(1)));
    assert_eq!(wait_all(&[&stop, &receive], Some(Duration::from_millis(1))), Ok(false));
    stop.set().unwrap();
    assert_eq!(wait_all(&[&stop, &receive], Some(LIMIT)), Ok(true));
    assert_eq!(stop.wait(Some(Duration::ZERO)), Ok(false), "the wait for all has taken it");
    assert_eq!(receive.wait(Some(Duration::ZERO)), Ok(true));
    assert_eq!(receive.finish().buffer, b"x");
}

#[test]
fn an_event_wakes_the_threads_that_wait_one_or_all() {
    for reset in [Reset::Automatic, Reset::Manual] {
        let event = Event::new(reset, false).unwrap();
        let (woken, wakes) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..4 {
                let woken = woken.clone();
                let event = &event;
                scope.spawn(move || woken.send(event.wait(Some(LIMIT))).unwrap());
            }
            let sets = if reset == Reset::Manual { 1 } else { 4 };
            for _ in 0..sets {
                event.set().unwrap();
                if reset == Reset::Automatic {
                    assert_eq!(wakes.recv_timeout(LIMIT), Ok(Ok(true)));
                }
            }
        });
        drop(woken);
        assert!(wakes.iter().all(|wake| wake == Ok(true)));
        assert_eq!(event.wait(Some(Duration::ZERO)), Ok(reset == Reset::Manual));
        event.reset().unwrap();
        assert_eq!(event.wait(Some(Duration::ZERO)), Ok(false));
    }
}

#[test]
fn waits_refuse_what_they_cannot_wait_for() {
    let event = Event::new(Reset::Manual, true).unwrap();
    let many: Vec<&dyn Waitable> = vec![&event; 65];
    for wrong in [&many[..0], &many[..]] {
        assert_eq!(wait_any(wrong, None), Err(Error::WSA_INVALID_PARAMETER));
        assert_eq!(wait_all(wrong, None), Err(Error::WSA_INVALID_PARAMETER));
    }
    assert_eq!(wait_any(&many[..64], None), Ok(Some(0)));
    if !wine("waiting for all of several, one of them twice") {
        assert_eq!(wait_all(&many[..2], None), Err(Error::WSA_INVALID_PARAMETER), "one stands twice");
    }
}

#[test]
fn routines_echo_a_stream_and_start_each_other() {
    fn receive<'scope>(
        scope: Routines<'scope, '_>,
        socket: &'scope Socket,
        buffer: Vec<u8>,
        total: &'scope Cell<usize>,
    ) {
        let start = move |mut done: Finished<&'scope Socket>| {
            let len = done.outcome.result().unwrap();
            if len == 0 {
                return socket.shutdown(Shutdown::Send).unwrap();
            }
            total.set(total.get() + len);
            let sent = move |done: Finished<&'scope Socket>| {
                let mut buffer = done.buffer;
                buffer.clear();
                receive(scope, socket, buffer, total);
            };
            scope.send(socket, std::mem::take(&mut done.buffer), sent).unwrap();
        };
        scope.receive(socket, buffer, start).unwrap();
    }
    const LEN: usize = 100_000;
    let (client, server) = pair(Family::IPV4);
    let total = Cell::new(0);
    let echoed = thread::scope(|threads| {
        let sending = threads.spawn(|| std::io::Write::write_all(&mut &client, &[9; LEN]).unwrap());
        let echoed = threads.spawn(|| {
            let mut received = vec![0; LEN];
            std::io::Read::read_exact(&mut &client, &mut received).unwrap();
            client.shutdown(Shutdown::Send).unwrap();
            received
        });
        routines(|scope| {
            receive(scope, &server, Vec::with_capacity(3000), &total);
            while scope.under_way() > 0 {
                assert!(scope.sleep(Some(LIMIT)), "nothing happens any more");
            }
        });
        sending.join().unwrap();
        echoed.join().unwrap()
    });
    assert_eq!((total.get(), echoed), (LEN, vec![9; LEN]));
}

#[test]
fn a_routine_runs_only_in_an_alertable_wait_and_only_once() {
    let (client, server) = pair(Family::IPV4);
    client.send(b"x").unwrap();
    let runs = Cell::new(0);
    routines(|scope| {
        scope.receive(&server, Vec::with_capacity(1), |_| runs.set(runs.get() + 1)).unwrap();
        assert_eq!((runs.get(), scope.under_way()), (0, 1));
        assert!(scope.sleep(Some(LIMIT)));
        assert_eq!((runs.get(), scope.under_way()), (1, 0));
        assert!(!scope.sleep(Some(Duration::ZERO)));
    });
    assert_eq!(runs.get(), 1);
}

#[test]
fn a_scope_ends_its_operations_and_starts_no_more() {
    let (_client, server) = pair(Family::IPV4);
    let told = RefCell::new(Vec::new());
    routines(|scope| {
        for number in 0..5 {
            let told = &told;
            let server = &server;
            let routine = move |done: Finished<&Socket>| {
                told.borrow_mut().push((number, done.outcome.error));
                let refused = scope.receive(server, done.buffer, |_| panic!("it does not start"));
                assert_eq!(refused.unwrap_err().error, Error::WSA_OPERATION_ABORTED);
            };
            scope.receive(server, Vec::with_capacity(1), routine).unwrap();
        }
    });
    let mut told = told.into_inner();
    told.sort_by_key(|entry| entry.0);
    assert_eq!(told, (0..5).map(|n| (n, Some(Error::WSA_OPERATION_ABORTED))).collect::<Vec<_>>());
}

#[test]
fn a_panic_in_the_scope_or_in_a_routine_goes_on_after_all_have_run() {
    let (client, server) = pair(Family::IPV4);
    let runs = Cell::new(0);
    let count = |_: Finished<&Socket>| runs.set(runs.get() + 1);
    let caught = panic::catch_unwind(AssertUnwindSafe(|| {
        routines(|scope| {
            scope.receive(&server, Vec::with_capacity(1), count).unwrap();
            panic!("in the body")
        })
    }));
    let text: fn(Box<dyn std::any::Any + Send>) -> &'static str = |panic| *panic.downcast().unwrap();
    assert_eq!((text(caught.unwrap_err()), runs.get()), ("in the body", 1));

    client.send(b"x").unwrap();
    let caught = panic::catch_unwind(AssertUnwindSafe(|| {
        routines(|scope| {
            scope.receive(&server, Vec::with_capacity(1), |_| panic!("in a routine")).unwrap();
            scope.receive(&server, Vec::with_capacity(1), count).unwrap();
            scope.sleep(Some(LIMIT));
            unreachable!("the panic goes on in the wait");
        })
    }));
    assert_eq!((text(caught.unwrap_err()), runs.get()), ("in a routine", 2));
}

#[test]
fn routines_are_refused_on_the_socket_of_a_port() {
    let port = CompletionPort::<()>::new(0).unwrap();
    let (_client, server) = pair(Family::IPV4);
    let server = port.associate(server, 1).unwrap();
    routines(|scope| {
        let refused = scope.receive(&*server, vec![3], |_| panic!("it does not start")).unwrap_err();
        assert_eq!((refused.error, refused.buffer), (Error::WSAEINVAL, vec![3]));
        assert_eq!(scope.under_way(), 0);
    });
}

#[test]
fn the_engine_is_the_one_that_was_asked_for() {
    let choice = engine().unwrap();
    assert!(!choice.reason.is_empty());
    match std::env::var("WINSOCK_ENGINE").as_deref() {
        Ok("epoll") => assert_eq!((choice.engine, choice.reason), (Engine::Epoll, "WINSOCK_ENGINE=epoll")),
        Ok("io_uring") => {
            assert_eq!((choice.engine, choice.reason), (Engine::IoUring, "WINSOCK_ENGINE=io_uring"));
        }
        _ => {}
    }
}

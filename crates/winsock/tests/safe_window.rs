//! Windows of the safe API: closures, other threads, timers, waits, panics.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use winsock::{Error, Event, Message, MessageLoop, Reset, Window, Woken};

const FIRST: u32 = Message::FIRST;
const LIMIT: Option<Duration> = Some(Duration::from_secs(20));

#[test]
fn messages_of_other_threads_run_the_closure_in_this_one() -> Result<(), Error> {
    let seen = Rc::new(Cell::new(0));
    let count = seen.clone();
    let here = std::thread::current().id();
    let window = Window::new(move |message| {
        assert_eq!(std::thread::current().id(), here);
        count.set(count.get() + message.wparam);
        if message.number == FIRST + 1 {
            MessageLoop::quit(7);
        }
        -message.lparam
    })?;
    let handle = window.handle();
    let thread = std::thread::spawn(move || {
        assert_eq!(handle.send(Message::new(FIRST, 1, 5), None), Ok(-5));
        assert_eq!(handle.send(Message::new(FIRST, 10, 6), LIMIT), Ok(-6));
        handle.post(Message::new(FIRST + 1, 100, 0))
    });
    assert_eq!(MessageLoop::run()?, 7);
    thread.join().unwrap()?;
    assert_eq!(seen.get(), 111);
    drop(window);
    assert_eq!(Rc::strong_count(&seen), 1, "the closure goes with its window");
    assert_eq!(handle.post(Message::new(FIRST, 0, 0)), Err(Error::ERROR_INVALID_WINDOW_HANDLE));
    assert_eq!(handle.send(Message::new(FIRST, 0, 0), None), Err(Error::ERROR_INVALID_WINDOW_HANDLE));
    Ok(())
}

#[test]
fn a_closure_may_end_its_own_window() -> Result<(), Error> {
    let own: Rc<RefCell<Option<Window>>> = Rc::default();
    let kept = own.clone();
    let after = Rc::new(Cell::new(false));
    let told = after.clone();
    let window = Window::new(move |_| {
        drop(kept.take());
        told.set(true);
        1
    })?;
    let handle = window.handle();
    own.replace(Some(window));
    assert_eq!(handle.send(Message::new(FIRST, 0, 0), None), Ok(1));
    assert!(after.get());
    assert_eq!(Rc::strong_count(&after), 1);
    Ok(())
}

#[test]
fn the_system_s_messages_cannot_be_sent() -> Result<(), Error> {
    let window = Window::new(|_| 0)?;
    for number in [0, 1, 0xC, 0x400, FIRST - 1] {
        let message = Message::new(number, 0, 0x1000);
        assert_eq!(window.handle().send(message, None), Err(Error::WSA_INVALID_PARAMETER));
        assert_eq!(window.handle().post(message), Err(Error::WSA_INVALID_PARAMETER));
    }
    Ok(())
}

#[test]
fn objects_messages_and_timers_end_one_wait() -> Result<(), Error> {
    let ticks = Rc::new(Cell::new(0));
    let count = ticks.clone();
    let window = Window::new(move |message| {
        count.set(count.get() + usize::from(message.number == Message::TIMER) * message.wparam);
        0
    })?;
    let event = Event::new(Reset::Automatic, true)?;
    assert_eq!(MessageLoop::wait(&[&event], LIMIT)?, Woken::Object(0));
    assert_eq!(MessageLoop::wait(&[&event], Some(Duration::from_millis(5)))?, Woken::TimedOut);
    window.set_timer(3, Duration::from_millis(10))?;
    assert_eq!(MessageLoop::wait(&[&event], LIMIT)?, Woken::Message);
    assert_eq!(MessageLoop::run_pending()?, None);
    // Its number is 3, and it may be due again by now.
    assert!(ticks.get() >= 3 && ticks.get().is_multiple_of(3), "{}", ticks.get());
    window.kill_timer(3)?;
    assert_eq!(window.kill_timer(3), Err(Error::WSA_INVALID_PARAMETER));
    window.handle().post(Message::new(FIRST, 0, 0))?;
    assert_eq!(MessageLoop::wait(&[], LIMIT)?, Woken::Message);
    MessageLoop::quit(9);
    assert_eq!(MessageLoop::run_pending()?, Some(9));
    Ok(())
}

#[test]
fn a_panic_goes_on_in_the_loop() -> Result<(), Error> {
    let window = Window::new(|_| panic!("of the closure"))?;
    window.handle().post(Message::new(FIRST, 0, 0))?;
    let panicked = std::panic::catch_unwind(MessageLoop::run_pending).unwrap_err();
    assert_eq!(panicked.downcast_ref(), Some(&"of the closure"));
    assert_eq!(MessageLoop::run_pending()?, None);
    Ok(())
}

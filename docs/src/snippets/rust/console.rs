//! A server that ends when it is asked to: control events of the console, which are signals on Linux.
// ANCHOR: handler
use std::sync::mpsc;
use winsock::{ControlEvent, Error, on_control, send_control};

fn main() -> Result<(), Error> {
    let (sender, stop) = mpsc::channel();
    // Runs in a thread of its own. True: taken, the process goes on to its end.
    let _handler = on_control(move |event| sender.send(event).is_ok())?;
    // A user would press Ctrl-C, or send SIGINT.
    send_control(ControlEvent::CtrlC, None)?;
    let event = stop.recv().expect("the handler is there");
    println!("control event {event:?}");
    println!("draining and closing");
    Ok(())
}
// ANCHOR_END: handler

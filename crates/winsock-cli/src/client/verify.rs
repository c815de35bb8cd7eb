//! `--verify`: what comes back is compared with what was sent, byte by byte and in its order.

use std::sync::mpsc::{self, Receiver, Sender};

use crate::error::Failure;

/// What was sent and is not back yet is kept in memory: an echo server holds little of it.
pub(super) struct Verifier {
    sent: Receiver<Vec<u8>>,
    expected: Vec<u8>,
    /// How much of that is back.
    done: usize,
    /// How much is back in all.
    place: u64,
}

/// Where the sender tells what it is about to send; `None` for somebody who need not.
pub(super) type Expect = Option<Sender<Vec<u8>>>;

impl Verifier {
    pub(super) fn new() -> (Expect, Verifier) {
        let (expect, sent) = mpsc::channel();
        (Some(expect), Verifier { sent, expected: Vec::new(), done: 0, place: 0 })
    }

    /// Compares what came.
    pub(super) fn check(&mut self, mut got: &[u8]) -> Result<(), Failure> {
        while !got.is_empty() {
            if self.done == self.expected.len() {
                // It was told before it was sent: if nothing is here, nothing was sent.
                self.expected = self.sent.try_recv().map_err(|_| {
                    Failure::Job(format!("{} bytes more came back than were sent", got.len()))
                })?;
                self.done = 0;
            }
            let expected = &self.expected[self.done..];
            let common = expected.len().min(got.len());
            let different = expected.iter().zip(got).position(|(expected, got)| expected != got);
            if let Some(at) = different {
                let (place, expected, got) = (self.place + at as u64, expected[at], got[at]);
                return Err(Failure::Job(format!(
                    "byte {place} of the echo is {got:#04x} instead of {expected:#04x}"
                )));
            }
            self.done += common;
            self.place += common as u64;
            got = &got[common..];
        }
        Ok(())
    }

    /// Nothing else will come: was it all?
    pub(super) fn finish(&self, sent: u64) -> Result<(), Failure> {
        if self.place < sent {
            return Err(Failure::Job(format!("only {} of {sent} bytes came back", self.place)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named_by_its_place_in_the_whole() {
        let (expect, mut verifier) = Verifier::new();
        let expect = expect.unwrap();
        expect.send(b"abc".to_vec()).unwrap();
        expect.send(b"defg".to_vec()).unwrap();
        verifier.check(b"ab").unwrap();
        verifier.check(b"cde").unwrap();
        assert_eq!(verifier.finish(7).unwrap_err().to_string(), "only 5 of 7 bytes came back");
        assert_eq!(
            verifier.check(b"fx").unwrap_err().to_string(),
            "byte 6 of the echo is 0x78 instead of 0x67"
        );
    }

    #[test]
    fn more_than_was_sent_is_found() {
        let (expect, mut verifier) = Verifier::new();
        expect.unwrap().send(b"abc".to_vec()).unwrap();
        let error = verifier.check(b"abcde").unwrap_err().to_string();
        assert_eq!(error, "2 bytes more came back than were sent");
        verifier.finish(3).unwrap();
    }
}

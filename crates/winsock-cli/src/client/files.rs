//! Where the client's message comes from, and where what it receives goes to.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::error::Failure;

/// What is sent.
pub(super) struct Input {
    name: String,
    reader: Box<dyn Read + Send>,
}

/// A message that is at hand.
impl From<io::Cursor<Vec<u8>>> for Input {
    fn from(message: io::Cursor<Vec<u8>>) -> Input {
        Input { name: "message".to_owned(), reader: Box::new(message) }
    }
}

impl Input {
    pub(super) fn open(file: Option<&Path>, message: &str) -> Result<Input, Failure> {
        let (name, reader): (_, Box<dyn Read + Send>) = match file {
            None => return Ok(Input::from(io::Cursor::new(message.to_owned().into_bytes()))),
            Some(path) if path == Path::new("-") => ("standard input".to_owned(), Box::new(io::stdin())),
            Some(path) => {
                let name = path.display().to_string();
                let file = File::open(path).map_err(|error| Failure::system(&name, error))?;
                (name, Box::new(file))
            }
        };
        Ok(Input { name, reader })
    }

    /// The next bytes, as many as fit unless the end comes first.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..])? {
                0 => break,
                len => filled += len,
            }
        }
        Ok(filled)
    }

    /// Everything.
    pub(super) fn read_all(&mut self) -> Result<Vec<u8>, Failure> {
        let mut all = Vec::new();
        self.reader.read_to_end(&mut all).map_err(|error| Failure::system(&self.name, error))?;
        Ok(all)
    }

    /// The next bytes; 0 at the end.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        loop {
            match self.reader.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result.map_err(|error| Failure::system(&self.name, error)),
            }
        }
    }
}

/// Where received bytes go, and where the report goes.
pub(super) enum Output {
    /// Nowhere; only their number counts.
    Counted,
    File(String, File),
    /// Standard output, which leaves standard error to the report.
    Standard,
}

impl Output {
    pub(super) fn open(path: Option<&Path>) -> Result<Output, Failure> {
        match path {
            None => Ok(Output::Counted),
            Some(path) if path == Path::new("-") => Ok(Output::Standard),
            Some(path) => {
                let name = path.display().to_string();
                let file = File::create(path).map_err(|error| Failure::system(&name, error))?;
                Ok(Output::File(name, file))
            }
        }
    }

    pub(super) fn write(&mut self, data: &[u8]) -> Result<(), Failure> {
        match self {
            Output::Counted => Ok(()),
            Output::File(name, file) => {
                file.write_all(data).map_err(|error| Failure::system(name.clone(), error))
            }
            Output::Standard => {
                let mut out = io::stdout().lock();
                out.write_all(data)
                    .and_then(|()| out.flush())
                    .map_err(|error| Failure::system("standard output", error))
            }
        }
    }

    /// Where the report of this output goes.
    pub(super) fn report(&self) -> Report {
        match self {
            Output::Counted | Output::File(..) => Report::Standard,
            Output::Standard => Report::Error,
        }
    }
}

/// The stream of the guide's lines.
#[derive(Clone, Copy)]
pub(super) enum Report {
    Standard,
    Error,
}

impl Report {
    pub(super) fn line(self, line: fmt::Arguments<'_>) {
        match self {
            Report::Standard => println!("{line}"),
            Report::Error => eprintln!("{line}"),
        }
    }
}

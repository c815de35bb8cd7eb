//! The files of results. Each is opened before the first run: it would be a pity to learn at the end that it cannot be
//! written.
//!
//! Where there is no file yet, or an ordinary one, the text goes to another file beside it, which gets the name when it is
//! whole: whoever looks, or ends the comparison, finds the old text or the new one. What is no ordinary file (a pipe, a
//! terminal) is written to as it is.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::error::Failure;

pub(super) struct Target {
    name: String,
    place: Place,
}

enum Place {
    /// Gets that name when it is whole.
    Beside(NamedTempFile, PathBuf),
    Itself(File),
}

impl Target {
    pub(super) fn create(path: &Path) -> Result<Target, Failure> {
        let name = path.display().to_string();
        match Place::at(path) {
            Ok(place) => Ok(Target { name, place }),
            Err(error) => Err(Failure::system(name, error)),
        }
    }

    pub(super) fn write(self, text: &str) -> Result<(), Failure> {
        self.place.write(text.as_bytes()).map_err(|error| Failure::system(self.name, error))
    }
}

impl Place {
    fn at(path: &Path) -> io::Result<Place> {
        // A link stays one: what it leads to gets the text.
        let path = match path.canonicalize() {
            Ok(path) if path.is_file() => path,
            Ok(_) => return File::options().write(true).open(path).map(Place::Itself),
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(error),
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        };
        // Whoever may read the user's other files may read this one.
        let rights = Permissions::from_mode(0o666);
        let file =
            Builder::new().prefix(".winsock-").suffix(".part").permissions(rights).tempfile_in(folder)?;
        Ok(Place::Beside(file, path))
    }

    fn write(self, text: &[u8]) -> io::Result<()> {
        match self {
            Place::Beside(mut file, path) => {
                file.write_all(text)?;
                file.persist(path)?;
                Ok(())
            }
            Place::Itself(mut file) => file.write_all(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{FileTypeExt, symlink};

    /// The names in a folder.
    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_old_text_is_there_until_the_new_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        fs::write(&path, "old").unwrap();
        drop(Target::create(&path).unwrap());
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), names(folder.path()).len()), ("old", 1));
        let target = Target::create(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        target.write("new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["report.html"]);
    }

    #[test]
    fn a_file_that_is_not_there_yet_comes_into_being_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        let target = Target::create(&path).unwrap();
        assert!(!path.exists());
        target.write("new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }

    #[test]
    fn a_link_stays_one_and_a_device_too() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        symlink(&file, &link).unwrap();
        Target::create(&link).unwrap().write("new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o600, 0o600);
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o111, 0);

        Target::create(Path::new("/dev/null")).unwrap().write("new").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }
}

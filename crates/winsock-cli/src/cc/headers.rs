//! Header names whose case or slashes differ from the file system's: `"Common.H"` for `common.h`, `"dir\x.h"`.
//!
//! Finds them by reading the sources and the headers they include, and tells the compiler by its own means, so that
//! messages, debug information and dependency files name the real file: gcc's `-remap` with a `header.gcc` table,
//! clang's `-ivfsoverlay`. A name that is right as it stands is never mapped.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{self, Path, PathBuf};

use super::compiler::Family;
use super::scan::{self, Include};

/// Files read, and bytes of one file, before the search for odd names stops: a bound for sources that include a world.
const FILES_MAX: usize = 4096;
const FILE_BYTES_MAX: u64 = 16 << 20;

/// Where headers are looked for, in the compiler's order.
pub(crate) struct SearchPath<'a> {
    pub(crate) quote: &'a [PathBuf],
    pub(crate) user: &'a [PathBuf],
    pub(crate) ours: &'a Path,
    /// The compiler's own folders, asked for only when a name is in doubt.
    pub(crate) system: &'a dyn Fn() -> Vec<PathBuf>,
}

/// Which file each oddly written name stands for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct HeaderMap {
    /// The program's own headers, by the name as written.
    user: BTreeMap<Vec<u8>, Mapped>,
    /// Ours and the system's.
    system: BTreeMap<Vec<u8>, Mapped>,
    /// Headers rightly named in a header that was mapped into another folder. gcc knows a header's real folder; clang
    /// takes it for a file of the folder where its odd name was looked for, and looks there for what it includes.
    displaced: BTreeMap<Vec<u8>, Vec<Mapped>>,
    /// Names that stand for several files in different folders, of which gcc will see the first.
    ambiguous: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Mapped {
    /// The folder in which the compiler would have to find the name as written.
    folder: PathBuf,
    file: PathBuf,
}

/// The compiler options that put a [`HeaderMap`] into effect.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct MapOptions {
    /// Behind our include folder and before the system's.
    pub(crate) system: Vec<OsString>,
    /// Behind the user's include folders.
    pub(crate) user: Vec<OsString>,
}

impl HeaderMap {
    pub(crate) fn search(sources: impl Iterator<Item = PathBuf>, search: &SearchPath<'_>) -> HeaderMap {
        Search { search, system: None, listings: HashMap::new(), map: HeaderMap::default() }.run(sources)
    }

    /// What the compiler will not do as the sources mean it.
    pub(crate) fn warnings(&self, family: Family) -> &[String] {
        match family {
            Family::Gcc => &self.ambiguous,
            Family::Clang => &[],
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.user.is_empty() && self.system.is_empty()
    }

    /// Writes the map into `folder` in the form that the compiler reads.
    pub(crate) fn write(&self, folder: &Path, family: Family) -> io::Result<MapOptions> {
        match family {
            Family::Gcc => {
                let mut options = MapOptions::default();
                for (entries, name, option, options) in [
                    (&self.system, "system", "-isystem", &mut options.system),
                    (&self.user, "user", "-I", &mut options.user),
                ] {
                    if !entries.is_empty() {
                        let folder = folder.join(name);
                        write_gcc_table(entries, &folder)?;
                        options.extend(["-remap".into(), option.into(), folder.into_os_string()]);
                    }
                }
                Ok(options)
            }
            Family::Clang => {
                let file = folder.join("overlay.yaml");
                let displaced =
                    self.displaced.iter().flat_map(|(name, all)| all.iter().map(move |one| (name, one)));
                fs::write(&file, clang_overlay(self.user.iter().chain(&self.system).chain(displaced)))?;
                let options = ["-ivfsoverlay".into(), file.into(), "-Wno-nonportable-include-path".into()];
                Ok(MapOptions { system: options.into(), user: Vec::new() })
            }
        }
    }
}

/// A folder whose `header.gcc` maps names to files. The table has no way to write a blank; such names get a header
/// that includes the file.
fn write_gcc_table(entries: &BTreeMap<Vec<u8>, Mapped>, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut table = Vec::new();
    for (name, Mapped { file, .. }) in entries {
        let target = file.as_os_str().as_bytes();
        if [name.as_slice(), target].iter().any(|part| part.iter().any(u8::is_ascii_whitespace)) {
            let forward = folder.join(OsStr::from_bytes(name));
            fs::create_dir_all(forward.parent().unwrap_or(folder))?;
            fs::write(forward, [b"#include \"", target, b"\"\n"].concat())?;
        } else {
            table.extend([name.as_slice(), b" ", target, b"\n"].concat());
        }
    }
    fs::write(folder.join("header.gcc"), table)
}

/// A virtual file system (JSON, a subset of YAML) with the names as written in the folders where they are looked for.
/// With -fms-extensions, clang itself takes backslashes for slashes first.
fn clang_overlay<'a>(entries: impl Iterator<Item = (&'a Vec<u8>, &'a Mapped)>) -> Vec<u8> {
    let mut text = br#"{"version": 0, "roots": ["#.to_vec();
    for (index, (name, Mapped { folder, file })) in entries.enumerate() {
        let written = folder.join(OsStr::from_bytes(&with_slashes(name)));
        text.extend(if index == 0 { "\n" } else { ",\n" }.bytes());
        text.extend(br#"{"type": "file", "name": "#);
        quote_json(&mut text, &without_dots(&written));
        text.extend(br#", "external-contents": "#);
        quote_json(&mut text, file);
        text.push(b'}');
    }
    text.extend(b"\n]}\n");
    text
}

fn quote_json(text: &mut Vec<u8>, path: &Path) {
    text.push(b'"');
    for &byte in path.as_os_str().as_bytes() {
        if matches!(byte, b'"' | b'\\') {
            text.push(b'\\');
        }
        text.push(byte);
    }
    text.push(b'"');
}

fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            path::Component::ParentDir => _ = plain.pop(),
            path::Component::CurDir => {}
            path::Component::Prefix(_) | path::Component::RootDir | path::Component::Normal(_) => {
                plain.push(component)
            }
        }
    }
    plain
}

struct Search<'a> {
    search: &'a SearchPath<'a>,
    system: Option<Vec<PathBuf>>,
    /// Names in each folder, by their lower-case form.
    listings: HashMap<PathBuf, HashMap<Vec<u8>, OsString>>,
    map: HeaderMap,
}

/// A file to read, and the folder that clang believes it to be in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Reader {
    file: PathBuf,
    believed: PathBuf,
}

impl Search<'_> {
    fn run(mut self, sources: impl Iterator<Item = PathBuf>) -> HeaderMap {
        let sources = sources.filter_map(|source| path::absolute(source).ok());
        let mut queue: VecDeque<Reader> =
            sources.map(|file| Reader { believed: folder_of(&file), file }).collect();
        let mut seen: HashSet<Reader> = queue.iter().cloned().collect();
        // What an include means depends on the including file's folder alone.
        let mut resolved: HashSet<(PathBuf, PathBuf, Include)> = HashSet::new();
        while let Some(Reader { file, believed }) = queue.pop_front() {
            let small =
                fs::metadata(&file).is_ok_and(|found| found.is_file() && found.len() <= FILE_BYTES_MAX);
            let Some(text) = small.then(|| fs::read(&file).ok()).flatten() else { continue };
            let folder = folder_of(&file);
            for include in scan::includes(&text) {
                if !resolved.insert((folder.clone(), believed.clone(), include.clone())) {
                    continue;
                }
                let header = self.resolve(&folder, &believed, &include);
                queue.extend(header.filter(|header| seen.len() < FILES_MAX && seen.insert(header.clone())));
            }
        }
        self.map
    }

    /// The header of the program's own that an include stands for, mapped if its name is not the file's.
    fn resolve(&mut self, folder: &Path, believed: &Path, include: &Include) -> Option<Reader> {
        let written = OsStr::from_bytes(&include.name);
        let beside = include.quoted.then_some(folder).into_iter();
        let quote = self.search.quote.iter().filter(|_| include.quoted).map(PathBuf::as_path);
        let own = beside.chain(quote).chain(self.search.user.iter().map(PathBuf::as_path));
        let own: Vec<PathBuf> = own.filter_map(|folder| path::absolute(folder).ok()).collect();
        let looked_for_in =
            |found: &Path| if found == folder { believed.to_path_buf() } else { found.to_path_buf() };
        if let Some(found) = own.iter().find(|folder| folder.join(written).is_file()) {
            let mapped = Mapped { folder: looked_for_in(found), file: found.join(written) };
            let reader = mapped.reader(&include.name);
            if mapped.folder != *found {
                self.map.displaced.entry(include.name.clone()).or_default().push(mapped);
            }
            return Some(reader);
        }
        if self.search.ours.join(written).is_file() {
            return None;
        }

        let native: Vec<u8> =
            include.name.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect();
        let found = own.iter().find_map(|folder| self.in_any_case(folder, &native));
        let is_odd = native != include.name || native.iter().any(u8::is_ascii_uppercase);
        if found.is_none() && !is_odd {
            return None;
        }
        let system = self.system.get_or_insert_with(|| (self.search.system)()).clone();
        if system.iter().any(|folder| folder.join(written).is_file()) {
            return None;
        }
        if let Some(Mapped { folder, file }) = found {
            let mapped = Mapped { folder: looked_for_in(&folder), file };
            let reader = mapped.reader(&include.name);
            self.map_own(include, mapped);
            return Some(reader);
        }
        let mut folders = std::iter::once(self.search.ours.to_path_buf()).chain(system);
        let mapped = folders.find_map(|folder| self.in_any_case(&folder, &native))?;
        self.map.system.insert(include.name.clone(), mapped);
        None
    }

    /// gcc's table has one file for each name; what clang is told distinguishes folders.
    fn map_own(&mut self, include: &Include, mapped: Mapped) {
        let known = self.map.user.entry(include.name.clone()).or_insert_with(|| mapped.clone());
        if known.file != mapped.file {
            let (first, other) = (known.file.display(), mapped.file.display());
            let name = OsStr::from_bytes(&include.name).display();
            self.map.ambiguous.push(format!("{name}: {first} is used, and not {other}"));
        }
        if *known != mapped {
            self.map.displaced.entry(include.name.clone()).or_default().push(mapped);
        }
    }

    /// The file of this name in any case, below `folder`. The exact name of each part is preferred.
    fn in_any_case(&mut self, folder: &Path, name: &[u8]) -> Option<Mapped> {
        let mut file = folder.to_path_buf();
        for part in name.split(|&byte| byte == b'/').filter(|part| !part.is_empty()) {
            let exact = file.join(OsStr::from_bytes(part));
            if exact.exists() {
                file = exact;
                continue;
            }
            let listing = self.listings.entry(file.clone()).or_insert_with(|| listing(&file));
            file = file.join(listing.get(&part.to_ascii_lowercase())?);
        }
        file.is_file().then(|| Mapped { folder: folder.to_path_buf(), file })
    }
}

impl Mapped {
    fn reader(&self, name: &[u8]) -> Reader {
        let written = self.folder.join(OsStr::from_bytes(&with_slashes(name)));
        Reader { file: self.file.clone(), believed: folder_of(&written) }
    }
}

fn with_slashes(name: &[u8]) -> Vec<u8> {
    name.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect()
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("/")).to_path_buf()
}

fn listing(folder: &Path) -> HashMap<Vec<u8>, OsString> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<OsString> = entries.map(|entry| entry.file_name()).collect();
    // Of names that differ only in case the last in byte order stays: lower case, on every machine.
    names.sort();
    names.into_iter().map(|name| (name.clone().into_vec().to_ascii_lowercase(), name)).collect()
}

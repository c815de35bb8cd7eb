//! A compiler's command line, read once: what it asks for, and each of its parts as it passes through.
//!
//! Promises that the user's arguments keep their order and their spelling; only what Linux has no use for is left out.
//! Looks at no file: what the file system and the environment have to say is in the other modules.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::{Language, grammar};

/// How far the compiler goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Nothing to compile or link: `-v`, `--version`, `-dumpmachine`.
    Query,
    /// Up to an object file, assembly, preprocessed text, dependencies or a precompiled header.
    Compile,
    /// Up to a program or a library.
    Link,
}

/// What an input file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    C,
    Cxx,
    /// C or C++ by an extension that only a file system without case takes for one, `.Cpp`, or by the place in a folder
    /// that was named for its sources.
    CUnderOtherName,
    CxxUnderOtherName,
    Header,
    /// Anything that goes to the linker.
    Object,
}

/// One part of the command line, in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// An option, with its value if that was an argument of its own.
    Option(Vec<OsString>),
    Input {
        path: OsString,
        kind: Kind,
    },
}

/// The wrapper's own options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Switches {
    pub(crate) help: bool,
    pub(crate) print: bool,
    pub(crate) static_library: bool,
    pub(crate) no_win32: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) action: Action,
    pub(crate) items: Vec<Item>,
    pub(crate) switches: Switches,
    /// `-static`: no shared library may be linked.
    pub(crate) fully_static: bool,
    /// `-fuse-ld=lld`.
    pub(crate) uses_lld: bool,
    /// `-nostdlib`, `-nodefaultlibs`, `-r`: the user names every library.
    pub(crate) no_libraries: bool,
    /// The folders of `-iquote`, and those of `-I`, `-isystem` and `-idirafter`, in their order.
    pub(crate) quote_folders: Vec<PathBuf>,
    pub(crate) folders: Vec<PathBuf>,
    /// Names of the macros that the user defines or undefines.
    macros: Vec<Vec<u8>>,
    /// The user says whether to warn of unknown pragmas.
    pub(crate) decides_unknown_pragmas: bool,
}

impl Plan {
    pub(crate) fn parse(arguments: Vec<OsString>, main: Language) -> Result<Plan, String> {
        let mut plan = Plan {
            action: Action::Link,
            items: Vec::new(),
            switches: Switches::default(),
            fully_static: false,
            uses_lld: false,
            no_libraries: false,
            quote_folders: Vec::new(),
            folders: Vec::new(),
            macros: Vec::new(),
            decides_unknown_pragmas: false,
        };
        let mut language: Option<OsString> = None;
        let mut question = false;
        let mut libraries = false;
        let mut rest = arguments.into_iter();
        while let Some(argument) = rest.next() {
            let bytes = argument.as_bytes();
            if let Some(switch) = bytes.strip_prefix(b"--winsock-") {
                plan.switches.set(switch).map_err(|()| format!("unknown option {}", argument.display()))?;
            } else if !bytes.starts_with(b"-") || bytes == b"-" {
                if !grammar::is_import_library_file(&argument) {
                    let kind = grammar::kind_of(&argument, language.as_deref(), main);
                    plan.items.push(Item::Input { path: argument, kind });
                }
            } else {
                let takes_value = grammar::value_follows(&argument);
                let value = if takes_value { rest.next() } else { None };
                // An option without its value at the end would take one of ours: the compiler has to see the error.
                question |= takes_value && value.is_none();
                if let Some(chosen) = value_of(&argument, value.as_deref(), "-x") {
                    language = Some(chosen.to_owned()).filter(|chosen| chosen != "none");
                }
                if let Some(library) = value_of(&argument, value.as_deref(), "-l") {
                    if grammar::is_import_library(library) {
                        continue;
                    }
                    libraries = true;
                }
                question |= grammar::is_question(&argument);
                plan.note(&argument, value.as_deref());
                if !grammar::is_windows_only(&argument) {
                    plan.items.push(Item::Option(std::iter::once(argument).chain(value).collect()));
                }
            }
        }
        let nothing = plan.kinds().next().is_none() && !libraries;
        let only_headers = plan.kinds().all(|kind| kind == Kind::Header) && !libraries;
        if question || nothing {
            plan.action = Action::Query;
        } else if only_headers {
            plan.action = Action::Compile;
        }
        Ok(plan)
    }

    /// Keeps what an option says that matters outside its place on the command line.
    fn note(&mut self, option: &OsStr, value: Option<&OsStr>) {
        if grammar::stops_early(option) {
            self.action = Action::Compile;
        }
        self.decides_unknown_pragmas |= option.as_bytes().ends_with(b"unknown-pragmas");
        match option.as_bytes() {
            b"-static" | b"--static" | b"-static-pie" => self.fully_static = true,
            b"-fuse-ld=lld" => self.uses_lld = true,
            b"-nostdlib" | b"--no-standard-libraries" | b"-nodefaultlibs" | b"-r" => self.no_libraries = true,
            _ => {}
        }
        if let Some(folder) = value_of(option, value, "-iquote") {
            self.quote_folders.push(folder.into());
        }
        for name in ["-I", "-isystem", "-idirafter"] {
            self.folders.extend(value_of(option, value, name).map(PathBuf::from));
        }
        for name in ["-D", "-U"] {
            if let Some(definition) = value_of(option, value, name) {
                let end = definition.as_bytes().iter().position(|byte| matches!(byte, b'=' | b'('));
                self.macros.push(definition.as_bytes()[..end.unwrap_or(definition.len())].to_vec());
            }
        }
    }

    pub(crate) fn decides_macro(&self, name: &str) -> bool {
        self.macros.iter().any(|known| known == name.as_bytes())
    }

    pub(crate) fn names_output(&self) -> bool {
        self.items
            .iter()
            .any(|item| matches!(item, Item::Option(words) if words[0].as_bytes().starts_with(b"-o")))
    }

    fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.items.iter().filter_map(|item| match item {
            Item::Option(_) => None,
            Item::Input { kind, .. } => Some(*kind),
        })
    }

    /// Whether anything is compiled, and not only linked.
    pub(crate) fn compiles(&self) -> bool {
        self.action != Action::Query && self.kinds().any(|kind| kind != Kind::Object)
    }

    pub(crate) fn has_cxx(&self) -> bool {
        self.kinds().any(|kind| matches!(kind, Kind::Cxx | Kind::CxxUnderOtherName))
    }

    /// The source files named on the command line; standard input is none.
    pub(crate) fn sources(&self) -> impl Iterator<Item = PathBuf> {
        self.items.iter().filter_map(|item| match item {
            Item::Input { kind: Kind::Object, .. } | Item::Option(_) => None,
            Item::Input { path, .. } => (path != "-").then(|| PathBuf::from(path)),
        })
    }

    /// The same plan for each input alone.
    pub(crate) fn one_per_input(&self) -> Vec<Plan> {
        let is_input = |item: &Item| matches!(item, Item::Input { .. });
        let inputs = self.items.iter().enumerate().filter(|(_, item)| is_input(item));
        inputs
            .map(|(kept, _)| {
                let items = self.items.iter().enumerate();
                let items = items.filter(|(index, item)| *index == kept || !is_input(item));
                Plan { items: items.map(|(_, item)| item.clone()).collect(), ..self.clone() }
            })
            .collect()
    }
}

impl Switches {
    fn set(&mut self, name: &[u8]) -> Result<(), ()> {
        match name {
            b"help" => self.help = true,
            b"print" => self.print = true,
            b"static" => self.static_library = true,
            b"no-win32" => self.no_win32 = true,
            _ => return Err(()),
        }
        Ok(())
    }
}

/// The value of option `name`, if `option` is that option: the next argument, or joined to it.
fn value_of<'a>(option: &'a OsStr, value: Option<&'a OsStr>, name: &str) -> Option<&'a OsStr> {
    let joined = option.as_bytes().strip_prefix(name.as_bytes())?;
    if joined.is_empty() { value } else { Some(OsStr::from_bytes(joined)) }
}

//! A folder among the inputs stands for the C and C++ sources in it, in the order of their names.
//!
//! Folders inside it are not entered: on Windows too they are projects of their own.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;

use super::grammar;
use super::plan::{Item, Kind, Plan};

pub(crate) fn open(plan: &mut Plan) -> Result<(), String> {
    let mut items = Vec::with_capacity(plan.items.len());
    for item in plan.items.drain(..) {
        match item {
            Item::Input { path, kind: Kind::Object } if Path::new(&path).is_dir() => {
                let sources = sources(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                if sources.is_empty() {
                    return Err(format!("{}: no C or C++ source in this folder", path.display()));
                }
                items.extend(sources);
            }
            item => items.push(item),
        }
    }
    plan.items = items;
    Ok(())
}

fn sources(folder: &OsStr) -> io::Result<Vec<Item>> {
    let mut names =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    names.sort();
    let inputs = names.into_iter().filter_map(|name| {
        let path = Path::new(folder).join(&name);
        let kind = grammar::kind_in_folder(&name).filter(|_| path.is_file())?;
        Some(Item::Input { path: path.into(), kind })
    });
    Ok(inputs.collect())
}

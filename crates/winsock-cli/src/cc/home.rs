//! Where our headers and our library are: in a build tree, in an installation, or where WINSOCK_HOME says.
//!
//! A *build tree* is the workspace: headers in `crates/winsock-c/include`, libraries where cargo puts them: always in
//! `deps` beside the program, and, when they were asked for by name, beside the program too, where they may be older. An
//! *installation* is a prefix with `bin/winsock`, `include/winsock/` and `lib/`.

use std::path::{Path, PathBuf};

const HEADERS_IN_TREE: &str = "crates/winsock-c/include";
const HEADERS_INSTALLED: &str = "include/winsock";
const LANDMARK: &str = "winsock2.h";
pub(crate) const SHARED_LIBRARY: &str = "libws2_32.so";
pub(crate) const STATIC_LIBRARY: &str = "libws2_32.a";

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Home {
    pub(crate) include: PathBuf,
    /// Folders that may hold the library, the likeliest first.
    library_folders: Vec<PathBuf>,
    build_command: Option<String>,
}

impl Home {
    /// `named` is the value of WINSOCK_HOME, which is final where it is set; `program` is this program's own file.
    pub(crate) fn find(named: Option<&Path>, program: &Path) -> Result<Home, String> {
        if let Some(root) = named {
            return Self::installed(root).or_else(|| Self::build_tree(root, program)).ok_or_else(|| {
                format!(
                    "{LANDMARK} not found in WINSOCK_HOME: looked in {0}/{HEADERS_INSTALLED} and {0}/{HEADERS_IN_TREE}; \
                     set it to an installation or to the source tree",
                    root.display()
                )
            });
        }
        let tree = program.ancestors().skip(1).find_map(|root| Self::build_tree(root, program));
        let prefix = program.parent().and_then(Path::parent);
        tree.or_else(|| prefix.and_then(Self::installed)).ok_or_else(|| {
            let installed = prefix.unwrap_or(Path::new("/")).join(HEADERS_INSTALLED);
            format!(
                "{LANDMARK} not found: looked in {} and in {HEADERS_IN_TREE} of every folder above {}; \
                 set WINSOCK_HOME to an installation or to the source tree",
                installed.display(),
                program.display()
            )
        })
    }

    fn installed(prefix: &Path) -> Option<Home> {
        let include = prefix.join(HEADERS_INSTALLED);
        include.join(LANDMARK).is_file().then(|| Home {
            include,
            library_folders: vec![prefix.join("lib")],
            build_command: None,
        })
    }

    fn build_tree(root: &Path, program: &Path) -> Option<Home> {
        let include = root.join(HEADERS_IN_TREE);
        if !include.join(LANDMARK).is_file() {
            return None;
        }
        let beside = program.parent().unwrap_or(root);
        let release = if beside.ends_with("release") { " --release" } else { "" };
        let manifest = root.join("Cargo.toml");
        Some(Home {
            include,
            library_folders: [beside, &root.join("target/release"), &root.join("target/debug")]
                .into_iter()
                .flat_map(|folder| [folder.join("deps"), folder.to_path_buf()])
                .collect(),
            build_command: Some(format!(
                "cargo build -p winsock-c{release} --manifest-path {}",
                manifest.display()
            )),
        })
    }

    /// The folder that holds the library of this name.
    pub(crate) fn library_folder(&self, name: &str) -> Result<&Path, String> {
        let found = self.library_folders.iter().find(|folder| folder.join(name).is_file());
        found.map(PathBuf::as_path).ok_or_else(|| {
            let looked: Vec<_> =
                self.library_folders.iter().map(|folder| folder.display().to_string()).collect();
            let advice = match &self.build_command {
                Some(command) => format!("build it with: {command}"),
                None => "install it there, or set WINSOCK_HOME to a source tree where it is built".to_owned(),
            };
            format!("{name} not found: looked in {}; {advice}", looked.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn touch(path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }

    #[test]
    fn a_build_tree_is_found_from_the_program_in_it() {
        let root = tempfile::tempdir().unwrap();
        let program = root.path().join("target/release/winsock");
        touch(&root.path().join(HEADERS_IN_TREE).join(LANDMARK));
        let home = Home::find(None, &program).unwrap();
        assert_eq!(home.include, root.path().join(HEADERS_IN_TREE));

        let missing = home.library_folder(SHARED_LIBRARY).unwrap_err();
        assert!(missing.contains("cargo build -p winsock-c --release --manifest-path"), "{missing}");
        assert!(missing.contains(root.path().join("target/release").to_str().unwrap()), "{missing}");

        for folder in ["target/debug", "target/debug/deps", "target/release", "target/release/deps"] {
            touch(&root.path().join(folder).join(SHARED_LIBRARY));
            assert_eq!(home.library_folder(SHARED_LIBRARY), Ok(&*root.path().join(folder)));
        }
    }

    #[test]
    fn an_installation_is_found_from_the_program_in_it_and_by_name() {
        let prefix = tempfile::tempdir().unwrap();
        touch(&prefix.path().join(HEADERS_INSTALLED).join(LANDMARK));
        touch(&prefix.path().join("lib").join(SHARED_LIBRARY));
        for home in [
            Home::find(None, &prefix.path().join("bin/winsock")).unwrap(),
            Home::find(Some(prefix.path()), Path::new("/elsewhere/winsock")).unwrap(),
        ] {
            assert_eq!(home.include, prefix.path().join(HEADERS_INSTALLED));
            assert_eq!(home.library_folder(SHARED_LIBRARY), Ok(&*prefix.path().join("lib")));
            assert!(home.library_folder(STATIC_LIBRARY).unwrap_err().starts_with("libws2_32.a not found"));
        }
    }

    #[test]
    fn a_wrong_winsock_home_is_an_error_even_beside_a_good_tree() {
        let root = tempfile::tempdir().unwrap();
        let empty = tempfile::tempdir().unwrap();
        touch(&root.path().join(HEADERS_IN_TREE).join(LANDMARK));
        let error = Home::find(Some(empty.path()), &root.path().join("target/debug/winsock")).unwrap_err();
        assert!(error.contains("WINSOCK_HOME"), "{error}");
        assert!(Home::find(None, &empty.path().join("bin/winsock")).unwrap_err().contains("looked in"));
    }
}

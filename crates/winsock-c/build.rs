//! Gives the shared library its name: what programs linked with `-lws2_32` look for at run time.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libws2_32.so");
}

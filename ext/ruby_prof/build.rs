//! Passes on the linker flags and `cfg(ruby_gte_…)` of the Ruby that the extension is built for.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Without this, the Makefile and the library that mkmf drops here would rebuild the crate.
    println!("cargo:rerun-if-changed=build.rs");
    rb_sys_env::activate()?;
    Ok(())
}

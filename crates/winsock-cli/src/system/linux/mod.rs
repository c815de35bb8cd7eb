//! Linux, as `system` lists it.

pub(crate) mod activation;
pub(crate) mod commands;
pub(crate) mod cpu;
pub(crate) mod engine;
pub(crate) mod facts;
pub(crate) mod limits;
pub(crate) mod signals;

//! The implementation on Linux: the model of Winsock's objects, above the system calls in [`sys`].

pub(crate) mod apc;
pub(crate) mod bind;
pub(crate) mod blocking;
pub(crate) mod connection;
pub(crate) mod dispatcher;
pub(crate) mod event;
pub(crate) mod handles;
pub(crate) mod ioctl;
pub(crate) mod objects;
pub(crate) mod option;
pub(crate) mod parker;
pub(crate) mod protocol;
pub(crate) mod readiness;
pub(crate) mod share;
pub(crate) mod socket;
pub(crate) mod startup;
pub(crate) mod status;
pub(crate) mod sys;
pub(crate) mod table;
pub(crate) mod thread;
pub(crate) mod transfer;
pub(crate) mod translate;
pub(crate) mod wait;

//! libws2_32.

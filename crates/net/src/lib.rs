//! The outside world behind small types: time, chance, names, TLS, listening sockets. Nothing else in the gateway reads a
//! clock or asks DNS, so that the rest runs under a simulated world.

pub mod clock;
pub mod dns;
pub mod listen;
pub mod random;
pub mod stream;
pub mod tls;

//! The outside world behind small types: time, chance, names, TLS, listening sockets. Nothing else in the gateway reads a
//! clock or asks DNS, so that the rest runs under a simulated world.

pub mod clock;
pub mod dial;
pub mod dns;
pub mod http;
pub mod listen;
pub mod random;
pub mod stream;
pub mod tls;

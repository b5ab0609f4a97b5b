//! Attempts at real sockets: what goes over the wire, and what a next hop that misbehaves makes of it.

mod probing;
mod routes;
mod sending;
mod trouble;
mod world;

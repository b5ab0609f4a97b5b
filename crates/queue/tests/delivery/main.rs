//! Attempts at real sockets: what goes over the wire, and what a next hop that misbehaves makes of it.

#![cfg(test)]

mod probing;
mod routes;
mod sending;
mod trouble;
mod world;

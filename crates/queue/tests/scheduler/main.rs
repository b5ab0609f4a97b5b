//! The queue with a real store below it: what is tried when, and what becomes of it.

#![cfg(test)]

mod changes;
mod jumps;
mod order;
mod outcomes;
mod storm;
mod trap;
mod trouble;
mod world;

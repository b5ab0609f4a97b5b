//! The line from what has arrived to what is delivered, over a store in memory.

#![cfg(test)]

mod actions;
mod arriving;
mod changing;
mod journal;
mod line;
mod rebuilding;
mod rejudging;
mod replaying;
mod trace;
mod trap;
mod world;

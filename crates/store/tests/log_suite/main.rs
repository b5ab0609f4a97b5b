//! The log as its callers see it, on a disk that fails on demand: group commit, power loss, damage, a full disk, changes
//! that meet, compaction. Catalogue QUE-01 to QUE-07, QUE-13, QUE-14.

#![cfg(test)]

mod change;
mod compact;
mod damage;
mod faults;
mod flush;
mod model;
mod panics;
mod power;
mod real;
mod turns;
mod watched;
mod world;

//! The search files behind a log of records in memory: what is found, what survives, what goes.

#![cfg(test)]

mod behind_the_log;
mod crash;
mod damage;
mod features;
mod feed;
mod find;
mod many;
mod quarantine;
mod retention;
mod site;
mod tenants;
mod trace;

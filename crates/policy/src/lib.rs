//! What the site wants. Two questions are answered here, both without clock, disk or network:
//!
//! - before DATA: may this session go on? [`admission::admit`], over [`domains::Domains`] and limits;
//! - after judging: what happens to each recipient's copy? [`decide::decide`], over a [`rules::Policy`].
//!
//! A policy is a TOML file of [`rule::Rule`]s; each has a [`condition::Condition`] in a documented subset of CEL's syntax,
//! over the [`names`] of what is known. Conditions are typed when they are read and three-valued when they are asked:
//! what is not known is never taken for "no". Content is asked only through `scan::question::Question`.

pub mod limits;

pub mod error;
mod settings;

pub mod names;

pub mod condition;

pub mod rule;

pub mod preset;

pub mod rules;

pub mod builtin;

pub mod lint;

pub mod decide;

pub mod reconcile;

pub mod explain;

pub mod domains;

pub mod admission;

#[cfg(test)]
mod tests;

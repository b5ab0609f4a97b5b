//! Two kinds in one file.

//! Facts that somebody else found out already and that are taken instead of asking: `scan --batch` gives them.

use scan::facts::ReverseDns;

/// What is given.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Results of authentication.
    pub auth: auth::Given,
    /// Reverse DNS of the client.
    pub reverse_dns: Option<ReverseDns>,
}

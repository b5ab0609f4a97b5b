//! What somebody else found out already and that is taken instead of asking (`scan --batch` gives it), and passwords.

use scan::facts::ReverseDns;

/// What is given.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Results of authentication.
    pub auth: auth::Given,
    /// Reverse DNS of the client.
    pub reverse_dns: Option<ReverseDns>,
    /// Passwords that are tried first on what is encrypted.
    pub passwords: Passwords,
}

/// Passwords. They are shown nowhere.
#[derive(Clone, Default)]
pub struct Passwords(pub Vec<String>);

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passwords", self.0.len())
    }
}

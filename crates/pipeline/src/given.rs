//! What somebody else found out already and that is taken instead of asking (`scan --batch` gives it), and passwords.

use scan::auth::SpfResult;
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
    /// Nobody knows the client: nothing is asked about its address.
    pub is_without_client: bool,
}

impl Given {
    /// What is known of a message without a session: no client, so SPF says nothing.
    #[must_use]
    pub fn without_client() -> Self {
        let auth = auth::Given { spf: Some(SpfResult::None), ..auth::Given::default() };
        Self { auth, is_without_client: true, ..Self::default() }
    }
}

/// Passwords. They are shown nowhere.
#[derive(Clone, Default)]
pub struct Passwords(pub Vec<String>);

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passwords", self.0.len())
    }
}

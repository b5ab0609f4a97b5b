//! Settings, weights, lists and policies as opaque documents, kept by content hash as long as a record may name them, so
//! that a decision of last month can be recomputed with what was in force then.

use futures_util::future::BoxFuture;
use mail::envelope::TenantId;

use crate::error::StoreError;

/// A kept document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is: `weights`, `knowledge`, `policy`, `domains`, ...
    pub kind: String,
    /// Its name in settings, for instance `standard`.
    pub name: String,
    /// SHA-256 of the content, lower-case hex.
    pub hash: String,
    /// The bytes.
    pub content: Vec<u8>,
}

/// Keeps documents.
pub trait Documents: Send + Sync {
    /// Keeps a document (again changes nothing) and returns its hash. Durable on return.
    fn remember<'a>(
        &'a self,
        tenant: TenantId,
        kind: &'a str,
        name: &'a str,
        content: &'a [u8],
    ) -> BoxFuture<'a, Result<String, StoreError>>;

    /// The document with this hash.
    fn recall<'a>(&'a self, tenant: TenantId, hash: &'a str) -> BoxFuture<'a, Result<Option<Document>, StoreError>>;
}

//! Documents by the hash of their content, each tenant's apart.

use data_encoding::HEXLOWER;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use sha2::{Digest, Sha256};

use super::Site;
use crate::documents::{Document, Documents};
use crate::error::StoreError;
use crate::search::file::Trouble;

impl Site {
    async fn keep(&self, tenant: TenantId, kind: &str, name: &str, content: &[u8]) -> Result<String, StoreError> {
        let hash = hash_of(content);
        let mut guard = self.conn.lock().await;
        let conn = guard.as_mut().ok_or(StoreError::Closed)?;
        sqlx::query("INSERT OR IGNORE INTO documents (tenant, hash, kind, name, content) VALUES (?, ?, ?, ?, ?)")
            .bind(tenant.0)
            .bind(&hash)
            .bind(kind)
            .bind(name)
            .bind(content)
            .execute(conn)
            .await
            .map_err(Trouble::from)?;
        Ok(hash)
    }

    async fn find(&self, tenant: TenantId, hash: &str) -> Result<Option<Document>, StoreError> {
        let mut guard = self.conn.lock().await;
        let conn = guard.as_mut().ok_or(StoreError::Closed)?;
        let row: Option<(String, String, Vec<u8>)> =
            sqlx::query_as("SELECT kind, name, content FROM documents WHERE tenant = ? AND hash = ?")
                .bind(tenant.0)
                .bind(hash)
                .fetch_optional(conn)
                .await
                .map_err(Trouble::from)?;
        let Some((kind, name, content)) = row else { return Ok(None) };
        if hash_of(&content) != hash {
            let why = "its content has another hash: it was changed after it was written".into();
            return Err(StoreError::Corrupt { what: format!("the {kind} document {name}"), why });
        }
        Ok(Some(Document { kind, name, hash: hash.to_owned(), content }))
    }
}

impl Documents for Site {
    fn remember<'a>(
        &'a self,
        tenant: TenantId,
        kind: &'a str,
        name: &'a str,
        content: &'a [u8],
    ) -> BoxFuture<'a, Result<String, StoreError>> {
        self.keep(tenant, kind, name, content).boxed()
    }

    fn recall<'a>(&'a self, tenant: TenantId, hash: &'a str) -> BoxFuture<'a, Result<Option<Document>, StoreError>> {
        self.find(tenant, hash).boxed()
    }
}

fn hash_of(content: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(content))
}

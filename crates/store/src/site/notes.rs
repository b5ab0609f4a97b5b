//! Small values that a program keeps between two runs, by name: which destinations are paused, the self-made certificate.

use mail::envelope::TenantId;

use super::Site;
use crate::error::StoreError;
use crate::search::file::Trouble;

impl Site {
    /// The value of a note; none if it was never set.
    pub async fn note(&self, tenant: TenantId, name: &str) -> Result<Option<String>, StoreError> {
        let mut guard = self.conn.lock().await;
        let conn = guard.as_mut().ok_or(StoreError::Closed)?;
        let row: Option<(String,)> = sqlx::query_as("SELECT value FROM notes WHERE tenant = ? AND name = ?")
            .bind(tenant.0)
            .bind(name)
            .fetch_optional(conn)
            .await
            .map_err(Trouble::from)?;
        Ok(row.map(|(value,)| value))
    }

    /// Sets a note; durable on return.
    pub async fn set_note(&self, tenant: TenantId, name: &str, value: &str) -> Result<(), StoreError> {
        let mut guard = self.conn.lock().await;
        let conn = guard.as_mut().ok_or(StoreError::Closed)?;
        sqlx::query("INSERT OR REPLACE INTO notes (tenant, name, value) VALUES (?, ?, ?)")
            .bind(tenant.0)
            .bind(name)
            .bind(value)
            .execute(conn)
            .await
            .map_err(Trouble::from)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_note_is_kept_for_its_tenant() {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::open(folder.path()).await.unwrap();
        let (one, two) = (TenantId(1), TenantId(2));
        assert_eq!(site.note(one, "a").await.unwrap(), None);
        site.set_note(one, "a", "1").await.unwrap();
        site.set_note(one, "a", "2").await.unwrap();
        site.close().await;
        let site = Site::open(folder.path()).await.unwrap();
        assert_eq!(site.note(one, "a").await.unwrap().as_deref(), Some("2"));
        assert_eq!(site.note(two, "a").await.unwrap(), None);
    }
}

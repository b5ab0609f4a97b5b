//! How often a wrong password was given for a quarantined mail. A try is counted before it is made, durably: neither two at
//! once nor a kill in the middle gives more of them.

use mail::envelope::TenantId;
use mail::id::MailId;
use sqlx::Row as _;

use super::Site;
use crate::error::StoreError;
use crate::search::file::Trouble;

/// Wrong passwords after which a mail is locked.
pub const PASSWORD_TRIES_MAX: u32 = 5;

impl Site {
    /// Counts a try, unless all are used: then none. The number of tries with this one.
    ///
    /// # Errors
    /// If it cannot be written: then it must not be made.
    pub async fn count_try(&self, tenant: TenantId, mail: MailId, now: i64) -> Result<Option<u32>, StoreError> {
        let mut guard = self.conn.lock().await;
        let conn = guard.as_mut().ok_or(StoreError::Closed)?;
        let statement = "INSERT INTO password_tries (tenant, mail, count, at) VALUES (?1, ?2, 1, ?3) \
            ON CONFLICT (tenant, mail) DO UPDATE SET count = count + 1, at = ?3 WHERE count < ?4 RETURNING count";
        let counted: Option<(u32,)> = sqlx::query_as(statement)
            .bind(tenant.0)
            .bind(mail.to_string())
            .bind(now)
            .bind(PASSWORD_TRIES_MAX)
            .fetch_optional(conn)
            .await
            .map_err(Trouble::from)?;
        Ok(counted.map(|(count,)| count))
    }

    /// Takes a try back: the password was right, or nobody looked at the mail.
    ///
    /// # Errors
    /// If it cannot be written.
    pub async fn take_try_back(&self, tenant: TenantId, mail: MailId) -> Result<(), StoreError> {
        let mut guard = self.conn.lock().await;
        let conn = guard.as_mut().ok_or(StoreError::Closed)?;
        sqlx::query("UPDATE password_tries SET count = count - 1 WHERE tenant = ? AND mail = ? AND count > 0")
            .bind(tenant.0)
            .bind(mail.to_string())
            .execute(conn)
            .await
            .map_err(Trouble::from)?;
        Ok(())
    }

    /// Tries that were made for a mail.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn tries(&self, tenant: TenantId, mail: MailId) -> Result<u32, StoreError> {
        let mut guard = self.conn.lock().await;
        let conn = guard.as_mut().ok_or(StoreError::Closed)?;
        let row = sqlx::query("SELECT count FROM password_tries WHERE tenant = ? AND mail = ?")
            .bind(tenant.0)
            .bind(mail.to_string())
            .fetch_optional(conn)
            .await
            .map_err(Trouble::from)?;
        Ok(row.map_or(Ok(0), |row| row.try_get(0)).map_err(Trouble::from)?)
    }

    /// Forgets the tries for mails that were last tried before a time, milliseconds since the epoch: they are long gone.
    ///
    /// # Errors
    /// If it cannot be written.
    pub async fn forget_tries(&self, before: i64) -> Result<(), StoreError> {
        let mut guard = self.conn.lock().await;
        let conn = guard.as_mut().ok_or(StoreError::Closed)?;
        let forgotten = sqlx::query("DELETE FROM password_tries WHERE at < ?").bind(before).execute(conn).await;
        forgotten.map_err(Trouble::from)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId::DEFAULT;

    #[tokio::test]
    async fn there_are_five_whoever_is_quick_and_they_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::open(folder.path()).await.unwrap();
        let (mail, other) = (MailId::from_bytes([1; 16]), MailId::from_bytes([2; 16]));
        let all = futures_util::future::join_all((0..20).map(|_| site.count_try(TENANT, mail, 7))).await;
        let mut counted: Vec<u32> = all.into_iter().filter_map(Result::unwrap).collect();
        counted.sort_unstable();
        assert_eq!(counted, [1, 2, 3, 4, 5]);
        site.close().await;
        let site = Site::open(folder.path()).await.unwrap();
        assert_eq!(site.count_try(TENANT, mail, 8).await.unwrap(), None);
        assert_eq!((site.tries(TENANT, mail).await.unwrap(), site.tries(TENANT, other).await.unwrap()), (5, 0));
        assert_eq!(site.count_try(TenantId(9), mail, 8).await.unwrap(), Some(1), "each tenant has its own");
        site.take_try_back(TENANT, mail).await.unwrap();
        assert_eq!(site.count_try(TENANT, mail, 9).await.unwrap(), Some(5));
        site.forget_tries(9).await.unwrap();
        assert_eq!((site.tries(TENANT, mail).await.unwrap(), site.tries(TenantId(9), mail).await.unwrap()), (5, 0));
        site.forget_tries(10).await.unwrap();
        assert_eq!(site.tries(TENANT, mail).await.unwrap(), 0);
    }
}

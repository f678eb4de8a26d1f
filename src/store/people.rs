//! People, roles, invitations and sign-ins. Only hashes are kept: of passphrases (argon2id) and of
//! everything random that opens a door (SHA-256).

use argon2::Argon2;
use argon2::password_hash::{
    Error as HashError, PasswordHash, PasswordHasher, PasswordVerifier, SaltString,
};
use rand::RngCore;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Result, Store, StoreError, code, document, is_taken, json, on, within};
use crate::domain::ids::{DiagnosisId, PersonId};
use crate::domain::people::{Invited, Person, Role};
use crate::domain::text::Lang;

/// 256 random bits that open a door once or for a while; written as 64 hexadecimal letters.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A fresh one.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0_u8; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// One that somebody presents.
    #[must_use]
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Its letters, for an address or a cookie.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

/// A hashed passphrase. Hashing takes tens of milliseconds: keep it off the async threads.
#[derive(Clone)]
pub struct Passphrase(String);

/// What is compared when nobody has that name, so that it takes as long as when somebody has.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$\
                      GQbmk7gUrzcHWgnNdeuwR6ZQN5MYWpPg2AkfYOUlGAc";

impl Passphrase {
    /// Hashes a passphrase with argon2id and a fresh salt.
    ///
    /// # Errors
    /// When the hasher refuses, which it does only for absurd lengths.
    pub fn hash(phrase: &str) -> Result<Self> {
        let broken = |error: HashError| StoreError::Broken("passphrase", error.to_string());
        let mut salt = [0_u8; 16];
        rand::rng().fill_bytes(&mut salt);
        let salt = SaltString::encode_b64(&salt).map_err(broken)?;
        let hash = Argon2::default().hash_password(phrase.as_bytes(), &salt).map_err(broken)?;
        Ok(Self(hash.to_string()))
    }

    /// Whether this is the phrase; without a hash it takes the same time and says no.
    #[must_use]
    pub fn is(known: Option<&Self>, phrase: &str) -> bool {
        let text = known.map_or(NOBODY, |known| known.0.as_str());
        let matches = PasswordHash::new(text)
            .is_ok_and(|hash| Argon2::default().verify_password(phrase.as_bytes(), &hash).is_ok());
        matches && known.is_some()
    }
}

impl Store {
    /// Adds a person; `sign_in` is the name they type.
    ///
    /// # Errors
    /// `Taken` when somebody signs in by that name.
    pub async fn add_person(
        &self,
        person: &Person,
        sign_in: &str,
        passphrase: Option<&Passphrase>,
    ) -> Result<()> {
        const SQL: &str = "
            insert into person (id, name, sign_in, passphrase, lang, host)
            values ($1, $2, $3, $4, $5, $6)";
        let mut tx = self.begin().await?;
        let added = within!(&mut tx, it => sqlx::query(SQL)
            .bind(person.id.0).bind(&person.name).bind(sign_in.trim().to_lowercase())
            .bind(passphrase.map(|hash| hash.0.as_str()))
            .bind(person.lang.tag()).bind(person.host)
            .execute(it).await.map(|_added| ()));
        match added {
            Ok(()) => {}
            Err(error) if is_taken(&error) => return Err(StoreError::Taken("sign-in name")),
            Err(error) => return Err(error.into()),
        }
        for (diagnosis, role) in &person.roles {
            add_role(&mut tx, *diagnosis, person.id, *role).await?;
        }
        tx.commit().await
    }

    /// Gives a person a role; giving it twice changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_role(&self, of: DiagnosisId, person: PersonId, role: Role) -> Result<()> {
        let mut tx = self.begin().await?;
        add_role(&mut tx, of, person, role).await?;
        tx.commit().await
    }

    /// Lets a person make diagnoses.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn make_host(&self, person: PersonId) -> Result<()> {
        const SQL: &str = "update person set host = $2 where id = $1";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(person.0).bind(true).execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// A person with their roles.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn person(&self, id: PersonId) -> Result<Person> {
        const SQL: &str = "
            select name, lang, host
              from person
             where id = $1";
        const ROLES: &str = "
            select diagnosis, role
              from role
             where person = $1
             order by diagnosis, role";
        let row: Option<(String, String, bool)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(id.0).fetch_optional(pool).await)?;
        let (name, lang, host) = row.ok_or(StoreError::NotFound("person"))?;
        let rows: Vec<(Uuid, String)> = on!(&self.db, pool =>
            sqlx::query_as(ROLES).bind(id.0).fetch_all(pool).await)?;
        let roles = rows
            .into_iter()
            .map(|(of, role)| Ok((DiagnosisId(of), code("role", &role, Role::from_code)?)))
            .collect::<Result<Vec<_>>>()?;
        let lang = lang.parse().unwrap_or(Lang::En);
        Ok(Person { id, name, lang, host, roles })
    }

    /// The people of a diagnosis with their roles there, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn members(&self, of: DiagnosisId) -> Result<Vec<(PersonId, String, Role)>> {
        const SQL: &str = "
            select person.id, person.name, role.role
              from role
              join person on person.id = role.person
             where role.diagnosis = $1";
        let rows: Vec<(Uuid, String, String)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        let mut members = rows
            .into_iter()
            .map(|(id, name, role)| Ok((PersonId(id), name, code("role", &role, Role::from_code)?)))
            .collect::<Result<Vec<_>>>()?;
        members.sort_by(|a, b| (&a.1, a.2).cmp(&(&b.1, b.2)));
        Ok(members)
    }

    /// Takes every role a person has in a diagnosis away, and for whom they spoke there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_member(&self, of: DiagnosisId, person: PersonId) -> Result<()> {
        const SQL: &str = "
            delete from role
             where diagnosis = $1
               and person = $2";
        const SPOKE: &str = "
            delete from affiliation
             where diagnosis = $1
               and person = $2";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(SPOKE).bind(of.0).bind(person.0).execute(it).await?.rows_affected());
        within!(&mut tx, it => sqlx::query(SQL).bind(of.0).bind(person.0).execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// The person who signs in by this name, with the hashed passphrase.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn by_sign_in(&self, sign_in: &str) -> Result<Option<(PersonId, Passphrase)>> {
        const SQL: &str = "
            select id, passphrase
              from person
             where sign_in = $1";
        let row: Option<(Uuid, Option<String>)> = on!(&self.db, pool => sqlx::query_as(SQL)
            .bind(sign_in.trim().to_lowercase()).fetch_optional(pool).await)?;
        Ok(row.and_then(|(id, hash)| hash.map(|hash| (PersonId(id), Passphrase(hash)))))
    }

    /// Changes a passphrase and ends every sign-in of that person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_passphrase(&self, person: PersonId, hash: &Passphrase) -> Result<()> {
        const SQL: &str = "update person set passphrase = $2 where id = $1";
        const OUT: &str = "delete from sign_in where person = $1";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(SQL).bind(person.0).bind(&hash.0).execute(it).await?.rows_affected());
        within!(&mut tx, it => sqlx::query(OUT).bind(person.0).execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// Adds a one-time invitation, valid until `expires` (milliseconds since 1970 UTC).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invite(&self, token: &Token, invited: &Invited, expires: i64) -> Result<()> {
        const SQL: &str = "
            insert into invitation (token, invited, expires)
            values ($1, $2, $3)";
        let mut tx = self.begin().await?;
        let invited = json(invited);
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(token.hash()).bind(&invited).bind(expires).execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// What an invitation is for, without using it up.
    ///
    /// # Errors
    /// `NotFound` when it was used, has expired or never was.
    pub async fn invitation(&self, token: &Token, now: i64) -> Result<Invited> {
        const SQL: &str = "
            select invited
              from invitation
             where token = $1
               and expires > $2";
        let invited: Option<String> = on!(&self.db, pool => sqlx::query_scalar(SQL)
            .bind(token.hash()).bind(now).fetch_optional(pool).await)?;
        document("invitation", &invited.ok_or(StoreError::NotFound("invitation"))?)
    }

    /// Uses an invitation up: of two who follow it at once, one finds it gone.
    ///
    /// # Errors
    /// `NotFound` when it was used, has expired or never was.
    pub async fn use_invitation(&self, token: &Token, now: i64) -> Result<Invited> {
        const SQL: &str = "
            delete from invitation
             where token = $1
               and expires > $2
            returning invited";
        let mut tx = self.begin().await?;
        let invited: Option<String> = within!(&mut tx, it => sqlx::query_scalar(SQL)
            .bind(token.hash()).bind(now).fetch_optional(it).await)?;
        tx.commit().await?;
        document("invitation", &invited.ok_or(StoreError::NotFound("invitation"))?)
    }

    /// Whether nobody is here yet who may make diagnoses.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_new(&self) -> Result<bool> {
        const SQL: &str = "select count(*) from person where host";
        let n: i64 = on!(&self.db, pool => sqlx::query_scalar(SQL).fetch_one(pool).await)?;
        Ok(n == 0)
    }

    /// Forgets what invitations are left to sign in with; the demonstration does, when it starts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_invitations(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query("delete from invitation").execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// Signs a person in until `expires`, and forgets sign-ins that have expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in(
        &self,
        token: &Token,
        person: PersonId,
        now: i64,
        expires: i64,
    ) -> Result<()> {
        const CLEAR: &str = "delete from sign_in where expires <= $1";
        const SQL: &str = "
            insert into sign_in (token, person, expires)
            values ($1, $2, $3)";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(CLEAR).bind(now).execute(it).await?.rows_affected());
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(token.hash()).bind(person.0).bind(expires).execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// Who signed in with this token.
    ///
    /// # Errors
    /// `NotFound` when nobody did or it has expired.
    pub async fn signed_in(&self, token: &Token, now: i64) -> Result<PersonId> {
        const SQL: &str = "
            select person
              from sign_in
             where token = $1
               and expires > $2";
        let person: Option<Uuid> = on!(&self.db, pool => sqlx::query_scalar(SQL)
            .bind(token.hash()).bind(now).fetch_optional(pool).await)?;
        person.map(PersonId).ok_or(StoreError::NotFound("sign-in"))
    }

    /// Ends a sign-in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, token: &Token) -> Result<()> {
        const SQL: &str = "delete from sign_in where token = $1";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(SQL).bind(token.hash()).execute(it).await?.rows_affected());
        tx.commit().await
    }
}

async fn add_role(
    tx: &mut super::Tx,
    diagnosis: DiagnosisId,
    person: PersonId,
    role: Role,
) -> Result<()> {
    const SQL: &str = "
        insert into role (diagnosis, person, role)
        values ($1, $2, $3)
            on conflict do nothing";
    within!(tx, it => sqlx::query(SQL)
        .bind(diagnosis.0).bind(person.0).bind(role.code()).execute(it).await?.rows_affected());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_compared_with_like_anybody() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let somebody = Passphrase::hash("some phrase").unwrap();
        let somebody = PasswordHash::new(&somebody.0).unwrap();
        assert_eq!(nobody.params.to_string(), somebody.params.to_string());
        assert!(Argon2::default().verify_password(b"x", &nobody).is_err());
    }
}

//! Diagnoses, their zone sets, waves and population counts.

use uuid::Uuid;

use super::{Result, Store, StoreError, document, is_taken, json, on, within};
use crate::domain::diagnosis::{Diagnosis, PopulationCount, Settings, Wave, Zone, ZoneSet};
use crate::domain::ids::{DiagnosisId, PersonId, WaveId, ZoneSetId};
use crate::domain::people::Role;

type DiagnosisRow = (Uuid, String, String, String);

fn diagnosis((id, slug, name, settings): DiagnosisRow) -> Result<Diagnosis> {
    let settings: Settings = document("settings", &settings)?;
    Ok(Diagnosis { id: DiagnosisId(id), slug, name, settings })
}

impl Store {
    /// Adds a diagnosis with its first wave and makes somebody its coordinator.
    ///
    /// # Errors
    /// `Taken` when another diagnosis has that slug.
    pub async fn add_diagnosis(
        &self,
        diagnosis: &Diagnosis,
        zones: &ZoneSet,
        wave: &Wave,
        coordinator: Option<PersonId>,
    ) -> Result<()> {
        const SQL: &str = "
            insert into diagnosis (id, slug, name, settings)
            values ($1, $2, $3, $4)";
        const ROLE: &str = "
            insert into role (diagnosis, person, role)
            values ($1, $2, $3)";
        let mut tx = self.begin().await?;
        let settings = json(&diagnosis.settings);
        let added = within!(&mut tx, it => sqlx::query(SQL)
            .bind(diagnosis.id.0).bind(&diagnosis.slug).bind(&diagnosis.name).bind(&settings)
            .execute(it).await.map(|_added| ()));
        match added {
            Ok(()) => {}
            Err(error) if is_taken(&error) => return Err(StoreError::Taken("name")),
            Err(error) => return Err(error.into()),
        }
        add_zone_set(&mut tx, diagnosis.id, zones).await?;
        add_wave(&mut tx, diagnosis.id, wave).await?;
        if let Some(person) = coordinator {
            within!(&mut tx, it => sqlx::query(ROLE)
                .bind(diagnosis.id.0).bind(person.0).bind(Role::Coordinator.code())
                .execute(it).await?.rows_affected());
        }
        tx.commit().await
    }

    /// The diagnosis with this slug.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn diagnosis(&self, slug: &str) -> Result<Diagnosis> {
        const SQL: &str = "
            select id, slug, name, settings
              from diagnosis
             where slug = $1";
        let row: Option<DiagnosisRow> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(slug).fetch_optional(pool).await)?;
        diagnosis(row.ok_or(StoreError::NotFound("diagnosis"))?)
    }

    /// The diagnosis with this id.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn diagnosis_of(&self, id: DiagnosisId) -> Result<Diagnosis> {
        const SQL: &str = "
            select id, slug, name, settings
              from diagnosis
             where id = $1";
        let row: Option<DiagnosisRow> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(id.0).fetch_optional(pool).await)?;
        diagnosis(row.ok_or(StoreError::NotFound("diagnosis"))?)
    }

    /// Every diagnosis, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn diagnoses(&self) -> Result<Vec<Diagnosis>> {
        const SQL: &str = "
            select id, slug, name, settings
              from diagnosis";
        let rows: Vec<DiagnosisRow> =
            on!(&self.db, pool => sqlx::query_as(SQL).fetch_all(pool).await)?;
        let mut found = rows.into_iter().map(diagnosis).collect::<Result<Vec<_>>>()?;
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Changes what is fixed for a whole diagnosis.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_settings(&self, id: DiagnosisId, name: &str, with: &Settings) -> Result<()> {
        const SQL: &str = "
            update diagnosis
               set name = $2, settings = $3
             where id = $1";
        let mut tx = self.begin().await?;
        let settings = json(with);
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(id.0).bind(name).bind(&settings).execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// Deletes a diagnosis with everything in it; its audit log goes too.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn delete_diagnosis(&self, id: DiagnosisId) -> Result<()> {
        const AUDIT: &str = "delete from audit where diagnosis = $1";
        const SQL: &str = "delete from diagnosis where id = $1";
        let pictures = self.pictures_of(id).await?;
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(AUDIT).bind(id.0).execute(it).await?.rows_affected());
        let n = within!(&mut tx, it =>
            sqlx::query(SQL).bind(id.0).execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 {
            return Err(StoreError::NotFound("diagnosis"));
        }
        self.burn(pictures).await?;
        self.forget().await
    }

    /// Cuts the write-ahead log, so that what was deleted does not linger in it.
    async fn forget(&self) -> Result<()> {
        match &self.db {
            super::Db::Sqlite(pool) => {
                super::whole::cut_log(pool).await?;
            }
            #[cfg(feature = "postgres")]
            super::Db::Postgres(_) => {}
        }
        Ok(())
    }

    /// Adds a wave, with a zone set of its own when one is given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_wave(
        &self,
        diagnosis: DiagnosisId,
        wave: &Wave,
        zones: Option<&ZoneSet>,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        if let Some(zones) = zones {
            add_zone_set(&mut tx, diagnosis, zones).await?;
        }
        add_wave(&mut tx, diagnosis, wave).await?;
        tx.commit().await
    }

    /// The waves of a diagnosis, by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waves(&self, diagnosis: DiagnosisId) -> Result<Vec<Wave>> {
        const SQL: &str = "
            select id, number, title, zone_set
              from wave
             where diagnosis = $1
             order by number";
        let rows: Vec<(Uuid, i64, String, Uuid)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(diagnosis.0).fetch_all(pool).await)?;
        let wave = |(id, number, title, zones)| Wave {
            id: WaveId(id),
            number,
            title,
            zones: ZoneSetId(zones),
        };
        Ok(rows.into_iter().map(wave).collect())
    }

    /// The zones of a wave.
    ///
    /// # Errors
    /// `NotFound` when the wave is not there.
    pub async fn zones(&self, diagnosis: DiagnosisId, wave: WaveId) -> Result<Vec<Zone>> {
        const SQL: &str = "
            select zone_set.zones
              from wave
              join zone_set on zone_set.diagnosis = wave.diagnosis
                           and zone_set.id = wave.zone_set
             where wave.diagnosis = $1
               and wave.id = $2";
        let zones: Option<String> = on!(&self.db, pool => sqlx::query_scalar(SQL)
            .bind(diagnosis.0).bind(wave.0).fetch_optional(pool).await)?;
        document("zones", &zones.ok_or(StoreError::NotFound("wave"))?)
    }

    /// Replaces the population counts of a diagnosis.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_population(
        &self,
        diagnosis: DiagnosisId,
        counts: &[PopulationCount],
    ) -> Result<()> {
        const CLEAR: &str = "delete from population where diagnosis = $1";
        const SQL: &str = "
            insert into population (diagnosis, zone, age, gender, people)
            values ($1, $2, $3, $4, $5)
                on conflict (diagnosis, zone, age, gender)
                do update set people = population.people + excluded.people";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(CLEAR).bind(diagnosis.0).execute(it).await?.rows_affected());
        for count in counts {
            let people = i64::try_from(count.count).unwrap_or(i64::MAX);
            within!(&mut tx, it => sqlx::query(SQL)
                .bind(diagnosis.0).bind(&count.zone).bind(&count.age).bind(&count.gender)
                .bind(people).execute(it).await?.rows_affected());
        }
        tx.commit().await
    }

    /// The population counts of a diagnosis.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn population(&self, diagnosis: DiagnosisId) -> Result<Vec<PopulationCount>> {
        const SQL: &str = "
            select zone, age, gender, people
              from population
             where diagnosis = $1";
        let rows: Vec<(String, String, String, i64)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(diagnosis.0).fetch_all(pool).await)?;
        let count = |(zone, age, gender, people)| PopulationCount {
            zone,
            age,
            gender,
            count: u64::try_from(people).unwrap_or(0),
        };
        Ok(rows.into_iter().map(count).collect())
    }
}

async fn add_zone_set(tx: &mut super::Tx, diagnosis: DiagnosisId, set: &ZoneSet) -> Result<()> {
    const SQL: &str = "
        insert into zone_set (diagnosis, id, zones)
        values ($1, $2, $3)";
    let zones = json(&set.zones);
    within!(tx, it => sqlx::query(SQL)
        .bind(diagnosis.0).bind(set.id.0).bind(&zones).execute(it).await?.rows_affected());
    Ok(())
}

async fn add_wave(tx: &mut super::Tx, diagnosis: DiagnosisId, wave: &Wave) -> Result<()> {
    const SQL: &str = "
        insert into wave (diagnosis, id, number, title, zone_set)
        values ($1, $2, $3, $4, $5)";
    within!(tx, it => sqlx::query(SQL)
        .bind(diagnosis.0).bind(wave.id.0).bind(wave.number).bind(&wave.title)
        .bind(wave.zones.0).execute(it).await?.rows_affected());
    Ok(())
}

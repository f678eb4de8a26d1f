-- Published versions of instruments are numbered from 1 in each diagnosis and never change; the
-- content stays under its hash in table instrument. Where somebody had published before versions
-- were numbered, the day and the person are not known.

create table instrument_version (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    slug        text    not null,
    number      bigint  not null,
    hash        text    not null,
    source      text,
    at          bigint,
    person      uuid,
    note        text    not null,
    primary key (diagnosis, slug, number),
    unique (diagnosis, hash)
);

insert into instrument_version (diagnosis, slug, number, hash, note)
select known.diagnosis, known.slug,
       row_number() over (partition by known.diagnosis, known.slug
                              order by known.first_used, known.hash),
       known.hash, ''
  from (select instrument.diagnosis, instrument.slug, instrument.hash,
               coalesce(min(collection.opened), '9999') as first_used
          from instrument
          left join collection
                 on collection.diagnosis = instrument.diagnosis
                and collection.instrument = instrument.hash
         group by instrument.diagnosis, instrument.slug, instrument.hash) as known;

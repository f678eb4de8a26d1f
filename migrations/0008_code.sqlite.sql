-- One-time codes: only a keyed hash, which leads to no answer. A code that is spent is deleted; the
-- rest go when the collection closes. Rows lie in the order of their random keys.

create table code (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    hash        bytea   not null,
    primary key (diagnosis, collection, hash)
) without rowid;

-- How many codes were given out, how many were left at closing, and when enough is enough.
alter table collection add column issued bigint not null default 0;
alter table collection add column unspent bigint;
alter table collection add column ceiling bigint;

-- A door may ask for a code, and may be shut while others stay open.
alter table door add column with_codes boolean not null default false;
alter table door add column shut boolean not null default false;

-- What residents send. `without rowid`: rows lie in the order of their random keys, so that the
-- order in the file says nothing about the order of arrival. A receipt has no way to its response.

create table response (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    id          uuid    not null,
    instrument  text    not null,
    mode        text    not null,
    answers     text    not null,
    primary key (diagnosis, collection, id)
) without rowid;

create table free_text (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    id          uuid    not null,
    question    text    not null,
    raw         text    not null,
    state       text    not null,
    primary key (diagnosis, collection, id)
) without rowid;

create table receipt (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    hash        bytea   not null,
    primary key (diagnosis, collection, hash)
) without rowid;

create table counter (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    label       text    not null,
    n           bigint  not null,
    primary key (diagnosis, collection, label)
) without rowid;

create table reflection (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    data_walk   uuid    not null,
    id          uuid    not null,
    station     bigint  not null,
    verdict     text    not null,
    said        text    not null,
    state       text    not null,
    primary key (diagnosis, data_walk, id)
) without rowid;

-- What residents send. A receipt has no way to its response. The order of rows on the disk and the
-- hidden transaction number still say who came together; rewriting them is the unlink job to come.

create table response (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    id          uuid    not null,
    instrument  text    not null,
    mode        text    not null,
    answers     text    not null,
    primary key (diagnosis, collection, id)
);

create table free_text (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    id          uuid    not null,
    question    text    not null,
    raw         text    not null,
    state       text    not null,
    primary key (diagnosis, collection, id)
);

create table receipt (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    hash        bytea   not null,
    primary key (diagnosis, collection, hash)
);

create table counter (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    label       text    not null,
    n           bigint  not null,
    primary key (diagnosis, collection, label)
);

create table reflection (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    data_walk   uuid    not null,
    id          uuid    not null,
    station     bigint  not null,
    verdict     text    not null,
    said        text    not null,
    state       text    not null,
    primary key (diagnosis, data_walk, id)
);

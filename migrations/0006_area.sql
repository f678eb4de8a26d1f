-- The area's own map: outline, named places and streets. Never changed; an import is a row.

create table area (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    id          uuid    not null,
    number      bigint  not null,
    imported    text    not null,
    map         text    not null,
    primary key (diagnosis, id),
    unique (diagnosis, number)
);

-- Row exports: which organisation each member speaks for, and who asked for rows of which collection,
-- why, and who of another organisation said yes or no. The rows themselves are drawn anew each time
-- they are fetched and lie nowhere.

create table affiliation (
    diagnosis     uuid    not null references diagnosis (id) on delete cascade,
    person        uuid    not null references person (id) on delete cascade,
    organisation  text    not null,
    since         bigint  not null,
    primary key (diagnosis, person)
);

create table row_export (
    diagnosis     uuid    not null references diagnosis (id) on delete cascade,
    id            uuid    not null,
    collection    uuid    not null,
    identifiers   text    not null,
    purpose       text    not null,
    asked_by      uuid    not null references person (id) on delete cascade,
    asked_for     text    not null,
    asked_at      bigint  not null,
    state         text    not null,
    decided_by    uuid    references person (id) on delete cascade,
    decided_for   text,
    decided_at    bigint,
    primary key (diagnosis, id)
);

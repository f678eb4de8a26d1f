-- Paper sheets. A count of anything by its label; how many sheets each person typed, without when or
-- which; and the few sheets that wait for a second entry or for a decision between two entries.
-- A sheet is a keyed hash of its number, a typist a keyed hash of sheet and person. The row is deleted
-- once the two entries agree or the difference is settled, and at the latest when the collection closes.

create table paper_count (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    label       text    not null,
    n           bigint  not null,
    primary key (diagnosis, collection, label)
) without rowid;

create table paper_typist (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    person      uuid    not null references person (id) on delete cascade,
    n           bigint  not null,
    primary key (diagnosis, collection, person)
) without rowid;

create table paper_check (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    sheet       bytea   not null,
    typist      bytea   not null,
    response    uuid    not null,
    first       text    not null,
    second      text,
    primary key (diagnosis, collection, sheet)
) without rowid;

-- Photos of places, apart from the response that brought them: no way back to it, and no order of
-- arrival. The picture lies in the folder photos under the row's random id.

create table photo (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    id          uuid    not null,
    question    text    not null,
    number      bigint,
    place       text,
    state       text    not null,
    primary key (diagnosis, collection, id)
) without rowid;

-- Photos of places, apart from the response that brought them: no way back to it. The picture lies in
-- the folder photos under the row's random id. The order of rows on the disk is for the unlink job.

create table photo (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    id          uuid    not null,
    question    text    not null,
    number      bigint,
    place       text,
    state       text    not null,
    primary key (diagnosis, collection, id)
);

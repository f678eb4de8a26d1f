-- What the projector of a data walk shows now: a document, and how often it was changed, so that two
-- remotes at once do not take back what the other did.

create table screen (
    diagnosis   uuid    not null,
    data_walk   uuid    not null,
    shows       text    not null,
    revision    bigint  not null,
    primary key (diagnosis, data_walk),
    foreign key (diagnosis, data_walk) references data_walk (diagnosis, id) on delete cascade
);

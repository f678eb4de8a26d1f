-- Data walks with groups: each has a letter, a host and the station where it begins. What a group
-- says may be pinned to one figure, by the figure's address: it stays there when the chart is drawn
-- again. What was let through is a view of its own: intake reads that and nothing else of it.

create table walk_group (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    data_walk   uuid    not null,
    letter      text    not null,
    host        text    not null,
    begins      bigint  not null,
    primary key (diagnosis, data_walk, letter),
    foreign key (diagnosis, data_walk) references data_walk (diagnosis, id) on delete cascade
);

alter table reflection add column party text not null default '';
alter table reflection add column pin   text not null default '';

create view shown_reflection as
    select diagnosis, data_walk, id, station, verdict, said, state, party, pin
      from reflection
     where state = 'shown';

-- What the committee found, and what people at a walk made of it.
create table finding (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    id          uuid    not null,
    data_walk   uuid    not null,
    place       bigint  not null,
    said        text    not null,
    evidence    text    not null,
    amended     text    not null,
    because     text    not null,
    editor      text    not null,
    written     text    not null,
    primary key (diagnosis, id),
    foreign key (diagnosis, data_walk) references data_walk (diagnosis, id) on delete cascade
);

-- Figures that somebody else counted, such as the police or the city: kept as they were given, by the
-- name that the text of the report calls them. An edition has its own copy of those it shows.

create table other_figures (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    name        text    not null,
    told        text    not null,
    editor      text    not null,
    written     text    not null,
    primary key (diagnosis, name)
);

create table report_figures (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    edition     bigint  not null,
    name        text    not null,
    told        text    not null,
    editor      text    not null,
    written     text    not null,
    primary key (diagnosis, edition, name),
    foreign key (diagnosis, edition) references report (diagnosis, edition) on delete cascade
);

-- What the server does by itself. Which job ran on which day and how it ended: no time finer than the
-- day, and n is rounded.

create table job_run (
    job         text    not null,
    day         text    not null,
    outcome     text    not null,
    n           bigint  not null,
    primary key (job, day)
);

-- By what a server knows that this database belongs to its data folder: a keyed hash of a constant.
create table server (
    name        text    not null primary key,
    mark        bytea   not null
);

-- What the log says is kept for a year. The chain of what is left begins with this link.
create table audit_before (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    number      bigint  not null,
    chain       bytea   not null,
    primary key (diagnosis)
);

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

-- PostgreSQL keeps samples of what stands in a column, and keeps them when the row is gone. Not of
-- what residents said, nor of what could be traced.
alter table response    alter column answers set statistics 0;
alter table response    alter column id      set statistics 0;
alter table free_text   alter column raw     set statistics 0;
alter table free_text   alter column id      set statistics 0;
alter table receipt     alter column hash    set statistics 0;
alter table code        alter column hash    set statistics 0;
alter table photo       alter column id      set statistics 0;
alter table photo       alter column place   set statistics 0;
alter table reflection  alter column said    set statistics 0;
alter table reflection  alter column id      set statistics 0;
alter table paper_check alter column sheet    set statistics 0;
alter table paper_check alter column typist   set statistics 0;
alter table paper_check alter column response set statistics 0;
alter table paper_check alter column first    set statistics 0;
alter table paper_check alter column second   set statistics 0;

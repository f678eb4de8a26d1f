-- One text for both databases. Column words both understand: uuid, text, bigint, boolean, bytea.
-- Time is bigint, milliseconds since 1970 UTC; days are text YYYY-MM-DD; documents are JSON in text.
-- Every primary key begins with the diagnosis, except for what is global: people and their sign-ins.

create table diagnosis (
    id          uuid    not null primary key,
    slug        text    not null unique,
    name        text    not null,
    settings    text    not null
);

create table zone_set (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    id          uuid    not null,
    zones       text    not null,
    primary key (diagnosis, id)
);

create table wave (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    id          uuid    not null,
    number      bigint  not null,
    title       text    not null,
    zone_set    uuid    not null,
    primary key (diagnosis, id)
);

create table population (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    zone        text    not null,
    age         text    not null,
    gender      text    not null,
    people      bigint  not null,
    primary key (diagnosis, zone, age, gender)
);

create table instrument (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    hash        text    not null,
    slug        text    not null,
    content     text    not null,
    primary key (diagnosis, hash)
);

create table collection (
    diagnosis       uuid    not null references diagnosis (id) on delete cascade,
    id              uuid    not null,
    wave            uuid    not null,
    instrument      text    not null,
    title           text    not null,
    field           text    not null,
    state           text    not null,
    opened          text,
    closed          text,
    group_said_yes  boolean not null,
    primary key (diagnosis, id)
);

create table door (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    code        text    not null unique,
    collection  uuid    not null,
    mode        text    not null,
    primary key (diagnosis, code)
);

create table person (
    id          uuid    not null primary key,
    name        text    not null,
    sign_in     text    not null unique,
    passphrase  text,
    lang        text    not null,
    host        boolean not null
);

create table role (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    person      uuid    not null references person (id) on delete cascade,
    role        text    not null,
    primary key (diagnosis, person, role)
);

-- Only hashes of what opens a door are kept.
create table invitation (
    token       bytea   not null primary key,
    invited     text    not null,
    expires     bigint  not null
);

create table sign_in (
    token       bytea   not null primary key,
    person      uuid    not null references person (id) on delete cascade,
    expires     bigint  not null
);

-- Each entry carries the hash of the one before it, so that none can vanish unnoticed.
create table audit (
    diagnosis   uuid    not null,
    number      bigint  not null,
    at          bigint  not null,
    person      uuid,
    act         text    not null,
    about       text    not null,
    chain       bytea   not null,
    primary key (diagnosis, number)
);

create table release (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    number      bigint  not null,
    made        text    not null,
    published   boolean not null,
    primary key (diagnosis, number)
);

-- body is sealed by mac; basis is exact and never shown.
create table released_table (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    release     bigint  not null,
    collection  uuid    not null,
    question    text    not null,
    breakdown   text    not null,
    place       bigint  not null,
    body        text    not null,
    mac         bytea   not null,
    basis       text    not null,
    primary key (diagnosis, release, collection, question, breakdown)
);

create table data_walk (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    id          uuid    not null,
    title       text    not null,
    held        text    not null,
    release     bigint  not null,
    door        text    not null unique,
    primary key (diagnosis, id)
);

-- Instruments being written. The draft is the text of its file; undo is the text before the last
-- change; began_text is what it began from, and began_from the hash of that version, if it is one.
-- A save names the revision it was based on.

create table instrument_draft (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    slug        text    not null,
    source      text    not null,
    undo        text,
    began_from  text,
    began_text  text    not null,
    revision    bigint  not null,
    changed_at  bigint  not null,
    person      uuid    not null,
    primary key (diagnosis, slug)
);

-- The version of an instrument of one's own that is offered when a collection is prepared, in the
-- place of the file of the same name.

create table instrument_offered (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    slug        text    not null,
    hash        text    not null,
    primary key (diagnosis, slug)
);

-- The report of a diagnosis: edition 0 is the draft, the others were published and never change.
-- What stands in it about figures are their addresses, so a number is looked up when it is read.

create table report (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    edition     bigint  not null,
    release     bigint  not null,
    made        text    not null,
    editor      text    not null,
    primary key (diagnosis, edition)
);

create table report_text (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    edition     bigint  not null,
    section     text    not null,
    lang        text    not null,
    said        text    not null,
    editor      text    not null,
    written     text    not null,
    primary key (diagnosis, edition, section, lang),
    foreign key (diagnosis, edition) references report (diagnosis, edition) on delete cascade
);

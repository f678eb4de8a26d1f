-- Who has checked which text in which language. The key is the hash of the original and the
-- translation together, so that a change of either makes the text a draft again.

create table translation_check (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    lang        text    not null,
    text        text    not null,
    person      uuid    not null,
    at          bigint  not null,
    primary key (diagnosis, lang, text)
);

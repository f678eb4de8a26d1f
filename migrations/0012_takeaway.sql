-- What somebody of the staff wrote under a chart in place of the sentence made from its figures. Which
-- tables it is about is kept with it: where another table stands there by now, it is stale.

create table takeaway (
    diagnosis   uuid    not null references diagnosis (id) on delete cascade,
    collection  uuid    not null,
    chart       text    not null,
    lang        text    not null,
    said        text    not null,
    editor      text    not null,
    written     text    not null,
    about       text    not null,
    primary key (diagnosis, collection, chart, lang)
);

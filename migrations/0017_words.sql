-- What people wrote in their own words and a moderator let through is a view of its own: a server
-- that only takes answers reads that, and nothing else of what was written.

create view shown_text as
    select diagnosis, collection, id, question, raw
      from free_text
     where state = 'shown';

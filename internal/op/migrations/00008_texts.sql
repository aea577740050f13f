-- +goose Up

-- What an organization's admins have written for its letters, in place of our own
-- words. A letter without a row says what we have written.

create table letter_texts (
	org_id        TEXT not null references organizations (id) on delete cascade,
	letter        TEXT not null,
	language      TEXT not null,
	subject       TEXT not null,
	opening       TEXT not null,
	closing       TEXT not null,
	changed_at    TIME not null,
	version       INT not null,
	primary key (org_id, letter, language)
) STRICT;

-- only postgres
alter table letter_texts enable row level security;
alter table letter_texts force row level security;
create policy of_organization on letter_texts using (org_id = current_setting('roster.org', true) or current_setting('roster.across', true) = 'on');
-- end

-- +goose Down
select 1;

-- +goose Up

-- Fields of users that an organization declares for itself, what each user has in
-- them, and the organization's logo.

create table custom_fields (
	org_id        TEXT not null references organizations (id) on delete cascade,
	id            TEXT not null,
	key           TEXT not null,
	name          TEXT not null,
	name_key      TEXT not null,
	kind          TEXT not null check (kind in ('text', 'number', 'date', 'choice')),
	choices       TEXT not null,
	required      BOOL not null,
	person_may_edit BOOL not null,
	position      INT not null,
	created_at    TIME not null,
	version       INT not null,
	primary key (org_id, id),
	unique (org_id, key),
	unique (org_id, name_key)
) STRICT;

-- A JSON object: values by the keys of their fields.
alter table users add column custom TEXT not null default '{}';

-- The picture itself. What pages and letters need to know of it stands with the
-- organization, so that nothing reads the picture but its own address.
create table logos (
	org_id        TEXT not null references organizations (id) on delete cascade,
	png           BYTES not null,
	primary key (org_id)
) STRICT;
alter table organizations add column logo TEXT not null default '';
alter table organizations add column logo_width INT not null default 0;
alter table organizations add column logo_height INT not null default 0;

-- only postgres
-- +goose StatementBegin
do $$
declare name text;
begin
	foreach name in array array['custom_fields', 'logos'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy of_organization on %I using (org_id = current_setting(''roster.org'', true) or current_setting(''roster.across'', true) = ''on'')', name);
	end loop;
end $$;
-- +goose StatementEnd
-- end

-- +goose Down
select 1;

-- +goose Up

-- Teams, by which people see each other; what each keeps in their own contacts;
-- and the domains that an organization calls its own.

create table teams (
	org_id        TEXT not null references organizations (id) on delete cascade,
	id            TEXT not null,
	name          TEXT not null,
	name_key      TEXT not null,
	search        TEXT not null,
	description   TEXT not null,
	created_at    TIME not null,
	version       INT not null,
	primary key (org_id, id),
	unique (org_id, name_key)
) STRICT;

create table team_members (
	org_id        TEXT not null,
	team_id       TEXT not null,
	user_id       TEXT not null,
	added_at      TIME not null,
	primary key (org_id, team_id, user_id),
	foreign key (org_id, team_id) references teams (org_id, id) on delete cascade,
	foreign key (org_id, user_id) references users (org_id, id) on delete cascade
) STRICT;
create index team_members_by_user on team_members (org_id, user_id, team_id);

create table contacts (
	org_id        TEXT not null,
	id            TEXT not null,
	user_id       TEXT not null,
	name          TEXT not null,
	name_key      TEXT not null,
	search        TEXT not null,
	email         TEXT not null,
	phone         TEXT not null,
	note          TEXT not null,
	created_at    TIME not null,
	primary key (org_id, id),
	foreign key (org_id, user_id) references users (org_id, id) on delete cascade
) STRICT;
create index contacts_by_name on contacts (org_id, user_id, name_key, id);

create table domains (
	org_id        TEXT not null references organizations (id) on delete cascade,
	id            TEXT not null,
	name          TEXT not null,
	spelling      TEXT not null,
	created_at    TIME not null,
	primary key (org_id, id),
	unique (org_id, name)
) STRICT;

-- Whom people in no team see, and who sees them.
alter table organizations add column without_teams TEXT not null default 'nobody' check (without_teams in ('nobody', 'everybody'));

-- only postgres
-- +goose StatementBegin
do $$
declare name text;
begin
	foreach name in array array['teams', 'team_members', 'contacts', 'domains'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy of_organization on %I using (org_id = current_setting(''roster.org'', true) or current_setting(''roster.across'', true) = ''on'')', name);
	end loop;
end $$;
-- +goose StatementEnd
-- end

-- +goose Down
select 1;

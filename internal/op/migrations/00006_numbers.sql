-- +goose Up

-- The numbers of an organization, the teams that a group gives its new users, and
-- the policies by which services take e-mail from senders who are no users.

create table numbers (
	org_id        TEXT not null references organizations (id) on delete cascade,
	id            TEXT not null,
	number        TEXT not null,
	kind          TEXT not null check (kind in ('main', 'shared', 'personal')),
	group_id      TEXT not null,
	user_id       TEXT,
	left_by       TEXT,
	created_at    TIME not null,
	version       INT not null,
	primary key (org_id, id),
	unique (org_id, number),
	foreign key (org_id, group_id) references groups (org_id, id),
	foreign key (org_id, user_id) references users (org_id, id),
	foreign key (org_id, left_by) references users (org_id, id),
	check (user_id is null or kind = 'personal' and left_by is null)
) STRICT;
create unique index numbers_main on numbers (org_id) where kind = 'main';
create index numbers_by_user on numbers (org_id, user_id);
create index numbers_by_left on numbers (org_id, left_by);
create index numbers_by_group on numbers (org_id, group_id, number);
create index numbers_free on numbers (org_id, number) where user_id is null and kind = 'personal';

create table group_teams (
	org_id        TEXT not null,
	group_id      TEXT not null,
	team_id       TEXT not null,
	primary key (org_id, group_id, team_id),
	foreign key (org_id, group_id) references groups (org_id, id) on delete cascade,
	foreign key (org_id, team_id) references teams (org_id, id) on delete cascade
) STRICT;
create index group_teams_by_team on group_teams (org_id, team_id);

create table sender_policies (
	org_id        TEXT not null references organizations (id) on delete cascade,
	service       TEXT not null,
	enabled       BOOL not null,
	language      TEXT not null,
	number_id     TEXT,
	group_id      TEXT,
	created_at    TIME not null,
	version       INT not null,
	primary key (org_id, service),
	foreign key (org_id, number_id) references numbers (org_id, id),
	foreign key (org_id, group_id) references groups (org_id, id)
) STRICT;
create index sender_policies_by_number on sender_policies (org_id, number_id);
create index sender_policies_by_group on sender_policies (org_id, group_id);

-- What a policy says of addresses, by the key that they are compared by. 'below'
-- is the domains below the one that stands there.
create table sender_rules (
	org_id        TEXT not null,
	service       TEXT not null,
	kind          TEXT not null check (kind in ('domain', 'below', 'address', 'blocked')),
	key           TEXT not null,
	spelling      TEXT not null,
	primary key (org_id, service, kind, key),
	foreign key (org_id, service) references sender_policies (org_id, service) on delete cascade
) STRICT;

-- What becomes of the numbers of somebody who is deactivated, whether people are
-- told of theirs, and what the operator has switched on.
alter table organizations add column numbers_on_deactivation TEXT not null default 'free' check (numbers_on_deactivation in ('free', 'keep'));
alter table organizations add column number_notices BOOL not null default true;
alter table organizations add column unlisted_senders BOOL not null default false;

-- only postgres
-- +goose StatementBegin
do $$
declare name text;
begin
	foreach name in array array['numbers', 'group_teams', 'sender_policies', 'sender_rules'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy of_organization on %I using (org_id = current_setting(''roster.org'', true) or current_setting(''roster.across'', true) = ''on'')', name);
	end loop;
end $$;
-- +goose StatementEnd
-- end

-- +goose Down
select 1;

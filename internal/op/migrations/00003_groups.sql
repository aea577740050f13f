-- +goose Up

-- Every user is in exactly one group, and exactly one group of an organization
-- is the default. At most one is what the index says; that there is one at all,
-- package group sees to: a default is made with the organization, is replaced by
-- another one in one transaction, and is never deleted.

create table groups (
	org_id        TEXT not null references organizations (id) on delete cascade,
	id            TEXT not null unique,
	name          TEXT not null,
	name_key      TEXT not null,
	is_default    BOOL not null,
	default_role_id  TEXT not null,
	default_language TEXT not null,
	settings      TEXT not null,
	created_at    TIME not null,
	version       INT not null,
	primary key (org_id, id),
	unique (org_id, name_key)
) STRICT;
create unique index groups_default on groups (org_id) where is_default;
create index groups_by_name on groups (org_id, name_key, id);

-- Organizations that exist get their default group, and all their users are put
-- into it. An id has the time of its organization and 64 random bits.

-- only sqlite
insert into groups (org_id, id, name, name_key, is_default, default_role_id, default_language, settings, created_at, version)
	select id, 'grp_' || substr(id, 5, 10) || lower(hex(randomblob(8))), 'Default', 'default', true, '', '', '{}', created_at, 1
	from organizations;

-- SQLite adds no column that is both new to rows and never null, and no reference
-- of two columns, so that the triggers say the rest: a user is in a group, and in
-- one of the same organization.
alter table users add column group_id TEXT references groups (id);
update users set group_id = (select g.id from groups g where g.org_id = users.org_id and g.is_default);

-- +goose StatementBegin
create trigger users_begin_in_a_group before insert on users
	when not exists (select 1 from groups where org_id = new.org_id and id = new.group_id) begin
	select raise(abort, 'a user is in a group of the organization');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger users_stay_in_a_group before update of org_id, group_id on users
	when not exists (select 1 from groups where org_id = new.org_id and id = new.group_id) begin
	select raise(abort, 'a user is in a group of the organization');
end;
-- +goose StatementEnd
-- end

-- only postgres
-- Row security binds also the owner of the tables.
select set_config('roster.across', 'on', true);

insert into groups (org_id, id, name, name_key, is_default, default_role_id, default_language, settings, created_at, version)
	select id, 'grp_' || substr(id, 5, 10) || substr(md5(gen_random_uuid()::text), 1, 16), 'Default', 'default', true, '', '', '{}', created_at, 1
	from organizations;

alter table users add column group_id TEXT;
update users set group_id = (select g.id from groups g where g.org_id = users.org_id and g.is_default);
alter table users alter column group_id set not null;
alter table users add constraint users_in_group foreign key (org_id, group_id) references groups (org_id, id);

alter table groups enable row level security;
alter table groups force row level security;
create policy of_organization on groups using (org_id = current_setting('roster.org', true) or current_setting('roster.across', true) = 'on');
-- end

create index users_by_group on users (org_id, group_id, name_key, id);

-- +goose Down
select 1;

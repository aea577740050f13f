-- +goose Up

-- Rules for the passwords of users, and of admins apart; those that may not come
-- again; until when one is enough. And a photo of everybody who wants one.

alter table organizations add column password_kinds INT not null default 0 check (password_kinds between 0 and 4);
alter table organizations add column password_history INT not null default 0 check (password_history between 0 and 24);
alter table organizations add column password_expiry_days INT not null default 0 check (password_expiry_days between 0 and 730);
alter table organizations add column password_reminder_days INT not null default 14 check (password_reminder_days between 0 and 60);
alter table organizations add column admin_password_min_length INT not null default 15 check (admin_password_min_length between 8 and 64);
alter table organizations add column admin_password_kinds INT not null default 0 check (admin_password_kinds between 0 and 4);
alter table organizations add column admin_password_history INT not null default 0 check (admin_password_history between 0 and 24);
alter table organizations add column admin_password_expiry_days INT not null default 0 check (admin_password_expiry_days between 0 and 730);
alter table organizations add column admin_password_reminder_days INT not null default 14 check (admin_password_reminder_days between 0 and 60);

-- There was one rule for all of them, and it goes on for both.
update organizations set admin_password_min_length = password_min_length;

alter table users add column password_set_at TIME;
alter table users add column password_reminded_at TIME;
alter table users add column password_never_expires BOOL not null default false;

create table password_history (
	org_id        TEXT not null,
	user_id       TEXT not null,
	hash          TEXT not null,
	set_at        TIME not null,
	primary key (org_id, user_id, hash),
	foreign key (org_id, user_id) references users (org_id, id) on delete cascade
) STRICT;

create table user_photos (
	org_id        TEXT not null,
	user_id       TEXT not null,
	version       INT not null,
	type          TEXT not null check (type in ('image/jpeg', 'image/png')),
	image         BYTES not null,
	created_at    TIME not null,
	primary key (org_id, user_id),
	foreign key (org_id, user_id) references users (org_id, id) on delete cascade
) STRICT;

-- Nobody has written down how old the passwords are that exist: they age from now on.

-- only sqlite
update users set password_set_at = cast(unixepoch('subsec') * 1000 as integer) where password <> '';
-- end

-- only postgres
-- Row security binds also the owner of the tables.
select set_config('roster.across', 'on', true);

update users set password_set_at = cast(extract(epoch from clock_timestamp()) * 1000 as bigint) where password <> '';

-- +goose StatementBegin
do $$
declare name text;
begin
	foreach name in array array['password_history', 'user_photos'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy of_organization on %I using (org_id = current_setting(''roster.org'', true) or current_setting(''roster.across'', true) = ''on'')', name);
	end loop;
end $$;
-- +goose StatementEnd
-- end

create index users_to_remind on users (org_id, id) where password_set_at is not null and password_reminded_at is null;

-- +goose Down
select 1;

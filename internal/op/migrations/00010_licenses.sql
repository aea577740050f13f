-- +goose Up

-- Plans are the kinds of licenses of a service; an organization buys so many of
-- them, from a day to a day. A subscription without a plan is to the service as a
-- whole: everybody may use it.

create table plans (
	service       TEXT not null references services (key) on delete cascade,
	key           TEXT not null,
	name          TEXT not null,
	name_key      TEXT not null,
	model         TEXT not null check (model in ('named', 'seat')),
	permissions   TEXT not null,
	link          TEXT not null,
	welcome_text  TEXT not null,
	created_at    TIME not null,
	version       INT not null,
	primary key (service, key),
	unique (service, name_key)
) STRICT;

alter table subscriptions add column plan TEXT not null default '';
alter table subscriptions add column quantity INT not null default 0;

-- Whether licenses go to people by themselves, and whether an invitation takes one.
alter table organizations add column license_assign BOOL not null default true;
alter table organizations add column license_reserve BOOL not null default false;

-- What is assigned where nothing else was chosen: for a whole organization
-- (group_id is empty), and for the users of a group.
create table license_defaults (
	org_id        TEXT not null references organizations (id) on delete cascade,
	group_id      TEXT not null,
	service       TEXT not null,
	plan          TEXT not null,
	pool_id       TEXT,
	primary key (org_id, group_id, service),
	foreign key (service, plan) references plans (service, key)
) STRICT;

-- A share of the seats of a plan. One pool of each plan is the default one.
create table seat_pools (
	org_id        TEXT not null references organizations (id) on delete cascade,
	id            TEXT not null,
	service       TEXT not null,
	plan          TEXT not null,
	name          TEXT not null,
	name_key      TEXT not null,
	seats         INT not null check (seats >= 0),
	is_default    BOOL not null,
	sign_out_after INT not null,
	second_device TEXT not null check (second_device in ('take_over', 'refuse')),
	overage       INT not null,
	created_at    TIME not null,
	version       INT not null,
	primary key (org_id, id),
	unique (org_id, service, plan, name_key),
	foreign key (service, plan) references plans (service, key)
) STRICT;

-- One row for each user and service: the license that is held, or, with held
-- false, the one that the user is to get: who waits for it, who is invited, who
-- was deactivated and had it. With a seat plan it is a place in the pool, whose
-- seats are leased one by one.
create table licenses (
	org_id        TEXT not null,
	user_id       TEXT not null,
	service       TEXT not null,
	plan          TEXT not null,
	pool_id       TEXT,
	held          BOOL not null,
	manual        BOOL not null,
	since         TIME not null,
	primary key (org_id, user_id, service),
	foreign key (org_id, user_id) references users (org_id, id) on delete cascade,
	foreign key (service, plan) references plans (service, key)
) STRICT;
create index licenses_by_plan on licenses (org_id, service, plan, held, since, user_id);
create index licenses_by_pool on licenses (org_id, pool_id, user_id);

-- How many licenses of a plan are held: written with each of them, so that the
-- next one is decided on without counting. It is equal to a recount at any time.
create table license_counts (
	org_id        TEXT not null references organizations (id) on delete cascade,
	service       TEXT not null,
	plan          TEXT not null,
	held          INT not null check (held >= 0),
	primary key (org_id, service, plan)
) STRICT;

-- only postgres
-- +goose StatementBegin
do $$
declare name text;
begin
	foreach name in array array['license_defaults', 'seat_pools', 'licenses', 'license_counts'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy of_organization on %I using (org_id = current_setting(''roster.org'', true) or current_setting(''roster.across'', true) = ''on'')', name);
	end loop;
end $$;
-- +goose StatementEnd
-- end

-- +goose Down
select 1;

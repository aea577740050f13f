-- +goose Up

-- How many members a pool has: written with each license, as license_counts is, and
-- equal to a recount at any time.
create table pool_counts (
	org_id        TEXT not null references organizations (id) on delete cascade,
	pool_id       TEXT not null,
	members       INT not null check (members >= 0),
	primary key (org_id, pool_id)
) STRICT;

-- only postgres
-- Row security binds also the owner of the tables.
select set_config('roster.across', 'on', true);
-- end

insert into pool_counts (org_id, pool_id, members)
	select org_id, pool_id, count(*) from licenses where held and pool_id is not null group by org_id, pool_id;

-- only postgres
alter table pool_counts enable row level security;
alter table pool_counts force row level security;
create policy of_organization on pool_counts using (org_id = current_setting('roster.org', true) or current_setting('roster.across', true) = 'on');
-- end

-- +goose Down
select 1;

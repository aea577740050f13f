-- +goose Up

-- The seats of a pool, numbered from 1. A row is there before its seat is taken for
-- the first time, so that whoever takes one locks it and nothing else; a seat is
-- free while it has no lease, or one that has run out.
create table seats (
	org_id        TEXT not null,
	pool_id       TEXT not null,
	slot          INT not null check (slot > 0),
	lease_id      TEXT,
	user_id       TEXT,
	device        TEXT not null,
	ttl           INT not null,
	started_at    TIME,
	busy_until    TIME,
	expires_at    TIME not null,
	primary key (org_id, pool_id, slot),
	unique (org_id, lease_id),
	unique (org_id, pool_id, user_id),
	foreign key (org_id, pool_id) references seat_pools (org_id, id) on delete cascade,
	foreign key (org_id, user_id) references users (org_id, id)
) STRICT;
create index seats_by_user on seats (org_id, user_id);

-- Leases that have ended, and how: who asks for one is told, and what was used can
-- be reckoned up.
create table past_leases (
	org_id        TEXT not null references organizations (id) on delete cascade,
	id            TEXT not null,
	pool_id       TEXT not null,
	service       TEXT not null,
	plan          TEXT not null,
	group_id      TEXT not null,
	user_id       TEXT,
	device        TEXT not null,
	started_at    TIME not null,
	ended_at      TIME not null,
	reason        TEXT not null check (reason in ('returned', 'expired', 'taken_over', 'freed', 'left')),
	primary key (org_id, id)
) STRICT;
create index past_leases_by_end on past_leases (ended_at);
create index past_leases_by_user on past_leases (org_id, user_id);

-- only postgres
-- +goose StatementBegin
do $$
declare name text;
begin
	foreach name in array array['seats', 'past_leases'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy of_organization on %I using (org_id = current_setting(''roster.org'', true) or current_setting(''roster.across'', true) = ''on'')', name);
	end loop;
end $$;
-- +goose StatementEnd
-- end

-- +goose Down
select 1;

-- +goose Up

-- Who found no seat, from then on until they had one, or had given up.
create table seat_wishes (
	org_id        TEXT not null,
	pool_id       TEXT not null,
	user_id       TEXT not null,
	started_at    TIME not null,
	ended_at      TIME not null,
	primary key (org_id, pool_id, user_id, started_at),
	foreign key (org_id, pool_id) references seat_pools (org_id, id) on delete cascade,
	foreign key (org_id, user_id) references users (org_id, id) on delete cascade
) STRICT;
create index seat_wishes_by_end on seat_wishes (org_id, pool_id, ended_at);

-- How a pool was used on a day that is over.
create table seat_days (
	org_id        TEXT not null,
	pool_id       TEXT not null,
	day           TEXT not null,
	seats         INT not null,
	at_a_time     INT not null,
	peak          INT not null,
	turned_away   INT not null,
	demand        INT not null,
	full_ms       INT not null,
	primary key (org_id, pool_id, day),
	foreign key (org_id, pool_id) references seat_pools (org_id, id) on delete cascade
) STRICT;

-- The next empty seat of a pool, however many are taken.
create index seats_empty on seats (org_id, pool_id, slot) where lease_id is null;
-- What the pools before one have of a plan is summed up with each lease.
create index seat_pools_by_age on seat_pools (org_id, service, plan, created_at, id, is_default, seats);
create index past_leases_by_pool on past_leases (org_id, pool_id, ended_at);
create index past_leases_by_time on past_leases (org_id, ended_at);

-- only postgres
-- +goose StatementBegin
do $$
declare name text;
begin
	foreach name in array array['seat_wishes', 'seat_days'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy of_organization on %I using (org_id = current_setting(''roster.org'', true) or current_setting(''roster.across'', true) = ''on'')', name);
	end loop;
end $$;
-- +goose StatementEnd
-- end

-- +goose Down
select 1;

-- +goose Up
create table services (
	key TEXT primary key, name TEXT not null, name_key TEXT not null, link TEXT not null, install_text TEXT not null, welcome_text TEXT not null,
	license_required BOOL not null, uses_numbers BOOL not null, created_at TIME not null, version INT not null
) STRICT;
create table service_permissions (
	service TEXT not null references services (key), key TEXT not null, name TEXT not null, everybody BOOL not null, delivery BOOL not null, position INT not null,
	primary key (service, key), unique (key)
) STRICT;
create table subscriptions (
	org_id TEXT not null references organizations (id) on delete cascade, id TEXT not null, service TEXT not null references services (key),
	starts_on TEXT not null, ends_on TEXT not null, created_at TIME not null, version INT not null,
	primary key (org_id, id)
) STRICT;
create index subscriptions_by_service on subscriptions (org_id, service);
-- only postgres
alter table subscriptions enable row level security;
alter table subscriptions force row level security;
create policy of_organization on subscriptions using (org_id = current_setting('roster.org', true) or current_setting('roster.across', true) = 'on');
-- end
-- +goose Down
select 1;

-- +goose Up

-- What the vendor offers: services, each with the permissions that it declares,
-- and the subscriptions of organizations to them. A service is of the platform
-- and of no organization; a subscription is an organization's.

create table services (
	key           TEXT not null primary key,
	name          TEXT not null,
	name_key      TEXT not null,
	link          TEXT not null,
	install_text  TEXT not null,
	welcome_text  TEXT not null,
	license_required BOOL not null,
	uses_numbers  BOOL not null,
	created_at    TIME not null,
	version       INT not null
) STRICT;
create index services_by_name on services (name_key, key);

create table service_permissions (
	service       TEXT not null references services (key) on delete cascade,
	key           TEXT not null unique,
	name          TEXT not null,
	everybody     BOOL not null,
	delivery      BOOL not null,
	position      INT not null,
	primary key (service, key)
) STRICT;

-- Days are written YYYY-MM-DD, so that they compare as texts; an empty ends_on
-- is none. That no two are in force on one day, package service sees to: it reads
-- and writes in one serializable transaction.
create table subscriptions (
	org_id        TEXT not null references organizations (id) on delete cascade,
	id            TEXT not null,
	service       TEXT not null references services (key),
	starts_on     TEXT not null,
	ends_on       TEXT not null,
	created_at    TIME not null,
	version       INT not null,
	primary key (org_id, id)
) STRICT;
create index subscriptions_by_service on subscriptions (org_id, service);

-- Whether people are greeted by e-mail once their account is active.
alter table organizations add column welcome_mails BOOL not null default true;

-- Operators see who was subscribed to what, beside what became of organizations.
drop index events_of_platform;
create index events_of_platform on events (at, seq)
	where org_id = '' or name in ('organization.created', 'organization.updated', 'organization.deleted', 'subscription.created', 'subscription.updated');

-- only postgres
alter table subscriptions enable row level security;
alter table subscriptions force row level security;
create policy of_organization on subscriptions using (org_id = current_setting('roster.org', true) or current_setting('roster.across', true) = 'on');
-- end

-- +goose Down
select 1;

-- +goose Up

-- Roles that an organization makes for itself; Admin and User are built in and
-- have no row. Contract and delivery accounts, which occur under each other; and
-- what each user may do and reach beyond their role.

create table roles (
	org_id        TEXT not null references organizations (id) on delete cascade,
	id            TEXT not null,
	name          TEXT not null,
	name_key      TEXT not null,
	description   TEXT not null,
	permissions   TEXT not null,
	limits        TEXT not null,
	created_at    TIME not null,
	version       INT not null,
	primary key (org_id, id),
	unique (org_id, name_key)
) STRICT;

create table accounts (
	org_id        TEXT not null references organizations (id) on delete cascade,
	id            TEXT not null,
	kind          TEXT not null check (kind in ('contract', 'delivery')),
	name          TEXT not null,
	name_key      TEXT not null,
	parent_id     TEXT,
	created_at    TIME not null,
	version       INT not null,
	primary key (org_id, id),
	foreign key (org_id, parent_id) references accounts (org_id, id)
) STRICT;
create unique index accounts_by_name on accounts (org_id, kind, coalesce(parent_id, ''), name_key);
create index accounts_in_order on accounts (org_id, kind, name_key, id);
create index accounts_by_parent on accounts (org_id, parent_id);

-- Every account with all that are below it, itself first: what lies below a
-- choice is one look at an index away.
create table account_below (
	org_id        TEXT not null,
	account_id    TEXT not null,
	below_id      TEXT not null,
	primary key (org_id, account_id, below_id),
	foreign key (org_id, account_id) references accounts (org_id, id) on delete cascade,
	foreign key (org_id, below_id) references accounts (org_id, id) on delete cascade
) STRICT;
create index account_above on account_below (org_id, below_id, account_id);

-- Under which contract accounts a delivery account occurs.
create table account_links (
	org_id        TEXT not null,
	delivery_id   TEXT not null,
	contract_id   TEXT not null,
	primary key (org_id, delivery_id, contract_id),
	foreign key (org_id, delivery_id) references accounts (org_id, id) on delete cascade,
	foreign key (org_id, contract_id) references accounts (org_id, id) on delete cascade
) STRICT;
create index account_links_by_contract on account_links (org_id, contract_id, delivery_id);

-- Which accounts a user was given, where it is not all.
create table user_accounts (
	org_id        TEXT not null,
	user_id       TEXT not null,
	account_id    TEXT not null,
	kind          TEXT not null,
	primary key (org_id, user_id, account_id),
	foreign key (org_id, user_id) references users (org_id, id) on delete cascade,
	foreign key (org_id, account_id) references accounts (org_id, id)
) STRICT;
create index user_accounts_by_account on user_accounts (org_id, account_id, user_id);

alter table users add column side TEXT not null default 'organization' check (side in ('organization', 'delivery'));
alter table users add column contract_access TEXT not null default 'all' check (contract_access in ('all', 'chosen'));
alter table users add column permissions TEXT not null default '';

-- only postgres
-- +goose StatementBegin
do $$
declare name text;
begin
	foreach name in array array['roles', 'accounts', 'account_below', 'account_links', 'user_accounts'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy of_organization on %I using (org_id = current_setting(''roster.org'', true) or current_setting(''roster.across'', true) = ''on'')', name);
	end loop;
end $$;
-- +goose StatementEnd
-- end

-- +goose Down
select 1;

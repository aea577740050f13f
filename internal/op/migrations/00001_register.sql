-- +goose Up

-- Words in capitals differ between the databases: see migrate.go. Times are
-- milliseconds since 1970 in UTC. Keys begin with the organization, so that a
-- reference from one organization into another cannot be written at all.

create table organizations (
	id            TEXT not null primary key,
	slug          TEXT not null unique,
	name          TEXT not null,
	name_key      TEXT not null,
	suspended_at  TIME,
	color         TEXT not null,
	sender_name   TEXT not null,
	reply_to      TEXT not null,
	language      TEXT not null,
	time_zone     TEXT not null,
	invitation_days        INT not null check (invitation_days between 1 and 30),
	session_idle_minutes   INT not null check (session_idle_minutes between 5 and 1440),
	session_max_hours      INT not null check (session_max_hours between 1 and 720),
	password_min_length    INT not null check (password_min_length between 8 and 64),
	created_at    TIME not null,
	version       INT not null
) STRICT;
create index organizations_by_name on organizations (name_key, id);

create table operators (
	id            TEXT not null primary key,
	email         TEXT not null,
	email_key     TEXT not null unique,
	name          TEXT not null,
	password      TEXT not null,
	created_at    TIME not null,
	last_seen_at  TIME
) STRICT;

create table operator_sessions (
	id            TEXT not null primary key,
	operator_id   TEXT not null references operators (id) on delete cascade,
	hash          BYTES not null unique,
	address       TEXT not null,
	agent         TEXT not null,
	created_at    TIME not null,
	seen_at       TIME not null,
	expires_at    TIME not null
) STRICT;
create index operator_sessions_by_operator on operator_sessions (operator_id);

create table operator_devices (
	operator_id   TEXT not null references operators (id) on delete cascade,
	hash          BYTES not null,
	created_at    TIME not null,
	primary key (operator_id, hash)
) STRICT;

create table users (
	seq           SEQUENCE,
	org_id        TEXT not null references organizations (id) on delete cascade,
	id            TEXT not null,
	type          TEXT not null check (type in ('personal', 'group')),
	email         TEXT not null,
	email_key     TEXT not null,
	username      TEXT not null,
	username_key  TEXT not null,
	first_name    TEXT not null,
	last_name     TEXT not null,
	display_name  TEXT not null,
	name_key      TEXT not null,
	search        TEXT not null,
	phone         TEXT not null,
	country       TEXT not null,
	language      TEXT not null,
	time_zone     TEXT not null,
	title         TEXT not null,
	department    TEXT not null,
	external_id   TEXT not null,
	notes         TEXT not null,
	state         TEXT not null check (state in ('invited', 'pending', 'waiting', 'active', 'deactivated')),
	state_before  TEXT not null,
	role_id       TEXT not null,
	authentication TEXT not null check (authentication in ('password', 'federated')),
	password      TEXT not null,
	must_change_password BOOL not null,
	credential_version   INT not null,
	created_at    TIME not null,
	activated_at  TIME,
	last_seen_at  TIME,
	version       INT not null,
	unique (org_id, id),
	unique (org_id, email_key),
	unique (org_id, username_key)
) STRICT;
create index users_by_name on users (org_id, name_key, id);
create index users_by_email on users (org_id, email_key, id);
create index users_by_address on users (email_key);
create index users_by_created on users (org_id, created_at, id);
create index users_by_seen on users (org_id, coalesce(last_seen_at, 0), id);
create index users_by_state on users (org_id, state, name_key, id);
create index users_by_role on users (org_id, role_id, name_key, id);

create table invitations (
	org_id        TEXT not null references organizations (id) on delete cascade,
	id            TEXT not null,
	user_id       TEXT not null,
	email_key     TEXT not null,
	invited_by    TEXT not null,
	invited_by_name TEXT not null,
	message       TEXT not null,
	language      TEXT not null,
	letter_id     TEXT not null,
	reminders     INT not null,
	created_at    TIME not null,
	sent_at       TIME not null,
	expires_at    TIME not null,
	version       INT not null,
	primary key (org_id, id),
	unique (org_id, user_id),
	foreign key (org_id, user_id) references users (org_id, id) on delete cascade
) STRICT;
create index invitations_by_sent on invitations (org_id, sent_at, id);
create index invitations_by_expiry on invitations (org_id, expires_at, id);

create table links (
	org_id        TEXT not null,
	id            TEXT not null,
	purpose       TEXT not null,
	subject_id    TEXT not null,
	address       TEXT not null,
	hash          BYTES not null unique,
	credential_version INT not null,
	created_at    TIME not null,
	expires_at    TIME not null,
	used_at       TIME,
	revoked_at    TIME,
	revoked_why   TEXT not null,
	primary key (org_id, id)
) STRICT;
create index links_by_subject on links (org_id, subject_id, purpose);

create table sessions (
	org_id        TEXT not null,
	id            TEXT not null,
	user_id       TEXT not null,
	hash          BYTES not null unique,
	address       TEXT not null,
	agent         TEXT not null,
	stays         BOOL not null,
	created_at    TIME not null,
	seen_at       TIME not null,
	expires_at    TIME not null,
	primary key (org_id, id),
	foreign key (org_id, user_id) references users (org_id, id) on delete cascade
) STRICT;
create index sessions_by_user on sessions (org_id, user_id);

create table devices (
	org_id        TEXT not null,
	user_id       TEXT not null,
	hash          BYTES not null,
	created_at    TIME not null,
	seen_at       TIME not null,
	primary key (org_id, user_id, hash),
	foreign key (org_id, user_id) references users (org_id, id) on delete cascade
) STRICT;

-- How often something was tried, by a hash of what it was tried on.
create table attempts (
	key           TEXT not null primary key,
	failures      INT not null,
	first_at      TIME not null,
	last_at       TIME not null,
	blocked_until TIME
) STRICT;

create table api_keys (
	org_id        TEXT not null,
	id            TEXT not null,
	name          TEXT not null,
	hash          BYTES not null unique,
	hint          TEXT not null,
	permissions   TEXT not null,
	created_by    TEXT not null,
	created_by_name TEXT not null,
	made_with     TEXT not null,
	created_at    TIME not null,
	expires_at    TIME,
	stopped_at    TIME,
	last_used_at  TIME,
	primary key (org_id, id)
) STRICT;
create index api_keys_by_time on api_keys (org_id, created_at, id);
create index api_keys_by_maker on api_keys (org_id, created_by);

create table answers (
	key           TEXT not null primary key,
	fingerprint   BYTES not null,
	answer        BYTES not null,
	created_at    TIME not null
) STRICT;
create index answers_by_age on answers (created_at);

create table letters (
	org_id        TEXT not null,
	id            TEXT not null,
	kind          TEXT not null,
	to_address    TEXT not null,
	to_key        TEXT not null,
	to_name       TEXT not null,
	about         TEXT not null,
	body          BYTES,
	state         TEXT not null check (state in ('queued', 'sending', 'sent', 'undeliverable', 'canceled')),
	attempts      INT not null,
	next_at       TIME not null,
	claim         INT not null default 0,
	problem       TEXT not null default '',
	created_at    TIME not null,
	sent_at       TIME,
	primary key (org_id, id)
) STRICT;
create index letters_due on letters (state, next_at);
create index letters_about on letters (org_id, about, kind);
create index letters_by_address on letters (org_id, to_key, kind, created_at);

-- By which a node finds out that its keys are those of the others.
create table key_marks (
	id            INT not null primary key,
	mark          BYTES not null
) STRICT;

-- What the local mailbox shows when no mail server is configured.
create table mailbox (
	id            TEXT not null primary key,
	at            TIME not null,
	head          BYTES not null,
	message       BYTES not null
) STRICT;
create index mailbox_by_time on mailbox (at, id);

-- The audit log. What could name a person stands beside what must last: the
-- chain of hashes holds digests of it, so that it can be erased.
create table events (
	seq           SEQUENCE,
	org_id        TEXT not null,
	id            TEXT not null unique,
	at            TIME not null,
	name          TEXT not null,
	actor_kind    TEXT not null,
	actor_id      TEXT not null,
	actor_name    TEXT not null,
	actor_key     TEXT not null,
	subject_kind  TEXT not null,
	subject_id    TEXT not null,
	subject_name  TEXT not null,
	subject_key   TEXT not null,
	changes       TEXT not null,
	address       TEXT not null,
	agent         TEXT not null,
	request       TEXT not null,
	link          INT,
	hash          BYTES,
	actor_salt    BYTES,
	actor_digest  BYTES,
	about_salt    BYTES,
	about_digest  BYTES
) STRICT;
create unique index events_by_link on events (org_id, link) where link is not null;
create index events_by_time on events (org_id, at, seq);
create index events_by_name on events (org_id, name, at, seq);
create index events_by_subject on events (org_id, subject_id, at, seq);
create index events_by_actor on events (org_id, actor_id, at, seq);
create index events_unsealed on events (org_id, seq) where link is null;
create index events_of_platform on events (at, seq)
	where org_id = '' or name in ('organization.created', 'organization.updated', 'organization.deleted');

-- Where the chain of an organization ends, sealed with a key that is not in
-- the database.
create table audit_anchors (
	org_id        TEXT not null primary key,
	link          INT not null,
	hash          BYTES not null,
	mark          BYTES not null,
	sealed_at     TIME not null
) STRICT;

-- only sqlite
-- Search inside words asks an index of trigrams. Every space stands in it twice,
-- so that the beginning of a word and its first letter are one, too.
create virtual table user_words using fts5(words, content='', contentless_delete=1, tokenize='trigram');

-- +goose StatementBegin
create trigger users_words_new after insert on users begin
	insert into user_words (rowid, words) values (new.seq, replace(new.search, ' ', '  '));
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger users_words_changed after update of search on users when old.search <> new.search begin
	update user_words set words = replace(new.search, ' ', '  ') where rowid = new.seq;
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger users_words_gone after delete on users begin
	delete from user_words where rowid = old.seq;
end;
-- +goose StatementEnd
-- end

-- only postgres
-- The words stand in a table of their own, because row security keeps
-- PostgreSQL from using an index for LIKE on a table that it protects. They
-- lead to nothing but a number, by which a statement finds the user, or not.
create extension if not exists pg_trgm;
create table user_words (
	rowid bigint not null primary key,
	words text collate "C" not null
);
create index user_words_by_part on user_words using gin (words gin_trgm_ops);

-- +goose StatementBegin
create function keep_user_words() returns trigger language plpgsql as $$
begin
	if tg_op <> 'INSERT' then
		delete from user_words where rowid = old.seq;
	end if;
	if tg_op <> 'DELETE' then
		insert into user_words (rowid, words) values (new.seq, new.search);
	end if;
	return null;
end $$;
-- +goose StatementEnd
create trigger users_words_kept after insert or delete or update of search on users for each row execute function keep_user_words();

-- +goose StatementBegin
do $$
declare name text;
begin
	-- The second lock behind :org: rows of another organization do not exist
	-- for a transaction, unless a statement said that it goes across.
	foreach name in array array['users', 'invitations', 'links', 'sessions', 'devices', 'api_keys', 'letters', 'events', 'audit_anchors'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy of_organization on %I using (org_id = current_setting(''roster.org'', true) or current_setting(''roster.across'', true) = ''on'')', name);
	end loop;
end $$;
-- +goose StatementEnd
-- end

-- +goose Down
select 1;

# make run needs Go and nothing else. make test does its own set-up: see scripts/setup.

SHELL := bash
GO    ?= go
LINT  := dist/lint
# The cache of the race detector's builds is as large as the other one, so race is what has goroutines of its own.
RACE  := $(wildcard internal/op internal/mail internal/job internal/web internal/api internal/throttle internal/password)

.PHONY: help run build generate lang lang-tidy fmt lint test test-short test-race e2e history pictures bench setup clean

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: build ## build and serve on http://127.0.0.1:8080 (ARGS=--demo for a sample organization)
	./roster serve $(ARGS)

build: ## the program, as ./roster
	CGO_ENABLED=0 $(GO) build -trimpath -o roster ./cmd/roster

generate: ## templates to Go, and the generated lists in docs
	$(GO) tool templ generate -path internal
	$(GO) test ./tools/archcheck -run TestAcrossOrganizations -update
	$(GO) test ./internal/app -run "Routes|OpenAPI|Permissions" -update
	$(GO) test ./internal/config -run TestDocument -update

lang: ## what the catalogues of languages lack, and what they have no use for any more
	@$(GO) run ./tools/langcheck

lang-tidy: ## sort the catalogues, and take out what has no use
	@$(GO) run ./tools/langcheck -tidy

fmt: ## format Go and templates
	gofmt -w cmd internal tools
	$(GO) tool templ fmt internal

lint: $(LINT)/staticcheck $(LINT)/errcheck ## formatting, vet, staticcheck, errcheck, house rules
	@unformatted=$$(gofmt -l client cmd e2e examples internal tools); \
	if [ -n "$$unformatted" ]; then printf 'not formatted, run make fmt:\n%s\n' "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(LINT)/staticcheck ./...
	$(LINT)/errcheck -ignoretests -exclude tools/lint/errcheck.txt ./...
	$(GO) test ./tools/archcheck

# The linters are a module of their own, so that their dependencies are not the program's.
$(LINT)/staticcheck $(LINT)/errcheck: tools/lint/go.mod tools/lint/go.sum
	@mkdir -p $(LINT)
	$(GO) -C tools/lint build -o ../../$(LINT)/ honnef.co/go/tools/cmd/staticcheck github.com/kisielk/errcheck
	@touch $(LINT)/staticcheck $(LINT)/errcheck

setup: ## install what the tests need, where that is possible
	scripts/setup

test: setup ## everything: unit tests, both databases, browser tests
	scripts/postgres run $(GO) test -timeout 20m ./...
	$(MAKE) e2e

test-short: ## what is fast and needs only Go
	$(GO) test -short ./...

test-race: ## the packages with goroutines of their own, under the race detector
	scripts/postgres run $(GO) test -race -short -timeout 20m $(addprefix ./,$(addsuffix /...,$(RACE)))

e2e: build ## browser tests against ./roster
	@if [ -d e2e/node_modules ] && command -v node >/dev/null && command -v chromium >/dev/null; then \
		ROSTER_BINARY=$(CURDIR)/roster scripts/postgres run npm --prefix e2e test; \
	elif [ "$$ROSTER_TEST_REQUIRE" = 1 ]; then \
		echo 'e2e: node, chromium or the npm packages are missing: run scripts/setup'; exit 1; \
	else \
		echo 'e2e: SKIPPED, because node, chromium or the npm packages are missing'; \
	fi

history: ## heavy: 200,000 operations on seats and licenses on each database while nodes are killed, and random lives (HISTORY=-history.operations=5000 for less)
	scripts/postgres run $(GO) test ./internal/seat -run TestTheRulesHold -v -life.runs 400 -timeout 60m
	scripts/postgres run $(GO) test ./e2e -run TestSeatsAndLicenses -v -history.operations 200000 -history.pause 6s -timeout 90m $(HISTORY)

pictures: build ## the pictures of the README, from the sample organization
	ROSTER_BINARY=$(CURDIR)/roster node e2e/pictures.js

bench: ## measure the program on both databases, into docs/performance.md (BENCH=--users=10000 for less)
	ROSTER_POSTGRES_DURABLE=1 scripts/postgres run bash -c \
		'$(GO) run ./bench run --database sqlite --database "$$ROSTER_TEST_POSTGRES" --page docs/performance.md $(BENCH)'

clean: ## what was built
	rm -rf roster dist e2e/artifacts

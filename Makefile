# Developer tools are pinned in a module of their own, so that they never
# weigh on the exporter's dependencies.
TOOL := go tool -modfile=tools/go.mod

VERSION  := $(shell cat VERSION)
REVISION := $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
BRANCH   := $(shell git rev-parse --abbrev-ref HEAD 2>/dev/null || echo unknown)
# The commit's date rather than today's: one commit builds to the same bytes.
DATE     := $(shell TZ=UTC git log -1 --format=%cd --date=format-local:%Y%m%d-%H:%M:%S 2>/dev/null || echo unknown)

INFO    := github.com/prometheus/common/version
LDFLAGS := -s -w -X $(INFO).Version=$(VERSION) -X $(INFO).Revision=$(REVISION) \
	-X $(INFO).Branch=$(BRANCH) -X $(INFO).BuildDate=$(DATE)

.DEFAULT_GOAL := help
.PHONY: help build image test race lint bench check-metrics check-rules check-desks check-image check-rt examples clean

help: ## Say what each target does.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build ./helpdesk_exporter, static and without cgo.
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o helpdesk_exporter .

image: build ## Build the image with docker, podman or buildah; BASE=... for another base.
	VERSION=$(VERSION) REVISION=$(REVISION) BASE=$(BASE) scripts/image.sh helpdesk_exporter:$(VERSION)

test: ## Run all tests, those with the real binary included.
	go test ./...

race: ## Run the tests under the race detector (needs a C compiler), but for those of the fakes, which run in one goroutine.
	go test -race -short $$(go list ./... | grep -v '/sources/[a-z]*/[a-z]*test$$')

lint: ## Check the format, go vet, staticcheck and known vulnerabilities.
	@bad="$$($(TOOL) gofumpt -l .)" || exit 1; \
	if [ -n "$$bad" ]; then echo "run $(TOOL) gofumpt -w on:"; echo "$$bad"; exit 1; fi
	go vet ./...
	$(TOOL) staticcheck ./...
	scripts/check_vulnerabilities.sh

bench: ## Measure rows a second, commits, scrapes, start and memory.
	go test -run='^$$' -bench=. -benchmem ./...

check-metrics: build ## Let promtool judge the live /metrics of the example.
	scripts/check_metrics.sh ./helpdesk_exporter config.example.yml

check-rules: ## Let promtool check and test the recording and alerting rules.
	scripts/check_rules.sh

check-desks: ## Read desks of 20,000 tickets over faulty APIs and compare with their truth.
	HELPDESK_E2E_LARGE=1 go test -run=TestFiguresOverAPIs -timeout=15m ./e2e

check-image: build ## Build the image with buildah and start what it holds (needs root).
	VERSION=$(VERSION) REVISION=$(REVISION) scripts/check_image.sh

check-rt: ## Read a real Request Tracker from Debian's packages and compare with its plan.
	scripts/check_rt.sh

examples: ## Write the example drops anew; the same bytes each time.
	go run ./examples/generate

clean: ## Remove what make and the scripts have made.
	rm -rf helpdesk_exporter .cache

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

# Modules of their own, so that what they need never weighs on the exporter.
MODULES := deploy grafana/generate e2e/browser

.DEFAULT_GOAL := help
.PHONY: help build image test race lint bench check-metrics check-rules check-deploy check-dashboards check-desks check-image check-rt check-page examples dashboards clean

help: ## Say what each target does.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build ./helpdesk_exporter, static and without cgo.
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o helpdesk_exporter .

image: build ## Build the image with docker, podman or buildah; BASE=... for another base.
	VERSION=$(VERSION) REVISION=$(REVISION) BASE=$(BASE) scripts/image.sh helpdesk_exporter:$(VERSION)

test: ## Run all tests, those with the real binary and of the dashboards included.
	go test ./...
	go -C grafana/generate test -count=1 ./...

# The fakes run in one goroutine, the rules in promtool, and most of e2e in other
# processes, where the detector does not look. A few of the book's random worlds
# show it all that many do.
race: ## Run the tests under the race detector (needs a C compiler).
	go test -race -short $$(go list ./... | grep -v -e '/sources/[a-z]*/[a-z]*test$$' -e '/prometheus$$' -e '/e2e$$' -e '/book$$')
	go test -race -short ./book -rapid.checks=20
	go test -race -short -run=TestFiguresOverAPIs ./e2e

lint: ## Check the format, go vet, staticcheck and known vulnerabilities.
	@bad="$$($(TOOL) gofumpt -l .)" || exit 1; \
	if [ -n "$$bad" ]; then echo "run $(TOOL) gofumpt -w on:"; echo "$$bad"; exit 1; fi
	go vet ./...
	$(TOOL) staticcheck ./...
	@for module in $(MODULES); do \
		echo "vet and staticcheck in $$module"; \
		go -C $$module vet ./... && \
		go -C $$module tool -modfile=$(CURDIR)/tools/go.mod staticcheck ./... || exit 1; \
	done
	scripts/check_vulnerabilities.sh

bench: ## Measure rows a second, commits, scrapes, start and memory.
	go test -run='^$$' -bench=. -benchmem ./...

check-metrics: build ## Let promtool judge the live /metrics of the example.
	scripts/check_metrics.sh ./helpdesk_exporter config.example.yml

check-rules: ## Let promtool check and test the recording and alerting rules.
	scripts/check_rules.sh

check-deploy: ## Check compose.yml, Grafana's provisioning and the Kubernetes manifests against schemas and code.
	PROMTOOL="$$(scripts/promtool.sh)" go -C deploy test -count=1 ./...

# Native histograms too: PROMETHEUS=$(scripts/prometheus3.sh) make check-dashboards
check-dashboards: ## Let a Prometheus that scrapes the example answer every query of the dashboards and rules.
	PROMETHEUS="$$(scripts/prometheus.sh)" && export PROMETHEUS && \
	go test -count=1 -timeout=7m -run='TestDashboardsAndRules|TestExemplars' -v ./e2e

check-desks: ## Read desks of 20,000 tickets over faulty APIs and compare with their truth.
	HELPDESK_E2E_LARGE=1 go test -run=TestFiguresOverAPIs -timeout=15m ./e2e

check-image: build ## Build the image with buildah and start what it holds (needs root).
	VERSION=$(VERSION) REVISION=$(REVISION) scripts/check_image.sh

check-page: ## Look at the status page with Chromium, and let axe-core judge it.
	AXE="$$(scripts/axe.sh)" && export AXE && go -C e2e/browser test -count=1 ./...

check-rt: ## Read a real Request Tracker from Debian's packages and compare with its plan.
	scripts/check_rt.sh

examples: ## Write the example drops anew; the same bytes each time.
	go run ./examples/generate

dashboards: ## Write the Grafana dashboards anew, from their code.
	go -C grafana/generate run .

clean: ## Remove what make and the scripts have made.
	rm -rf helpdesk_exporter .cache

VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
REVISION  ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
BRANCH    ?= $(shell git rev-parse --abbrev-ref HEAD 2>/dev/null || echo unknown)
VERSIONPKG = github.com/prometheus/common/version
LDFLAGS    = -s -w -X $(VERSIONPKG).Version=$(VERSION) -X $(VERSIONPKG).Revision=$(REVISION) -X $(VERSIONPKG).Branch=$(BRANCH)
FUZZTIME  ?= 2m

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this help.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build the static binary ./cx-exporter.
	CGO_ENABLED=0 go build -trimpath -ldflags='$(LDFLAGS)' -o cx-exporter ./cmd/cx-exporter

# What is left out of the look for races is so for the reason in .ci/run.
.PHONY: test
test: ## Run all tests with the race detector; installs and starts the servers they need.
	go test -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false ./...

.PHONY: lint
lint: ## Run golangci-lint at its pinned version (its first build takes minutes).
	go tool -modfile=.ci/lint.mod golangci-lint run ./...

.PHONY: fmt
fmt: ## Format the code.
	go tool -modfile=.ci/lint.mod golangci-lint fmt ./...

.PHONY: generate
generate: ## Rewrite golden files, scripts and generated tables of the documentation.
	go test ./alerts ./cmd/... ./collectors ./config ./internal/demo ./internal/exporter ./internal/facts ./internal/web \
		-run 'Golden|Reference|Script|TheExampleIsWhatTheDemoRuns' -count=1 -update

.PHONY: check
check: ## Everything the gate does, and that nothing generated is out of date.
	.ci/run
	$(MAKE) generate
	git diff --exit-code

.PHONY: conformance
conformance: ## Compare 2,000 random cases of KPIs, and of formulas, per engine with the oracle.
	go test ./internal/exporter -run 'TestConformance|TestFormulaConformance|TestEveryVariantIsDrawn' -count=1 -timeout 120m -cases 2000 -v

.PHONY: coverage
coverage: ## Simulate how often the intervals hold the truth, 20,000 samples a case.
	go test ./internal/stats -run TestCoverageOfIntervals -count=1 -timeout 60m -coverage-draws 20000 -v

.PHONY: alarms
alarms: ## Simulate 400 quiet years, and count the false alarms.
	go test ./internal/alarms -count=1 -timeout 3h -years 400 -v

.PHONY: past
past: ## Backfill a year of the demo: its time, its memory, and 20 days of it against eval.
	go test ./cmd/cx-exporter -run TestAYearOfThePast -count=1 -timeout 30m -a-year -v

.PHONY: browser
browser: ## Look at the board in Chromium, and keep the pictures in _artifacts.
	go test ./internal/browser -count=1 -v -artifacts -outputdir $(CURDIR)

# Up to Go 1.26 a run may end with "context deadline exceeded" because its time is up
# (golang/go#75804). A finding leaves its input behind, and says so.
.PHONY: fuzz
fuzz: ## Fuzz the decoder, the SQL guard, the SQL builder and the sketch, FUZZTIME each (default 2m).
	@set -e; log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	for pkg in $$(go list ./...); do \
		for f in $$(go test $$pkg -list '^Fuzz' | grep '^Fuzz'); do \
			echo "$$pkg $$f"; \
			go test $$pkg -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x >"$$log" 2>&1 || \
				{ grep -qx ' *context deadline exceeded' "$$log" && ! grep -q 'Failing input' "$$log"; } || { cat "$$log"; exit 1; }; \
			grep '^fuzz: elapsed' "$$log" | tail -n 1; \
		done; \
	done

.PHONY: bench
bench: ## Run the Go benchmarks and the database benchmark (loads 5 million rows).
	go test -run '^$$' -bench . -benchmem ./...
	go test ./internal/exporter -run TestSharedScan -count=1 -timeout 60m -shared-scan -v

.PHONY: bench-clv
bench-clv: ## Run the predictive lifetime value on a million customers.
	go test ./internal/exporter -run TestCLVScale -count=1 -timeout 30m -clv-scale -v

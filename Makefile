# What a person needs: run, build, test, bench, faults.
SHELL := /bin/bash
GO    ?= go

# Packages that link the Temporal server: too heavy for the race detector.
HEAVY := ./cmd/standalone/...

# What a workflow may not do: look at the clock, start goroutines, go through maps. Pinned; it is a module of its own.
WORKFLOWCHECK := go.temporal.io/sdk/contrib/tools/workflowcheck@v0.6.0

.PHONY: run build test bench faults clean

run: ## start everything on this machine, with sample people and services
	@trap 'exit 0' INT; $(GO) run ./cmd/standalone

build: ## bin/diwan, bin/diwan-server and bin/standalone
	$(GO) build -o bin/diwan ./cmd/diwan
	$(GO) build -o bin/diwan-server ./cmd/server
	$(GO) build -o bin/standalone ./cmd/standalone

test: ## every test; brings up what it needs
	test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) run $(WORKFLOWCHECK) ./workflows/interpret/...
	$(GO) test -race -shuffle=on -timeout 10m $$($(GO) list ./... | grep -v /cmd/standalone)
	$(GO) test -shuffle=on -timeout 15m $(HEAVY)

faults: ## a hundred kills under two hundred applications, and a million random steps of the machine; half an hour
	$(GO) test ./workflows/machine -run RandomPlans -steps 1000000 -timeout 60m -v
	$(GO) test ./cmd/standalone -run KilledUnderLoad -kills 100 -applications 200 -timeout 90m -v

bench: ## print every figure; make bench ONLY=engine runs a part
	$(GO) run ./cmd/standalone bench $(ONLY)

clean:
	rm -rf bin data

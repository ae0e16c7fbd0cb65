package main_test

import (
	"bufio"
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/diwan-gov/diwan"

// arrow says what packages may import of ours. "catalog/..." is catalog and everything below; a package stands in the first row that
// names it. What is not written is forbidden.
type arrow struct {
	from   string
	to     []string
	except []string // of other modules, by beginning
}

var (
	database = []string{"github.com/jackc/pgx", "database/sql"}
	temporal = []string{"go.temporal.io/"}
	web      = []string{"net/http"}
)

// below are the rows of capabilities that others stand on.
var below = []string{
	"catalog/...", "workflows/plan", "workflows/activity", "workflows/worktime", "runtime/form", "runtime/postgres/...", "runtime/audit", "runtime/identity", "runtime/outbox",
}

// capabilities are what pages and the API may use.
var capabilities = []string{
	"runtime/application", "runtime/audit", "runtime/document", "runtime/identity", "runtime/ledger", "runtime/notify", "runtime/payment",
	"runtime/registry", "runtime/release", "runtime/outbox", "runtime/right",
	"runtime/appointment", "runtime/round", "runtime/settlement", "runtime/till", "runtime/proposal", "runtime/credential", "runtime/delivery", "runtime/document/sdjwt",
}

// pages are what shows plans, texts and values to people and programs.
var pages = slices.Concat(capabilities, []string{"runtime/form", "runtime/ui", "workflows/plan", "workflows/activity", "catalog/formula", "runtime/bill", "runtime/filling"})

// arrows is the architecture. Each row that says more than the tree's drawing has its reason.
var arrows = []arrow{
	{from: "catalog/diag", except: join(database, temporal, web)},
	{from: "catalog/source", to: []string{"catalog/diag"}, except: join(database, temporal, web)},
	{from: "catalog/script", to: []string{"catalog/diag"}, except: join(database, temporal, web)},
	{from: "catalog/unit", except: join(database, temporal, web)},
	{from: "catalog/formula", to: []string{"catalog/diag", "catalog/unit"}, except: join(database, temporal, web)},
	{from: "catalog/reading", to: []string{"catalog/formula"}, except: join(database, temporal, web)},
	{from: "catalog", to: []string{"catalog/diag", "catalog/source", "catalog/script", "catalog/unit", "catalog/formula"}, except: join(database, temporal, web)},
	{from: "catalog/schema", to: []string{"catalog", "catalog/diag", "catalog/source", "catalog/script", "catalog/formula"}, except: join(database, temporal, web)},
	{from: "catalog/explain", to: []string{"catalog/diag"}, except: join(database, temporal, web)},
	{from: "catalog/...", to: []string{"catalog/..."}, except: join(database, temporal, web)},

	{from: "workflows", except: database},
	{from: "workflows/plan", except: join(database, temporal, web)},
	{from: "workflows/worktime", except: join(database, temporal, web)},
	{from: "workflows/compile", to: []string{"catalog/...", "workflows/plan", "workflows/worktime"}, except: join(database, temporal, web)},
	{from: "workflows/draw", to: []string{"workflows/plan"}, except: join(database, temporal, web)},
	{from: "workflows/activity", to: []string{"catalog/...", "workflows/plan", "workflows/worktime"}, except: join(database, web)},
	// The machine speaks in the words of activities and evaluates formulas.
	{from: "workflows/machine", to: []string{"workflows/plan", "workflows/activity", "workflows/worktime", "catalog/formula"}, except: join(database, temporal, web)},
	{from: "workflows/round", to: []string{"catalog/formula"}, except: join(database, temporal, web)},
	{from: "workflows/interpret", to: []string{"catalog/...", "workflows/plan", "workflows/machine", "workflows/activity", "workflows/worktime"}, except: join(database, web)},
	// A scenario's form is judged by the one implementation that there is, which is pure.
	// What a change does is told by running the scenarios of the new definitions on both.
	{from: "workflows/impact", to: []string{"catalog/...", "workflows/plan", "workflows/compile", "workflows/servicetest"}, except: join(database, web)},
	{from: "workflows/servicetest", to: []string{"catalog/...", "workflows/...", "runtime/form"}, except: join(database, web)},

	{from: "runtime"},
	{from: "runtime/form", to: []string{"catalog/...", "workflows/plan"}, except: join(database, temporal, web)},
	{from: "runtime/postgres/...", to: []string{"runtime/postgres/..."}, except: temporal},
	{from: "runtime/debian", except: join(database, temporal, web)},
	{from: "runtime/ui/...", to: []string{"runtime/ui/...", "runtime/debian"}, except: join(database, temporal)},
	{from: "runtime/audit", to: []string{"runtime/postgres"}},
	{from: "runtime/identity", to: []string{"runtime/postgres"}},
	{from: "runtime/ledger", to: []string{"runtime/postgres", "runtime/proposal"}},
	{from: "runtime/outbox", to: []string{"runtime/postgres"}},
	// What two officers answer for is proposed and decided in one way, whatever it is.
	{from: "runtime/proposal", to: []string{"runtime/postgres"}},
	// An application is quoted and shown by the machine, and asks registries on the way.
	{from: "runtime/application", to: join(below, []string{"runtime/document", "runtime/document/paper", "runtime/release", "workflows/machine", "runtime/registry"})},
	// It moves applications; whether one can be is the machine's to say.
	{from: "runtime/migration", to: join(below, []string{"runtime/application", "workflows/machine"})},
	// It says by which keys a provider knows what the book has.
	{from: "runtime/payment", to: join(below, []string{"runtime/ledger", "runtime/proposal", "runtime/settlement", "runtime/payment/provider"})},
	{from: "runtime/settlement", to: below},
	// Cash is a payment that is received, and what a till holds is booked.
	{from: "runtime/till", to: join(below, []string{"runtime/ledger", "runtime/payment", "runtime/proposal"})},
	// What every provider holds to is shown with a desk and a ledger.
	{from: "runtime/payment/conformance", to: join(below, []string{"runtime/ledger", "runtime/payment", "runtime/payment/provider", "runtime/proposal"})},
	// Providers speak for themselves, and know nothing of a desk.
	// It says what it has as settlement compares it; the pool that package keeps its days in is none of its business.
	{from: "runtime/payment/stripe", to: []string{"runtime/payment/provider", "runtime/settlement", "catalog/formula"}, except: temporal},
	{from: "runtime/payment/...", to: []string{"runtime/payment/provider", "catalog/formula"}, except: join(database, temporal)},
	// A release proves that every plan loads, and keeps them ready to run.
	{from: "runtime/release", to: join(below, []string{"workflows/compile", "workflows/machine"})},
	{from: "runtime/release/releasetest", to: []string{"runtime/release", "runtime/postgres"}},
	// What a paper says is drawn alike by a preview in the command, which has no database: the values of rows, the layout and the file are pure.
	{from: "runtime/document/paper", to: []string{"catalog/...", "workflows/plan", "workflows/machine", "runtime/document/pdf"}, except: join(database, temporal, web)},
	{from: "runtime/document/pdf", except: join(database, temporal, web)},
	// It knows keys and no papers, and its tests bring a token of Debian's.
	{from: "runtime/document/module/...", to: []string{"runtime/debian"}, except: join(database, temporal, web)},
	// That officers suspend a paper is for two of them to answer for.
	{from: "runtime/document", to: join(below, []string{"runtime/document/...", "runtime/proposal"})},
	{from: "runtime/document/...", to: join(below, []string{"runtime/document/..."})},
	// A paper that is collected is one that was issued, and its state is asked of whoever builds the whole.
	{from: "runtime/delivery", to: join(below, []string{"workflows/machine"})},
	// It sends letters for whoever asks it to, and knows nothing of them.
	{from: "runtime/mail", except: join(database, temporal, web)},
	// It gives to wallets what was issued as a paper.
	{from: "runtime/credential", to: join(below, []string{"runtime/document", "runtime/document/sdjwt"})},
	// An answer is read by the types that the machine will read it by.
	{from: "runtime/registry", to: join(below, []string{"workflows/machine"})},
	// What is proposed is checked, compared and tried by its scenarios, and released.
	{from: "runtime/change", to: join(below, []string{"runtime/release", "workflows/impact", "workflows/servicetest"}), except: temporal},
	{from: "runtime/notify", to: below},
	{from: "runtime/right", to: below},
	{from: "runtime/appointment", to: below},
	// Who goes first is worked out by the one pure implementation.
	{from: "runtime/round", to: join(below, []string{"workflows/round"})},
	{from: "runtime/temporal", to: below},
	{from: "runtime/portal", to: pages, except: join(database, temporal)},
	// Operators see the way of an application in the picture of its plan.
	// Those who have to do with changes of the catalogue find the way to them.
	{from: "runtime/desk", to: slices.Concat(pages, []string{"workflows/draw", "runtime/change"}), except: join(database, temporal)},
	// A proposal from a folder is refused in the words of the checker.
	{from: "runtime/api", to: slices.Concat(pages, []string{"runtime/change", "catalog/diag", "catalog/explain"}), except: join(database, temporal)},
	// What a fee came to is said alike to a citizen and to an officer.
	{from: "runtime/bill", to: []string{"runtime/ui", "workflows/plan", "workflows/activity"}, except: join(database, temporal)},
	// A form is asked alike of a citizen and of an officer.
	{from: "runtime/filling", to: []string{"runtime/form", "runtime/document", "runtime/ui", "workflows/plan"}, except: join(database, temporal)},
	// It shows what the catalogue's reference says.
	{from: "runtime/docs", to: []string{"catalog/reference", "runtime/ui"}, except: join(database, temporal)},
	// An analyst and a reviewer see the form that a citizen gets.
	{from: "designer/...", to: []string{
		"designer/...", "catalog/...", "workflows/compile", "workflows/plan", "workflows/machine", "workflows/activity", "workflows/servicetest", "workflows/impact",
		"workflows/draw", "runtime/form", "runtime/filling", "runtime/document", "runtime/ui", "runtime/change", "runtime/release", "runtime/audit", "runtime/identity", "runtime/application",
		"runtime/migration",
	}, except: temporal},
	// Bills are the desk's; it says them in the words of a specification.
	{from: "runtime/govstack", to: []string{"runtime/payment", "catalog/formula"}, except: join(database, temporal)},
	// It owns names and numbers only; who asks the database is told to it.
	{from: "runtime/metric", except: join(database, temporal)},
	{from: "runtime/app", to: []string{"catalog/...", "workflows/...", "runtime/...", "designer/..."}},

	// The walk in the terminal asks the form that a citizen gets, and the preview draws the paper.
	{from: "cmd/diwan", to: []string{"runtime/app", "runtime/form", "runtime/document/paper", "runtime/document/pdf", "catalog/...", "workflows/...", "cmd/diwan/..."}},
	// It reads what the App is told and says what came of it, and is the limited child of its own that runs scripts and looks into uploads.
	{from: "cmd/server", to: []string{"runtime/app", "catalog/diag", "catalog/script", "runtime/document/inspect"}},
	// Editors ask about definitions; what runs is given to the server as functions.
	{from: "cmd/diwan/lsp", to: []string{"catalog/..."}, except: join(database, temporal, web)},
	// It brings what the App is given, and the benchmark holds parts of the runtime in its hands.
	{from: "cmd/standalone/...", to: []string{"runtime/...", "designer/...", "catalog/...", "workflows/...", "cmd/standalone/..."}},
}

func join(lists ...[]string) []string { return slices.Concat(lists...) }

func TestImportsFollowTheArrows(t *testing.T) {
	packages := imports(t)
	if len(packages) < 10 || !slices.ContainsFunc(packages, func(p listed) bool { return slices.Contains(p.imports, module+"/catalog/diag") }) {
		t.Fatalf("only %d packages were found", len(packages))
	}
	for _, p := range packages {
		row := slices.IndexFunc(arrows, func(a arrow) bool { return matches(a.from, p.path) })
		if row < 0 {
			t.Errorf("%s stands in no row: add one, or put the code where it belongs", p.path)
			continue
		}
		for _, target := range p.imports {
			ours, isOurs := strings.CutPrefix(target, module+"/")
			switch {
			case isOurs && ours != p.path && !slices.ContainsFunc(arrows[row].to, func(to string) bool { return matches(to, ours) }):
				t.Errorf("%s may not import %s", p.path, ours)
			case !isOurs && slices.ContainsFunc(arrows[row].except, func(e string) bool { return target == e || strings.HasPrefix(target, e) }):
				t.Errorf("%s may not import %s", p.path, target)
			}
		}
	}
}

// A row that names nothing would hide that a package was renamed.
func TestTheTableOfArrowsForbidsWhatItShould(t *testing.T) {
	for _, test := range []struct {
		pattern, path string
		want          bool
	}{
		{"catalog", "catalog", true}, {"catalog", "catalog/check", false}, {"catalog/...", "catalog", true}, {"catalog/...", "catalog/check", true},
		{"catalog/...", "catalogue", false},
	} {
		if matches(test.pattern, test.path) != test.want {
			t.Errorf("%s and %s", test.pattern, test.path)
		}
	}
	for i, a := range arrows {
		for _, b := range arrows[:i] {
			if a.from == b.from {
				t.Errorf("%s stands in two rows", a.from)
			}
		}
	}
}

func matches(pattern, path string) bool {
	if root, all := strings.CutSuffix(pattern, "/..."); all {
		return path == root || strings.HasPrefix(path, root+"/")
	}
	return path == pattern
}

type listed struct {
	path    string
	imports []string
}

// imports lists our packages and what they import outside tests.
func imports(t *testing.T) []listed {
	t.Helper()
	command := exec.Command("go", "list", "-e", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, module+"/...")
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		words := strings.Fields(lines.Text())
		path, ok := strings.CutPrefix(words[0], module+"/")
		if ok {
			all = append(all, listed{path, words[1:]})
		}
	}
	return all
}

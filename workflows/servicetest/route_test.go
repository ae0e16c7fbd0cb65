package servicetest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// Who may change the law's machinery, and how, is no place for a branch that nobody has tried: each sample has a route of its own by which changes of the
// catalogue go, and its scenarios come by every step, decision, condition, time limit and end of it.
func TestTheScenariosOfEveryRouteReachAllOfIt(t *testing.T) {
	for _, country := range []string{"palestine", "kazakhstan", "qatar"} {
		t.Run(country, func(t *testing.T) {
			c, list := catalog.Load(os.DirFS(filepath.Join("../../samples", country)))
			if list.HasErrors() {
				t.Fatal(told(list, c))
			}
			s := c.Service(c.Settings.Changes.Value)
			if s == nil {
				t.Fatal("nothing can be proposed there")
			}
			report := servicetest.New(c, pool).Service(s, nil)
			if found := report.Findings(); len(found) > 0 {
				t.Error(told(found, c))
			}
			kinds := map[servicetest.PointKind]bool{}
			for _, p := range report.Coverage {
				kinds[p.Kind] = true
				if p.Times == 0 {
					t.Errorf("no scenario comes by the %s %s", p.Kind, p.Name)
				}
			}
			for _, kind := range []servicetest.PointKind{servicetest.StepPoint, servicetest.DecisionPoint, servicetest.GuardPoint, servicetest.LimitPoint, servicetest.EndingPoint} {
				if !kinds[kind] {
					t.Errorf("the route has no %s", kind)
				}
			}
		})
	}
}

package desk_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/till"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
	"github.com/diwan-gov/diwan/workflows/activity"
)

func TestEveryPageOfATillIsAccessibleAndFitsItsWindow(t *testing.T) {
	open, counted, due := atTill(t), atTill(t), atTill(t)
	v := due.add("D7K2-94QM", licensing)
	due.payments = []payment.View{{ID: uuid.New(), Authority: "transport", Amount: 28000, Currency: "ILS", Status: payment.Due, Payable: true,
		Lines: []activity.Line{{Fee: "renewal", Amount: 25000}, {Fee: "late", Amount: 3000}}}}
	open.drawer.taken = []till.Taken{{ID: uuid.New(), Place: 2, Amount: 28000, Currency: "ILS", Tendered: 30000, Receipt: "RCT-2026-000002", At: now},
		{ID: uuid.New(), Place: 1, Amount: 5000, Currency: "ILS", Tendered: 5000, Receipt: "RCT-2026-000001", At: now, VoidedAt: &now}}
	counted.submit(hanan, "/desk/till/count", "_pieces-ILS-5000", "3", "_pieces-ILS-2000", "2", "_reason", "نقصت ورقة نقدية واحدة عند العدّ")
	of := "/desk/till/of/" + counted.drawer.tills[0].ID.String() + "?"
	var servers [3]string
	for i, s := range []*served{open, counted, due} {
		who := hanan
		if s == counted {
			who = amal
		}
		server := httptest.NewServer(as(who, s.handler))
		defer server.Close()
		servers[i] = server.URL
	}
	browser := uitest.Browser(t)
	folder := os.Getenv("DIWAN_SCREENSHOTS")
	look := func(name, address string) {
		for _, lang := range []string{"ar", "en"} {
			t.Run(name+"/"+lang, func(t *testing.T) {
				uitest.Open(t, browser, address+"lang="+lang, uitest.Desktop)
				for _, width := range []int{uitest.Desktop, uitest.Phone} {
					uitest.Resize(t, browser, width)
					uitest.NoSidewaysScroll(t, browser)
					uitest.NoViolations(t, browser)
					if folder != "" {
						uitest.Screenshot(t, browser, filepath.Join(folder, fmt.Sprintf("till-%s-%s-%d.png", name, lang, width)))
					}
				}
			})
		}
	}
	look("own", servers[0]+"/desk/till?done="+open.drawer.taken[0].ID.String()+"&")
	look("count", servers[0]+"/desk/till/count?")
	look("due", servers[2]+"/desk/till/due/"+v.ID.String()+"?")
	look("counted", servers[1]+of)
	counted.submit(amal, "/desk/till/of/"+counted.drawer.tills[0].ID.String()+"/decide", "_key", counted.drawer.proposals[0].ID.String(), "_action", "approve")
	look("closed", servers[1]+of)
	look("all", servers[1]+"/desk/till?")
}

package portal_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

func TestThePagesOfWhoeverIsAskedAreAccessibleAndFitTheirWindow(t *testing.T) {
	selling := newWorld(t, sale())
	v, task := selling.toSign()
	selling.book.messages = []application.Message{{ID: uuid.New(), Service: "police.car.sale", Texts: v.Texts, Step: "told", At: today}}
	hearing := toHear(t)
	browser := uitest.Browser(t)
	paying := newWorld(t)
	bill := "/pay/" + paying.desk.payments[paying.toPay(layla).ID][0].ID.String() + "/bill"
	choosing := newWorld(t)
	choosing.desk.offered = []string{"gateway", "stripe"}
	places := "/pay/" + choosing.desk.payments[choosing.toPay(layla).ID][0].ID.String()
	several, mine, other := owingMuch(t)
	several.desk.settled = payment.Paid
	all := "with=" + other.ID.String()
	folder := os.Getenv("DIWAN_SCREENSHOTS")
	for _, c := range []struct {
		name  string
		w     *world
		who   *identity.Person
		paths []string
	}{
		{"invited", selling, &yusuf, []string{"/asked/" + task.ID.String(), "/applications", "/messages", "/invitations/none"}},
		{"applicant", selling, &layla, []string{"/applications/" + v.ID.String(), "/applications/" + v.ID.String() + "/say/objection"}},
		{"public", hearing, nil, []string{"/hearings", "/hearings/" + hearing.book.hearing.Task.ID.String()}},
		{"payer", paying, nil, []string{bill}}, {"who is paid for", paying, &layla, []string{bill}},
		{"who chooses where to pay", choosing, &layla, []string{places}},
		{"who owes several", several, &layla, []string{"/payments?" + all, "/payments/pay?chosen=1&" + all, "/payments/return?of=" + mine[0].ID.String() + "&of=" + mine[1].ID.String()}},
		{"signed in", hearing, &yusuf, []string{"/hearings/" + hearing.book.hearing.Task.ID.String()}},
	} {
		c.w.person = c.who
		server := httptest.NewServer(c.w.handler)
		for _, path := range c.paths {
			for lang, width := range map[string]int{"ar": uitest.Phone, "en": uitest.Desktop} {
				t.Run(c.name+path+"/"+lang, func(t *testing.T) {
					uitest.Open(t, browser, server.URL+path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+"lang="+lang, width)
					uitest.NoSidewaysScroll(t, browser)
					uitest.NoViolations(t, browser)
					if folder != "" {
						uitest.Screenshot(t, browser, filepath.Join(folder, fmt.Sprintf("%s-%s-%s-%d.png", strings.ReplaceAll(c.name, " ", "-"), filepath.Base(path), lang, width)))
					}
				})
			}
		}
		server.Close()
	}
}

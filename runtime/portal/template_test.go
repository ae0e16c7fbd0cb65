package portal

import (
	"testing"

	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

func TestTemplatesReadOnlyWhatTheirPagesHave(t *testing.T) {
	templates, err := ui.New(ui.Site{}, files, "*.html")
	if err != nil {
		t.Fatal(err)
	}
	uitest.CheckTemplates(t, templates, map[string]any{
		"home": homePage{}, "services": servicesPage{}, "service": servicePage{}, "serviceChanges": changesPage{}, "apply": applyPage{}, "questions": applyPage{}, "check": checkPage{},
		"applications": applicationsPage{}, "application": applicationPage{}, "polled": pollPage{}, "withdraw": withdrawPage{}, "verify": verifyPage{},
		"ineligible": ineligiblePage{}, "about": aboutPage{}, "pay": payPage{}, "bank": bankPage{}, "share": sharedBill{}, "payments": paymentsPage{}, "paid": paidPage{}, "wallet": walletPage{}, "rights": rightsPage{}, "right": rightPage{}, "appointment": appointmentPage{}, "payout": payoutPage{},
		"asked": askedPage{}, "confirmReply": confirmReplyPage{}, "notYours": notYoursPage{}, "hearings": hearingsPage{}, "hearing": hearingPage{}, "inbox": inboxPage{}, "post": postPage{}, "email": emailPage{}, "link": linkPage{},
	})
}

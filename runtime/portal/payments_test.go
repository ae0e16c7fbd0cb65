package portal_test

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/payment"
)

func (b *book) OwnOf(_ context.Context, person uuid.UUID) (map[uuid.UUID]application.Own, error) {
	own := map[uuid.UUID]application.Own{}
	for _, v := range b.all {
		if v.Applicant == person {
			own[v.ID] = application.Own{Reference: v.Reference, Texts: v.Texts}
		}
	}
	return own, nil
}

func (d *desk) DueOf(_ context.Context, applications, others []uuid.UUID) (due []payment.View, err error) {
	for _, v := range d.book.all {
		for _, p := range d.payments[v.ID] {
			p.Application = v.ID
			if p.Payable && (slices.Contains(applications, v.ID) || slices.Contains(others, p.ID)) {
				due = append(due, p)
			}
		}
	}
	return due, nil
}

func (d *desk) CheckoutJointly(ctx context.Context, r payment.JointRequest) (string, error) {
	currencies := map[string]bool{}
	for _, l := range r.Lines {
		of, err := d.ApplicationOf(ctx, l.Payment)
		if err != nil {
			return "", err
		}
		currencies[d.payments[of][0].Currency] = true
		if !d.payments[of][0].Payable {
			return "", payment.ErrNotDue
		}
		if l.Description["ar"] == "" {
			return "", payment.ErrNotFound
		}
	}
	switch {
	case d.down:
		return "", payment.ErrUnavailable
	case len(r.Lines) == 0 || len(r.Lines) > payment.MostJoint:
		return "", payment.ErrTooMany
	case len(currencies) > 1:
		return "", payment.ErrCurrencies
	}
	return "https://" + cmp.Or(r.Provider, "gateway") + ".example/joint?back=" + r.ReturnURL, nil
}

func (d *desk) ConfirmJointly(ctx context.Context, ids []uuid.UUID) (views []payment.View, err error) {
	if d.down {
		return nil, payment.ErrUnavailable
	}
	for _, id := range ids {
		of, err := d.ApplicationOf(ctx, id)
		if err != nil {
			return nil, err
		}
		v := d.payments[of][0]
		v.Application = of
		if v.Status = d.settled; v.Status == payment.Paid {
			v.Receipt = "RCT-2026-00000" + id.String()[:1]
		}
		views = append(views, v)
	}
	return views, nil
}

func (d *desk) OfBill(_ context.Context, reference string) (uuid.UUID, error) {
	for _, list := range d.payments {
		if reference == "417012345678901" {
			return list[0].ID, nil
		}
	}
	return uuid.Nil, payment.ErrNotFound
}

// owingMuch is somebody with two payments that are due, and another person's bill.
func owingMuch(t *testing.T) (w *world, mine [2]payment.View, other payment.View) {
	w = newWorld(t)
	other = w.desk.payments[w.toPay(yusuf).ID][0]
	for i := range mine {
		mine[i] = w.desk.payments[w.toPay(layla).ID][0]
	}
	w.person = &layla
	return w, mine, other
}

func TestWhatIsDueIsPaidAtOnce(t *testing.T) {
	w, mine, other := owingMuch(t)
	w.get(t, "/applications").is(http.StatusOK).has("a.button[href='/payments']", "at once")
	page := w.get(t, "/payments").is(http.StatusOK).has("h1", "Your payments").has("main", "₪580.00").has("form#due button", "Pay what is chosen")
	if n := page.Find("form#due input[type=checkbox][name=of][checked]").Length(); n != 2 {
		t.Errorf("%d payments are ticked, want those of two applications", n)
	}
	page.hasNot("input[value='" + other.ID.String() + "']")
	chosen := "/payments?chosen=1&of=" + mine[0].ID.String()
	w.get(t, chosen).is(http.StatusOK).has("form#due [role=status]", "₪290.00").hasNot("input[value='" + mine[1].ID.String() + "'][checked]")
	w.get(t, "/payments?chosen=1").is(http.StatusOK).has("form#due [role=status]", "–")

	// A bill of somebody else is put beside them by its link or its number, and says nothing about whose it is.
	with := "with=" + other.ID.String()
	for _, typed := range []string{"https%3A%2F%2Fdiwan.example%2Fpay%2F" + other.ID.String() + "%2Fbill", other.ID.String()} {
		if to := w.get(t, "/payments?bill="+typed).is(http.StatusSeeOther).to; to != "/payments?"+with {
			t.Errorf("%s leads to %s", typed, to)
		}
	}
	w.get(t, "/payments?bill=4170+1234+5678+901").is(http.StatusSeeOther)
	w.get(t, "/payments?bill=4170").is(http.StatusNotFound).has(".field--error, main", "Check what you have typed")
	shown := w.get(t, "/payments?"+with).is(http.StatusOK).has("main", "A bill of somebody else").has("main", "₪870.00").has("form#due input[type=hidden][value='"+other.ID.String()+"']", "")
	if strings.Contains(shown.Text(), "Yusuf") {
		t.Error("the bill says whose it is")
	}

	pay := "/payments/pay?of=" + mine[0].ID.String() + "&of=" + other.ID.String()
	back := "/payments/return?of=" + mine[0].ID.String() + "&of=" + other.ID.String()
	for range 2 {
		if to := w.get(t, pay).is(http.StatusSeeOther).to; to != "https://gateway.example/joint?back=https://diwan.example"+back {
			t.Errorf("leads to %s", to)
		}
	}
	w.desk.settled = payment.Paid
	w.get(t, back).is(http.StatusOK).has(".panel", "Payment received").has("main a[href$='/receipts/"+mine[0].ID.String()+"']", "Receipt RCT-2026-").hasNot("a[href$='/receipts/" + other.ID.String() + "']")
	w.desk.settled = payment.Due
	w.get(t, back).is(http.StatusOK).has("h1", "Nothing was paid").has("a.button[href*='"+other.ID.String()+"']", "Try again")
	w.desk.down = true
	w.get(t, back).is(http.StatusOK).has("h1", "We are waiting for the bank")
	w.get(t, pay).is(http.StatusServiceUnavailable)
}

func TestWhatCannotBePaidAtOnceIsSaidAtItsPlace(t *testing.T) {
	w, mine, other := owingMuch(t)
	of := func(ids ...uuid.UUID) (out string) {
		for _, id := range ids {
			out += "&of=" + id.String()
		}
		return out
	}
	w.get(t, "/payments/pay?chosen=1").is(http.StatusUnprocessableEntity).has("form#due .field--error", "Choose at least one")
	for application, list := range w.desk.payments {
		if list[0].ID == mine[1].ID {
			w.desk.payments[application][0].Currency = "EUR"
		}
	}
	w.get(t, "/payments/pay?chosen=1"+of(mine[0].ID, mine[1].ID)).is(http.StatusUnprocessableEntity).has("form#due .field--error", "several currencies").has("form#due [role=status]", "290")
	for application, list := range w.desk.payments {
		if list[0].ID == mine[1].ID {
			w.desk.payments[application][0].Payable = false
		}
	}
	w.get(t, "/payments/pay?chosen=1"+of(mine[0].ID, mine[1].ID)).follow().has(".banner", "made already or is no longer due")
	w.get(t, "/payments/pay?of="+uuid.NewString()).is(http.StatusNotFound)
	w.get(t, "/payments?with=x").is(http.StatusNotFound)
	w.get(t, "/payments/return").is(http.StatusNotFound)
	w.get(t, "/payments/return?of="+uuid.NewString()).is(http.StatusNotFound)

	// Without a session there are the bills of others alone.
	w.person = nil
	w.get(t, "/payments?with="+other.ID.String()).is(http.StatusOK).has("main", "₪290.00").hasNot("input[value='" + mine[0].ID.String() + "']")
	w.get(t, "/payments/pay?of="+other.ID.String()).is(http.StatusSeeOther)
	w.desk.settled = payment.Paid
	w.get(t, "/payments/return?of="+other.ID.String()).is(http.StatusOK).has(".panel", "Payment received").hasNot("main a[href^='/applications']")
}

package right

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/diwan-gov/diwan/workflows/plan"
)

func stall() *plan.RightKind {
	return &plan.RightKind{
		Code: "stall", Authority: "town", Holder: "person", Register: "RS", Public: []string{"area"},
		Terms: []plan.Term{{Field: plan.Field{Name: "area", Kind: "int"}}, {Field: plan.Field{Name: "goods", Kind: "text", Optional: true}}},
		May: map[string][]string{
			Renewed: {"renew"}, Suspended: {"inspect"}, Resumed: {"inspect"}, Transferred: {"transfer"}, Replaced: {"replace"}, Revoked: {"inspect"}, Expired: {"close"},
		},
	}
}

func said(pairs ...string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return out
}

const today = "2026-11-22"

func code(err error) string {
	if refused := (*Refused)(nil); errors.As(err, &refused) {
		return refused.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestAGrantHasAHolderItsTermsAndAnEndThatIsToCome(t *testing.T) {
	business := stall()
	business.Holder = "business"
	for _, c := range []struct {
		name string
		kind *plan.RightKind
		said map[string]json.RawMessage
		want string
	}{
		{"whole", stall(), said("area", "8", "validUntil", `"2026-11-22"`), ""},
		{"without an end", stall(), said("area", "8"), ""},
		{"without a term that it needs", stall(), said("goods", `"fish"`), WrongTerm},
		{"with a term that it does not have", stall(), said("area", "8", "colour", `"red"`), WrongTerm},
		{"that is over", stall(), said("area", "8", "validUntil", `"2026-11-21"`), NotLater},
		{"with a day that there is not", stall(), said("area", "8", "validUntil", `"2026-02-30"`), WrongTerm},
		{"to nobody", stall(), said("area", "8", "holder", `""`), NoHolder},
		{"of a business that nobody names", business, said("area", "8"), NoHolder},
		{"of a business", business, said("area", "8", "holder", `"CR-1"`), ""},
	} {
		r, err := grant(c.kind, c.said, "401", today)
		if code(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err == nil && (r.Version != 1 || r.Status(today) != Valid || r.GrantedOn != today) {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
}

func TestAChangeObeysTheRightAndItsStatus(t *testing.T) {
	of := func(status, until string) *Right {
		return &Right{Number: "RS-2026-000001", Code: "stall", Holder: "401", Terms: said("area", "8"), GrantedOn: "2025-11-22", ValidUntil: until, Version: 3, status: status}
	}
	for _, c := range []struct {
		name          string
		right         *Right
		what, service string
		said          map[string]json.RawMessage
		status, want  string
	}{
		{"renewed in time", of(Valid, "2026-12-31"), Renewed, "renew", said("validUntil", `"2027-12-31"`), Valid, ""},
		{"renewed late", of(Valid, "2026-01-31"), Renewed, "renew", said("validUntil", `"2027-12-31"`), Valid, ""},
		{"renewed while suspended", of(Suspended, "2026-12-31"), Renewed, "renew", said("validUntil", `"2027-12-31"`), Suspended, ""},
		{"renewed for a shorter time", of(Valid, "2026-12-31"), Renewed, "renew", said("validUntil", `"2026-12-31"`), "", NotLater},
		{"renewed into the past", of(Valid, "2026-01-31"), Renewed, "renew", said("validUntil", `"2026-02-28"`), "", NotLater},
		{"renewed though it has no end", of(Valid, ""), Renewed, "renew", said("validUntil", `"2027-12-31"`), "", NotLater},
		{"renewed by a service that may not", of(Valid, "2026-12-31"), Renewed, "transfer", said("validUntil", `"2027-12-31"`), "", NotAllowed},
		{"renewed after it was revoked", of(Revoked, "2026-12-31"), Renewed, "renew", said("validUntil", `"2027-12-31"`), "", WrongState},
		{"suspended", of(Valid, ""), Suspended, "inspect", nil, Suspended, ""},
		{"suspended twice", of(Suspended, ""), Suspended, "inspect", nil, "", WrongState},
		{"suspended when it is over", of(Valid, "2026-11-21"), Suspended, "inspect", nil, "", WrongState},
		{"resumed", of(Suspended, ""), Resumed, "inspect", nil, Valid, ""},
		{"resumed without a suspension", of(Valid, ""), Resumed, "inspect", nil, "", WrongState},
		{"handed on", of(Valid, ""), Transferred, "transfer", said("holder", `"402"`), Valid, ""},
		{"handed on to oneself", of(Valid, ""), Transferred, "transfer", said("holder", `"401"`), "", SameHolder},
		{"handed on while suspended", of(Suspended, ""), Transferred, "transfer", said("holder", `"402"`), "", WrongState},
		{"given another holder on the side", of(Valid, ""), Suspended, "inspect", said("holder", `"402"`), "", WrongTerm},
		{"replaced", of(Valid, ""), Replaced, "replace", nil, Replaced, ""},
		{"revoked", of(Suspended, ""), Revoked, "inspect", nil, Revoked, ""},
		{"revoked twice", of(Revoked, ""), Revoked, "inspect", nil, "", WrongState},
		{"ended early", of(Valid, "2027-01-01"), Expired, "close", nil, Expired, ""},
		{"something else", of(Valid, ""), "lost", "inspect", nil, "", NotAllowed},
	} {
		before := *c.right
		next, err := c.right.change(stall(), c.what, c.service, c.said, today)
		if code(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
			continue
		}
		if c.right.Holder != before.Holder || c.right.Version != 3 || c.right.status != before.status {
			t.Errorf("%s: what it was has changed", c.name)
		}
		if err == nil && (next.Status(today) != c.status || next.Version != 4) {
			t.Errorf("%s: %s, version %d", c.name, next.Status(today), next.Version)
		}
	}
	changed, err := of(Valid, "").change(stall(), Suspended, "inspect", said("area", "9"), today)
	if err != nil || string(changed.Terms["area"]) != "9" {
		t.Fatalf("%+v, %v", changed, err)
	}
}

func TestARightIsOverAfterItsLastDay(t *testing.T) {
	r := Right{ValidUntil: "2026-11-22", status: Valid}
	if r.Status("2026-11-22") != Valid || r.Status("2026-11-23") != Expired {
		t.Error("on its last day it holds, on the next it does not")
	}
	r.status = Revoked
	if r.Status("2026-11-23") != Revoked {
		t.Error("what was revoked does not run out")
	}
}

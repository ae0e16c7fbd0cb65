package desk_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
)

func (s *served) applyFor(who *identity.Person, service, number string) page {
	r := httptest.NewRequest("POST", "/desk/apply?lang=en", strings.NewReader(url.Values{"service": {service}, "number": {number}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(who, r)
}

func TestAnOfficerOfTheRoleOpensAFormForSomebodyWhoseNumberIsInNoAddress(t *testing.T) {
	s := serve(t)
	s.get(leila, "/desk?lang=en").want(200, "nav", "Apply for somebody")
	s.get(leila, "/desk/apply?lang=en").want(200, "form select", "Driving licence renewal", "h1", "Apply for somebody")
	if strings.Contains(s.get(nurse, "/desk?lang=en").Find("nav").Text(), "Apply for somebody") {
		t.Error("the counter is offered to somebody who fills in nothing")
	}
	s.applyFor(leila, service, " ").want(422, ".error-summary", "national number")
	s.applyFor(leila, "", "401").want(422, ".error-summary", "service")
	s.applyFor(leila, service, "x").want(422, ".error-summary", "national number")
	p := s.applyFor(leila, service, " ٤٠١٢٣٤٥٦٧\u200f ")
	if to := p.header.Get("Location"); p.status != 303 || to != "/drafts/"+report+"/apply" {
		t.Errorf("%d to %s", p.status, to)
	}
	if last := s.begun[len(s.begun)-1]; last != leila.ID.String()+" "+service+" 401234567" {
		t.Errorf("%v", s.begun)
	}
}

func TestRelatedApplicationsAreListedWithTheirState(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	v.Related = []application.Related{{ID: uuid.New(), Reference: "AAAA-BBBB", Service: service, Status: application.Ended, Outcome: "issued"}}
	s.get(leila, path(v)+"?lang=en").want(200, "main table", "AAAA-BBBB", "main table", "This one has started it")
}

package desk_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/delivery"
)

func (c *counterOf) Posts(_ context.Context, authorities []string) (bool, error) {
	return c.posting.Paper != "" && slices.Contains(authorities, c.posting.Authority), nil
}

func (c *counterOf) ToPost(context.Context, []string) (out []delivery.Posting, _ error) {
	if c.posting.State == delivery.PostAsked || c.posting.State == delivery.PostLost {
		out = append(out, c.posting)
	}
	return out, nil
}

func (c *counterOf) OnePosting(_ context.Context, authorities []string, paper string) (*delivery.Posting, error) {
	if !slices.Contains(authorities, c.posting.Authority) || paper != c.posting.Paper {
		return nil, delivery.ErrNotFound
	}
	found := c.posting
	return &found, nil
}

func (c *counterOf) Address(context.Context, uuid.UUID, string) (delivery.Address, error) {
	if !c.posting.Known {
		return delivery.Address{}, delivery.ErrNotFound
	}
	return c.to, nil
}

func (c *counterOf) Label(_ context.Context, _ []string, _, number string) error {
	number, ok := delivery.Item(number)
	switch {
	case !ok:
		return delivery.ErrItem
	case number == "RR000000005PS":
		return delivery.ErrTaken
	case c.invalid:
		return delivery.ErrPaper
	}
	c.posting.Item = number
	return nil
}

func (c *counterOf) Again(context.Context, []string, string) error {
	c.posting.State = delivery.PostOffered
	return nil
}

func (c *counterOf) CloseManifest(_ context.Context, authority string, by uuid.UUID) (string, error) {
	if c.posting.Item == "" || c.manifest != nil {
		return "", delivery.ErrNothing
	}
	c.manifest = &delivery.Manifest{ID: authority + "-2026-11-22-1", Authority: authority, Number: 1, ClosedAt: now, ClosedBy: by, Items: 2}
	c.lines = []delivery.Line{{Row: 1, Item: c.posting.Item, Paper: c.posting.Number, Title: c.posting.Title, State: delivery.PostManifested}, {Row: 2, Item: "RR000000005PS", Paper: "DL-2026-000002", Title: c.posting.Title, State: delivery.PostManifested}}
	c.posting.State, c.posting.Manifest = delivery.PostManifested, c.manifest.ID
	return c.manifest.ID, nil
}

func (c *counterOf) Manifests(context.Context, []string) (out []delivery.Manifest, _ error) {
	if c.manifest != nil {
		out = append(out, *c.manifest)
	}
	return out, nil
}

func (c *counterOf) OneManifest(_ context.Context, authorities []string, id string) (*delivery.Manifest, []delivery.Line, error) {
	if c.manifest == nil || id != c.manifest.ID || !slices.Contains(authorities, c.manifest.Authority) {
		return nil, nil, delivery.ErrNotFound
	}
	m := *c.manifest
	return &m, c.lines, nil
}

func (c *counterOf) ManifestFile(context.Context, []string, string) ([]byte, error) {
	return []byte("manifest,row\r\n"), nil
}

func (c *counterOf) HandToCarrier(_ context.Context, _ []string, _ string, by uuid.UUID) error {
	if c.manifest.HandedAt != nil {
		return delivery.ErrState
	}
	at := now
	c.manifest.HandedAt, c.manifest.HandedBy = &at, &by
	c.lines[0].State, c.lines[1].Held = delivery.PostHanded, true
	return nil
}

func (c *counterOf) Track(_ context.Context, _ []string, told []delivery.Tracked, _ uuid.UUID) (wrong []delivery.Wrong, _ error) {
	for i, t := range told {
		if t.Item != c.posting.Item {
			wrong = append(wrong, delivery.Wrong{Row: i + 1, What: "unknown"})
		}
	}
	if len(wrong) == 0 {
		c.tracked = append(c.tracked, told...)
	}
	return wrong, nil
}

// posting is an authority of which a paper is to be posted.
func posting(s *served) {
	v := s.ended("K9K8-21AC")
	s.counter.posting = delivery.Posting{Paper: "abc234", Number: "DL-2026-000001", Title: text("رخصة قيادة", "Driving licence"), Application: v.ID, Authority: "transport", State: delivery.PostAsked, Since: now, Known: true}
	s.counter.to = delivery.Address{Name: "رنا الخطيب", Street: "شارع الإرسال 12", Town: "رام الله", Postcode: "P6000000", Phone: "0599123456"}
}

// uploads posts a carrier's file.
func (s *served) uploads(file string) page {
	s.t.Helper()
	var body bytes.Buffer
	out := multipart.NewWriter(&body)
	part, err := out.CreateFormFile("_tracking", "events.csv")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/desk/post/tracking?lang=en", &body)
	r.Header.Set("Content-Type", out.FormDataContentType())
	return s.send(leila, r)
}

func TestAClerkPacksPapersAndHandsThemToTheCarrierWithAManifest(t *testing.T) {
	s := serve(t)
	posting(s)
	const at, list = "/desk/post/items/abc234", "/desk/post"
	s.get(leila, list+"?lang=en").want(200, "tbody a[href='"+at+"']", "DL-2026-000001", "tbody .tag", "To be packed", ".site-nav [aria-current]", "Post")
	s.get(nurse, list).want(404)
	s.get(nurse, at).want(404)
	if got := s.get(nurse, "/desk?lang=en").want(200); strings.Contains(got.Find(".site-nav").Text(), "Post") {
		t.Error("the hospital is led to transport's post")
	}
	s.get(leila, at+"?lang=en").want(200, "main", "شارع الإرسال 12", "main", "0599123456", "main form button", "It is packed")
	s.submit(leila, at+"?lang=en", "_label", "RR473124823GB").want(422, ".error-summary", "a digit is wrong")
	s.submit(leila, at+"?lang=en", "_label", "RR000000005PS").want(422, ".error-summary", "Another item")
	s.counter.invalid = true
	s.submit(leila, at+"?lang=en", "_label", "RR473124829GB").want(409, ".banner", "not valid now")
	s.counter.invalid = false
	s.submit(leila, list+"/close?lang=en", "_authority", "transport").want(409, ".banner", "nothing to put into a manifest")
	s.submit(leila, at, "_label", "rr 473 124 829 gb").want(303)
	s.get(leila, list+"?lang=en").want(200, "tbody .tag", "Packed", "main form button", "Close the manifest: \u20681\u2069 packed")
	s.submit(leila, list+"/close", "_authority", "health").want(404)
	const manifest = list + "/manifests/transport-2026-11-22-1"
	if got := s.submit(leila, list+"/close", "_authority", "transport").want(303); got.header.Get("Location") != manifest {
		t.Errorf("leads to %s", got.header.Get("Location"))
	}
	s.get(nurse, manifest).want(404)
	s.get(leila, manifest+"?lang=en").want(200, "tbody tr:nth-child(1)", "RR473124829GB", "tfoot", "Total", "main", "Leila Mansour", "main form button", "It was handed to the carrier")
	if got := s.get(leila, manifest+"/manifest.csv").want(200); got.header.Get("Content-Disposition") != `attachment; filename="transport-2026-11-22-1.csv"` || !strings.HasPrefix(got.header.Get("Content-Type"), "text/csv") {
		t.Errorf("%v", got.header)
	}
	s.submit(leila, manifest).want(303)
	s.submit(leila, manifest+"?lang=en").want(409, ".banner", "Somebody else was quicker")
	if got := s.get(leila, manifest+"?lang=en").want(200, ".banner", "Take them out", "tbody tr:nth-child(2) .tag", "Kept back"); got.Find("main form").Length() > 0 {
		t.Error("it can be handed over again")
	}
	for _, action := range []string{"post-read", "post-label", "manifest-closed", "manifest-read", "manifest-handed"} {
		if !slices.ContainsFunc(s.audit, func(e audit.Entry) bool { return e.Action == action }) {
			t.Errorf("%s is not in the audit", action)
		}
	}
	for _, e := range s.audit {
		for _, v := range e.Detail {
			if strings.Contains(v, "الإرسال") {
				t.Error("the audit knows the address")
			}
		}
	}
}

func TestACarriersFileIsTakenWholeOrItsRowsAreNamed(t *testing.T) {
	s := serve(t)
	posting(s)
	s.counter.posting.Item = "RR473124829GB"
	s.submit(leila, "/desk/post/close", "_authority", "transport").want(303)
	s.uploads("item,event,at\nRR473124829GB,delivered,2026-11-22T09:00:00Z\nRR000000005PS,lost,2026-11-22T09:00:00Z\n").want(422, ".banner", "Nothing was taken", ".banner", "Row \u20682\u2069: no item of ours")
	s.uploads("%PDF-1.7").want(422, ".banner", "cannot be read")
	if len(s.counter.tracked) > 0 {
		t.Fatalf("%+v", s.counter.tracked)
	}
	s.uploads("item,event,at\nRR473124829GB,delivered,2026-11-22T09:00:00Z\n").want(200, ".banner--success", "Rows: \u20681\u2069")
	if len(s.counter.tracked) != 1 {
		t.Errorf("%+v", s.counter.tracked)
	}
	s.uploads(strings.Repeat("x", delivery.MostTracking+64<<10)).want(413)
	s.submit(leila, "/desk/post/tracking", "_tracking", "item,event,at").want(404)
}

func TestALostPaperIsOfferedAgain(t *testing.T) {
	s := serve(t)
	posting(s)
	s.counter.posting.State = delivery.PostLost
	s.get(leila, "/desk/post/items/abc234?lang=en").want(200, "main", "lost", "main form button", "Offer to send it again")
	s.submit(leila, "/desk/post/items/abc234", "_action", "again").want(303)
	if s.counter.posting.State != delivery.PostOffered {
		t.Errorf("%+v", s.counter.posting)
	}
}

func TestNobodyHandsOverOrPacksAPaperOfTheirOwn(t *testing.T) {
	s := serve(t)
	collecting(s)
	const at = "/desk/collect/ABCDEFGH2345"
	v := s.views[s.counter.paper.Application]
	hand := []string{"_action", "hand", "_who", "holder", "_proof", "passport", "_last", "4567"}
	refused := func(why string) {
		t.Helper()
		for _, state := range []delivery.State{delivery.Asked, delivery.Ready} {
			s.counter.paper.State = state
			if got := s.get(leila, at+"?lang=en").want(200, ".banner", "A colleague sees to it"); got.Find("main form").Length() > 0 {
				t.Errorf("%s, and the page offers it", why)
			}
			s.submit(leila, at+"?lang=en", "_action", "have").want(403)
			s.submit(leila, at+"?lang=en", hand...).want(403, ".banner", "A colleague sees to it")
			if s.counter.paper.State != state {
				t.Errorf("%s, and it is %s", why, s.counter.paper.State)
			}
		}
	}
	applicant := v.Applicant
	v.Applicant = leila.ID
	refused("it is the clerk's own")
	v.Applicant, v.Representative = applicant, &leila.ID
	refused("the clerk has applied for the holder")
	v.Representative = nil
	leila.NationalNumber = "403456789"
	defer func() { leila.NationalNumber = "" }()
	refused("the clerk is to collect it")
	leila.NationalNumber = "401234567"
	refused("the clerk is the holder by number")
	leila.NationalNumber = "409999999"
	s.counter.paper.State = delivery.Ready
	s.submit(leila, at, hand...).want(303)

	posting(s)
	s.views[s.counter.posting.Application].Applicant = leila.ID
	s.get(leila, "/desk/post/items/abc234?lang=en").want(200, ".banner", "A colleague sees to it")
	s.submit(leila, "/desk/post/items/abc234", "_label", "RR473124829GB").want(403)
	if s.counter.posting.Item != "" {
		t.Error("it was packed")
	}
}

package main

import (
	"net/http"
	neturl "net/url"
	"strconv"
	"strings"
	"testing"
)

const (
	saleFile     = "services/police/car-sale.yaml"
	employerFile = "services/labour/change-employer.yaml"
)

// starts begins the first change of a platform on the designer's pages, and gives its address.
func (c *caller) starts(t *testing.T, authority, file, title, reason string) string {
	t.Helper()
	const path = "/designer/changes/1"
	if _, status := c.page(t, "/designer/changes", neturl.Values{"title": {title}, "authority": {authority}, "file": {file}}); status != http.StatusSeeOther {
		t.Fatalf("a change is begun: %d", status)
	}
	if _, status := c.page(t, path+"/words", neturl.Values{"title": {title}, "reason": {reason}}); status != http.StatusSeeOther {
		t.Fatalf("its words: %d", status)
	}
	return path
}

// saves types other text into the source of a file; each old text stands there at least once, and is replaced wherever it stands.
func (c *caller) saves(t *testing.T, path, file string, oldNew ...string) {
	t.Helper()
	at := path + "/edit?" + neturl.Values{"file": {file}, "tab": {"text"}}.Encode()
	doc, _ := c.page(t, at, nil)
	box := doc.Find("textarea[name=text]")
	text := box.Text()
	for i := 0; i < len(oldNew); i += 2 {
		if !strings.Contains(text, oldNew[i]) {
			t.Fatalf("%s has no %q", file, oldNew[i])
		}
	}
	version := box.Closest("form").Find("input[name=version]").AttrOr("value", "")
	form := neturl.Values{"act": {"save"}, "file": {file}, "version": {version}, "text": {strings.NewReplacer(oldNew...).Replace(text)}}
	if _, status := c.page(t, path+"/edit", form); status != http.StatusSeeOther {
		t.Fatalf("it is saved: %d", status)
	}
}

// proposed proposes a change of what is paid and of a rule on its page.
func (c *caller) proposed(t *testing.T, path string) (ch seenChange) {
	t.Helper()
	if doc, status := c.page(t, path+"/propose", neturl.Values{}); status != http.StatusSeeOther {
		t.Fatalf("it is proposed: %d %s", status, doc.Find("main").Text())
	}
	must(t, c, "GET", changesPath+strings.TrimPrefix(path, "/designer/changes"), "", nil, &ch, http.StatusOK)
	if ch.Status != "proposed" || !ch.Checks.Fees || !ch.Checks.Rules || ch.Checks.Data || ch.Checks.Texts {
		t.Errorf("%+v", ch)
	}
	return ch
}

// stood waits until a change stands as it should.
func (c *caller) stood(t *testing.T, ch *seenChange, status string) {
	t.Helper()
	if err := eventually(func() (bool, error) {
		must(t, c, "GET", changesPath+"/"+strconv.FormatInt(ch.Number, 10), "", nil, ch, http.StatusOK)
		return ch.Status == status, nil
	}); err != nil {
		t.Fatalf("it is not %s: %+v", status, ch)
	}
}

// tells fails unless the newest entry of a service's history says all of it.
func (c *caller) tells(t *testing.T, service string, wants ...string) {
	t.Helper()
	doc, _ := c.page(t, "/designer/services/"+service+"/history", nil)
	told := doc.Find(".history__entry").First().Text()
	for _, want := range wants {
		if !strings.Contains(told, want) {
			t.Errorf("the history does not say %q: %s", want, told)
		}
	}
}

// In Kazakhstan nobody approves alone: an analyst changes a fee and a time limit of the sale of a car in the designer, two of the ministry look at it, neither
// of them twice, finance does, two of three in the commission vote for it, and the ministry of digital development decides. It is live then, and not before.
func TestTwoSideBySideACommissionAndAMinistryDecideOnAChange(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), kazakhstan)
	analyst, first, second := p.as(t, "analyst.police"), p.as(t, "reviewer.police"), p.as(t, "reviewer2.police")
	path := analyst.starts(t, "police", saleFile, "Алым және мерзім", "2026 жылғы 12-бұйрық")
	analyst.saves(t, path, saleFile,
		"amount: tariff.registrationDuty", `amount: tariff.registrationDuty + money("100.00 KZT")`, "5406.25 KZT", "5506.25 KZT", "within: {3 days: lapse}", "within: {5 days: lapse}")
	if _, status := first.page(t, path+"/propose", neturl.Values{}); status != http.StatusForbidden {
		t.Errorf("a reviewer proposes it: %d", status)
	}
	ch := analyst.proposed(t, path)

	first.approves(t, path)
	var left seen
	if err := eventually(func() (bool, error) {
		must(t, first, "GET", ownPath+ch.Application, "", nil, &left, http.StatusOK)
		return len(left.Tasks) == 1, nil
	}); err != nil {
		t.Fatalf("two are asked, and one has approved: %+v", left.Tasks)
	}
	var refused rejected
	must(t, first, "POST", ownPath+ch.Application+"/acts", "", map[string]any{"task": left.Tasks[0].ID, "action": "approve", "revision": left.Tasks[0].Revision}, &refused, http.StatusForbidden)
	if refused.code() != "same-officer" {
		t.Errorf("whoever has approved approves for the other too: %s", refused.Type)
	}
	second.approves(t, path)
	p.as(t, "reviewer.finance").approves(t, path)
	member := p.as(t, "commission.1")
	member.approves(t, path)
	if err := eventually(func() (bool, error) {
		doc, _ := member.page(t, path+"/review", nil)
		return doc.Find("#decision").Length() == 0 && strings.Contains(doc.Find(".decision").Text(), "You have voted"), nil
	}); err != nil {
		t.Error("a member is asked for a second vote")
	}
	p.as(t, "commission.3").approves(t, path)
	ministry := p.as(t, "ministry")
	if err := eventually(func() (bool, error) {
		doc, _ := ministry.page(t, path+"/review", nil)
		return doc.Find("#decision").Length() == 1, nil
	}); err != nil {
		t.Fatal("the ministry is not asked")
	}
	analyst.stood(t, &ch, "proposed")
	ministry.approves(t, path)
	analyst.stood(t, &ch, "approved")
	analyst.tells(t, "police.car.sale", "Алым және мерзім", "2026 жылғы 12-бұйрық", "First review", "Second review", "Lyazzat Omarova", "Kairat Duisenov", "Serik Toktarov",
		"Member of the interagency commission (Ministry of Artificial Intelligence and Digital Development)", "Almagul Rakhimova")
}

// In Qatar whoever is concerned is asked at once: finance returns a fee while the lawyers have not answered, who are asked no more; the analyst proposes it
// anew, and when all agree the bureau adopts it.
func TestAllWhoAreConcernedAreAskedAtOnceAndOneReturnSendsAChangeBack(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), qatar)
	analyst, owner, finance, legal := p.as(t, "analyst.labour"), p.as(t, "reviewer.labour"), p.as(t, "reviewer.finance"), p.as(t, "reviewer.legal")
	path := analyst.starts(t, "labour", employerFile, "رسم التوثيق ومهلته", "قرار الوزير 12 لسنة 2026")
	analyst.saves(t, path, employerFile, "amount: tariff.authentication", `amount: tariff.authentication + money("10.00 QAR")`, "{authentication: 60.00 QAR}", "{authentication: 70.00 QAR}",
		"within: {14 days: lapse}", "within: {20 days: lapse}")
	ch := analyst.proposed(t, path)
	owner.approves(t, path)
	asked := func(who *caller, want int) {
		t.Helper()
		if err := eventually(func() (bool, error) {
			doc, _ := who.page(t, path+"/review", nil)
			return doc.Find("#decision").Length() == want, nil
		}); err != nil {
			t.Fatalf("%d decisions are not asked of one of them", want)
		}
	}
	asked(legal, 1)
	finance.decides(t, ch.Application, "finance", "sendBack", "Why ten?")
	analyst.stood(t, &ch, "returned")
	asked(legal, 0)

	analyst.saves(t, path, employerFile, `money("10.00 QAR")`, `money("5.00 QAR")`, "{authentication: 70.00 QAR}", "{authentication: 65.00 QAR}")
	ch = analyst.proposed(t, path)
	owner.approves(t, path)
	asked(finance, 1)
	legal.approves(t, path)
	finance.approves(t, path)
	p.as(t, "bureau").approves(t, path)
	analyst.stood(t, &ch, "approved")
	analyst.tells(t, "labour.employer.change", "5.00 QAR", "Hamad Al-Ishaq", "Moza Al-Sada", "Yousef Al-Mulla", "Ghanim Al-Muftah")
}

package portal

import (
	"net/http"

	"github.com/diwan-gov/diwan/runtime/ui"
)

// footer leads to the pages that say how things are done here.
var footer = []ui.FooterLink{
	{Text: map[string]string{"ar": "المساعدة", "en": "Help"}, Href: "/help"},
	{Text: map[string]string{"ar": "الاستماع العام", "en": "Public hearings"}, Href: "/hearings"},
	{Text: map[string]string{"ar": "تحقق من وثيقة", "en": "Check a document"}, Href: "/verify"},
	{Text: map[string]string{"ar": "إمكانية الوصول", "en": "Accessibility"}, Href: "/accessibility"},
	{Text: map[string]string{"ar": "الخصوصية", "en": "Privacy"}, Href: "/privacy"},
	{Text: map[string]string{"ar": "التوثيق", "en": "Documentation"}, Href: "/docs"},
	{Text: map[string]string{"ar": "البيانات النموذجية", "en": "Sample data"}, Href: "/about-sample-data"},
}

type aboutPage struct{ Text string }

// about is a page of text: the messages about.<name>.title and about.<name>.text.
func (p *Portal) about(name string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		l := p.locale(r)
		page := p.page(r, l.T("about."+name+".title"))
		page.Crumbs = []ui.Link{{Text: l.T("site.home"), Href: "/"}, {Text: page.Title}}
		page.Body = aboutPage{Text: l.T("about." + name + ".text")}
		return p.ui.Render(w, r, http.StatusOK, "about", page)
	}
}

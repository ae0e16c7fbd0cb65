package portal

import (
	"net/http"

	"github.com/diwan-gov/diwan/runtime/ui"
)

// footer leads to the pages that say how things are done here.
var footer = []ui.FooterLink{
	{Text: map[string]string{"ar": "المساعدة", "en": "Help", "kk": "Көмек", "ru": "Помощь", "fr": "Aide"}, Href: "/help"},
	{Text: map[string]string{"ar": "الاستماع العام", "en": "Public hearings", "kk": "Қоғамдық талқылаулар", "ru": "Публичные обсуждения", "fr": "Consultations publiques"}, Href: "/hearings"},
	{Text: map[string]string{"ar": "تحقق من وثيقة", "en": "Check a document", "kk": "Құжатты тексеру", "ru": "Проверить документ", "fr": "Vérifier un document"}, Href: "/verify"},
	{Text: map[string]string{"ar": "إمكانية الوصول", "en": "Accessibility", "kk": "Қолжетімділік", "ru": "Доступность", "fr": "Accessibilité"}, Href: "/accessibility"},
	{Text: map[string]string{"ar": "الخصوصية", "en": "Privacy", "kk": "Құпиялылық", "ru": "Конфиденциальность", "fr": "Confidentialité"}, Href: "/privacy"},
	{Text: map[string]string{"ar": "التوثيق", "en": "Documentation", "kk": "Құжаттама", "ru": "Документация", "fr": "Documentation"}, Href: "/docs"},
	{Text: map[string]string{"ar": "البيانات النموذجية", "en": "Sample data", "kk": "Үлгі деректер", "ru": "Учебные данные", "fr": "Données d’exemple"}, Href: "/about-sample-data"},
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

package reference

import "github.com/diwan-gov/diwan/catalog/explain"

// Page is one document about the language.
type Page struct {
	Name     string            // its address and the name of its file: language
	Title    map[string]string // by language
	Summary  map[string]string // one sentence, by language
	Markdown map[string]string // by language; English always
	Mixed    bool              // the English text holds the Arabic beside it
}

// Pages are the documents in the order in which a newcomer needs them.
func Pages() []Page {
	return []Page{{
		Name:     "guide",
		Title:    map[string]string{"ar": "من ورقة إرشادات إلى خدمة تعمل", "en": "From a leaflet to a running service"},
		Summary:  map[string]string{"ar": "خدمة كاملة في ساعة، خطوة بعد خطوة.", "en": "A whole service in an hour, step by step."},
		Markdown: map[string]string{"ar": Guide("ar"), "en": Guide("en")},
	}, {
		Name:     "steps",
		Title:    map[string]string{"ar": "كل نوع من الخطوات مع مثال", "en": "Each kind of step"},
		Summary:  map[string]string{"ar": "متى تُستعمل كل خطوة، ومثالها، وما يراه الناس، وما يسأل عنه الفحص.", "en": "When to use it, an example, what people see, and what the check asks."},
		Markdown: map[string]string{"ar": Steps("ar"), "en": Steps("en")},
	}, {
		Name:     "language",
		Title:    map[string]string{"ar": "مرجع اللغة", "en": "The language"},
		Summary:  map[string]string{"ar": "كل مفتاح ونوع ودالة، بمعناها ومثالها.", "en": "Every key, type and function, with its meaning."},
		Markdown: map[string]string{"en": Markdown()},
	}, {
		Name:     "findings",
		Title:    map[string]string{"ar": "ملاحظات الفحص", "en": "The findings"},
		Summary:  map[string]string{"ar": "ما تعنيه كل ملاحظة وما العمل، مع مثال خاطئ وآخر صحيح.", "en": "What each finding means and asks for, with a wrong and a right example."},
		Markdown: map[string]string{"en": explain.Markdown()},
		Mixed:    true,
	}, {
		Name:     "api",
		Title:    map[string]string{"ar": "طلب واحد بأداة curl", "en": "One application with curl"},
		Summary:  map[string]string{"ar": "من الرمز إلى الوثيقة عبر واجهة HTTP البرمجية، أمرًا بعد أمر.", "en": "From the token to the paper over the HTTP API, command by command."},
		Markdown: map[string]string{"ar": API("ar"), "en": API("en")},
	}, {
		Name:     "constructs",
		Title:    map[string]string{"ar": "ما يحتاج إليه كتالوج وطني", "en": "What a national catalogue wants"},
		Summary:  map[string]string{"ar": "كم خدمة من 1400 خدمة تحتاج إلى كل نوع من الخطوات والرسوم.", "en": "How many of 1400 services want each kind of step and of fee."},
		Markdown: map[string]string{"en": ConstructsMarkdown()},
	}}
}

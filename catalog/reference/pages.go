package reference

// Page is one document about the language.
type Page struct {
	Name     string            // its address and the name of its file: language
	Title    map[string]string // by language
	Summary  map[string]string // one sentence, by language
	Markdown map[string]string // by language; English always
}

// Pages are the documents in the order in which a newcomer needs them.
func Pages() []Page {
	return []Page{{
		Name:     "language",
		Title:    map[string]string{"ar": "مرجع اللغة", "en": "The language"},
		Summary:  map[string]string{"ar": "كل مفتاح ونوع ودالة، بمعناها ومثالها.", "en": "Every key, type and function, with its meaning."},
		Markdown: map[string]string{"en": Markdown()},
	}}
}

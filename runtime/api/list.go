package api

import "github.com/diwan-gov/diwan/runtime/application"

// Page is a part of a list. Next is what after= takes for the next part; it is absent at the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// answer is a body with status 200.
type answer[T any] struct{ Body T }

// Part asks for a part of a list.
type Part struct {
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	After string `query:"after" maxLength:"200" doc:"The next of the page before"`
}

func (p Part) page() application.Page { return application.Page{After: p.After, Size: p.Limit} }

// paged turns every item of a part of a list.
func paged[From, To any](p application.Paged[From], turn func(From) To) *answer[Page[To]] {
	out := Page[To]{Items: make([]To, len(p.Items)), Next: p.Next}
	for i, item := range p.Items {
		out.Items[i] = turn(item)
	}
	return &answer[Page[To]]{Body: out}
}

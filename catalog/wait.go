package catalog

import (
	"reflect"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Wait is what a step waits for. Beside start it is the word true or false: whether the other service is waited for.
type Wait struct {
	source.Ranged
	Ends  bool        // written as true
	Until source.Text `diwan:"until" doc:"Formula of the day on which it goes on."`
	For   source.Text `diwan:"for" doc:"How long: 30 days."`
	Event source.Text `diwan:"event" doc:"Event that is waited for; what it gives is read under the step's code."`
	About source.Text `diwan:"about" doc:"Formula of the text that the event must be about, such as a national number."`
}

// DecodeNode takes true, false or a mapping.
func (w *Wait) DecodeNode(n *source.Node, dec *source.Decoder) {
	if n.Kind == source.Scalar {
		if n.Value != "true" && n.Value != "false" || n.Style != source.Plain {
			dec.Expected(n, "{until: day}, {for: 30 days} or {event: name}; or true beside start")
			return
		}
		w.Ends = n.Value == "true"
		source.Take(n, &w.Ranged)
		return
	}
	type mapping Wait
	dec.Decode(n, (*mapping)(w))
}

// Describe names the shapes for the language reference.
func (*Wait) Describe() source.Type {
	return source.Type{Kind: "one of", Shapes: []source.Type{
		{Kind: "mapping", Go: reflect.TypeFor[Wait](), Doc: "A day, a time or an event."},
		{Kind: "true or false", Doc: "Beside start: whether it is waited for."},
	}}
}

// Event is something that other systems tell, declared in one file of events/. Steps wait for it, and services may begin or end by it.
type Event struct {
	source.Ranged
	Code      source.Text      `diwan:"event,required" doc:"Code of the event, in dotted words: civil.death-recorded."`
	Title     Text             `diwan:"title,required" doc:"What has happened, in each language."`
	Authority source.Text      `diwan:"authority" doc:"Authority that tells it."`
	About     source.Text      `diwan:"about" doc:"Field of the event that says whom or what it is about."`
	Gives     source.Map[Type] `diwan:"gives,required" doc:"Fields of the event and their types."`
}

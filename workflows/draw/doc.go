// Package draw makes pictures of a plan: an SVG for people, and BPMN 2.0 with its diagram for tools. It draws what runs, so that a picture
// cannot show anything that the engine does not do.
//
// It owns the layout: rows from the submission down, what ends an application beside the step that ends it, corrections on the other side, ways
// back in lanes of their own. It may not know the catalogue or the machine, and decides nothing.
//
//	svg := draw.SVG(plan, texts, draw.Options{Lang: "ar"})
//	xml := draw.BPMN(plan, texts, draw.Options{Lang: "en"})
package draw

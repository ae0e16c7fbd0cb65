// Package compile turns a service of a catalogue into a plan and its texts.
//
// It owns the meaning of a definition: how steps in order become nodes and edges, which values travel with an application, what can no
// longer be changed once it has been relied upon. Whether a definition is wise is catalog/check's business; compile reports only what keeps
// it from making a plan. It is pure: the same catalogue gives the same bytes, whatever the machine and the order of its maps.
//
//	p, texts, findings := compile.Compile(c, c.Service("transport.driving-licence.renew"))
//	if findings.HasErrors() { … } // p and texts are nil
package compile

// Package catalog is the language in which a government declares its services: what a service, a form, a field, a step, a fee, a
// document, a registry and a tariff are, and how a folder of YAML files becomes a Catalogue.
//
// It owns the letters of the language. It knows no Temporal, no database and no HTTP: it reads files and gives values that know their
// place. Whether a definition makes sense is decided in catalog/check; what it does when it runs, in workflows/compile.
//
//	c, findings := catalog.Load(os.DirFS("samples/palestine"))
//	if findings.HasErrors() { … }
//	s := c.Service("transport.driving-licence.renew")
package catalog

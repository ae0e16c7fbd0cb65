package compile

import (
	"maps"
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// planRow compiles a labelled value; its kind is what its formula gives.
func (k *compiler) planRow(step int, value, when source.Text, paper bool, guards ...source.Text) plan.Row {
	if when.Value != "" {
		k.row(step, when, yesNo, paper, guards...)
	}
	t, _ := k.row(step, value, formula.Type{}, paper, append(guards, when)...)
	return plan.Row{Formula: value.Value, Kind: kindName(t.Kind), Fields: within(t), When: when.Value, Unit: t.Unit}
}

// document adds what an issue step prints, once.
func (k *compiler) document(i int, st *catalog.Step) {
	d := k.c.Document(st.Issue.Value)
	if d == nil {
		k.unknown("document", st.Issue)
		return
	}
	if slices.ContainsFunc(k.plan.Documents, func(o plan.Document) bool { return o.Code == d.Code.Value }) {
		return
	}
	out := plan.Document{Code: d.Code.Value, Register: d.Register.Value, Rows: []plan.Row{}, Valid: d.Valid.Value, Sample: d.Sample, Proves: d.Proves.Value}
	if d.Valid.Value != "" {
		k.row(i, d.Valid, formula.Type{Kind: formula.KindDate}, true)
	}
	for j := range d.Rows {
		row := k.planRow(i, d.Rows[j].Value, d.Rows[j].When, true)
		row.Code, row.Claim = d.Rows[j].Code.Value, d.Rows[j].Claim.Value
		out.Rows = append(out.Rows, row)
	}
	k.plan.Documents = append(k.plan.Documents, out)
}

// readSets says what travels with an application: the paths that the machine's formulas read, of each lookup the fields, and of the tariff
// also what rows read, so that one version of it holds for all.
func (k *compiler) readSets() {
	k.plan.Reads, k.plan.TariffReads = []string{}, []string{}
	for _, f := range slices.Concat(k.scope.Fields, k.scope.ItemFields()) {
		if f.Type.Object == nil {
			continue
		}
		for _, field := range f.Type.Object.Fields {
			path := f.Name + "." + field.Name
			needed := needs(k.needs, path)
			switch f.Name {
			case catalog.FormRoot, catalog.ApplicantRoot, catalog.RepresentativeRoot:
				if needed {
					k.plan.Reads = append(k.plan.Reads, path)
				}
			case catalog.TariffRoot:
				if needed || needs(k.paperNeeds, path) {
					k.plan.TariffReads = append(k.plan.TariffReads, field.Name)
				}
			default:
				k.keep(f.Name, field.Name, needed)
			}
		}
	}
	slices.Sort(k.plan.Reads)
	slices.Sort(k.plan.TariffReads)
	k.prune()
}

// prune leaves out of the scope what no formula reads of tariffs and answers: a new amount in a tariff, or a new field of a registry, must
// not make new plans of services that do not use it.
func (k *compiler) prune() {
	read := maps.Clone(k.needs)
	maps.Copy(read, k.paperNeeds)
	maps.Copy(read, k.formNeeds)
	for _, f := range k.scope.Facts {
		for _, path := range k.resolve(f.Formula) {
			read[path] = true
		}
	}
	for i := range k.plan.Scope {
		root := &k.plan.Scope[i]
		if slices.Contains([]string{catalog.FormRoot, catalog.ApplicantRoot, catalog.RepresentativeRoot, catalog.AsOfRoot, catalog.FactsRoot}, root.Name) {
			continue
		}
		root.Fields = slices.DeleteFunc(root.Fields, func(f plan.Field) bool { return !needs(read, root.Name+"."+f.Name) })
	}
}

func (k *compiler) keep(result, field string, needed bool) {
	for i := range k.plan.Nodes {
		if l := k.plan.Nodes[i].Lookup; needed && l != nil && l.Result == result {
			l.Keep = append(l.Keep, field)
		}
		if w := k.plan.Nodes[i].Wait; needed && w != nil && w.Result == result {
			w.Keep = append(w.Keep, field)
		}
	}
}

// needs tells whether path, the whole object that holds it, or something inside it is read.
func needs(read map[string]bool, path string) bool {
	root, _ := cut(path)
	if read[path] || read[root] {
		return true
	}
	for p := range read {
		if len(p) > len(path) && p[:len(path)] == path && p[len(path)] == '.' {
			return true
		}
	}
	return false
}

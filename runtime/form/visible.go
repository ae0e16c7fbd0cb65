package form

import (
	"fmt"
	"slices"
)

// sortByCondition orders the fields so that each stands after those that its condition reads, and otherwise as in the form. Then one pass
// decides what is visible. Conditions that go round in circles are refused.
func (f *Form) sortByCondition() error {
	placed := make([]bool, len(f.fields))
	moving := make([]bool, len(f.fields))
	reads := make([]bool, len(f.fields))
	var place func(i int) error
	place = func(i int) error {
		if placed[i] {
			return nil
		}
		if moving[i] {
			return fmt.Errorf("field %s: whether it is shown depends on itself", f.fields[i].Code)
		}
		moving[i] = true
		if when := f.fields[i].when; when != nil {
			for _, before := range when.fields {
				reads[before] = true
				if err := place(before); err != nil {
					return err
				}
			}
		}
		placed[i] = true
		f.order = append(f.order, i)
		return nil
	}
	for i := range f.fields {
		if err := place(i); err != nil {
			return err
		}
	}
	for i, read := range reads {
		if read {
			f.dynamic = append(f.dynamic, f.fields[i].Code)
		}
	}
	return nil
}

// Dynamic lists the fields whose answer may show or hide others, in form order.
func (f *Form) Dynamic() []string { return slices.Clone(f.dynamic) }

package filling

import (
	"slices"
	"strconv"
	"strings"
)

// rowChange is what a button beside a row has done.
type rowChange struct {
	made  bool
	group string
	added string // name of the row that was added, else ""
}

// RowsChanged tells that a button beside a row was pressed: the page is shown again, and nothing is sent.
func (f *Filling) RowsChanged() bool { return f.changed.made }

// changeRows adds or removes a row of a group, where the button that was pressed says so. What else was typed stays.
func (f *Filling) changeRows(button string) {
	if f.Form == nil {
		return
	}
	verb, name, _ := strings.Cut(button, ":")
	group, row, _ := strings.Cut(name, ".")
	if verb != "add" && verb != "remove" || slices.Contains(f.Frozen, group) {
		return
	}
	f.changed = rowChange{made: true, group: group}
	if verb == "add" {
		f.changed.added = group + "." + f.Typed.Get(group)
		f.Form.AddRow(f.Typed, group)
		return
	}
	if at, err := strconv.Atoi(row); err == nil {
		f.Form.RemoveRow(f.Typed, group, at)
	}
}

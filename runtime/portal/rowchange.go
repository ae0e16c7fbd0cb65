package portal

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

// changeRows adds or removes a row of a group, where the button that was pressed says so. What else was typed stays.
func (f *filling) changeRows(button string) {
	verb, name, _ := strings.Cut(button, ":")
	group, row, _ := strings.Cut(name, ".")
	if verb != "add" && verb != "remove" || slices.Contains(f.frozen, group) {
		return
	}
	f.changed = rowChange{made: true, group: group}
	if verb == "add" {
		f.changed.added = group + "." + f.typed.Get(group)
		f.form.AddRow(f.typed, group)
		return
	}
	if at, err := strconv.Atoi(row); err == nil {
		f.form.RemoveRow(f.typed, group, at)
	}
}

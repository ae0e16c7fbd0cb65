// Package check finds what is wrong with a catalogue before anybody relies on it: names that do not exist, formulas that do not fit,
// waits without an end, money whose fate nobody has written down.
//
// It owns the rules, one file each, in one ordered list. It reads definitions that are loaded and gives findings; it reads no files,
// compiles no plans and runs no scenarios (the command does, and shows what comes out in the same list). What the strict reading of YAML
// finds is reported by catalog.Load and not repeated: of a file that could not be read, only what stands by itself is checked.
//
//	c, findings := catalog.Load(os.DirFS("samples/palestine"))
//	findings.Add(check.Check(c)...)
//	findings.Sort()
package check

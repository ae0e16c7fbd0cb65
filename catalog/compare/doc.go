// Package compare tells the difference of two definitions, or of two catalogues, in the words of the domain: which fee rose, which field
// becomes required, which step now comes before which, and not which lines moved.
//
// It walks the language's own specification of keys (source.Spec), so a key that was added to the language yesterday is compared today;
// what is known better has a better sentence. Comments, space, the order of keys and the way in which a formula or an amount is spelt are
// no difference. It compares what is written; what a difference does to applications is worked out in workflows/impact. It may not know
// plans, and reads no files.
//
//	d := compare.Catalogues(before, after)
//	d.WriteText(os.Stdout, "ar")
package compare

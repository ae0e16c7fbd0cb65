package formula

// Function is one function of the language, for its reference.
type Function struct {
	Name string
	Use  string // how it is written: addDays(date, days)
	Doc  string // what it gives, in one sentence
}

// Functions lists the functions in the order of the reference.
func Functions() []Function {
	all := make([]Function, len(meanings))
	for i, m := range meanings {
		all[i] = Function{Name: m.name, Use: usage[m.name], Doc: m.doc}
	}
	return all
}

var meanings = []struct{ name, doc string }{
	{"has", "Whether the value is there."},
	{"orElse", "The value, or the other where it is not there."},
	{"min", "The least of numbers, amounts or dates."},
	{"max", "The greatest of numbers, amounts or dates."},
	{"round", "The nearest whole number, or whole unit of the currency; a half goes away from zero."},
	{"roundUp", "The next whole number or unit that is not less."},
	{"roundDown", "The next whole number or unit that is not more."},
	{"percent", "So many percent of an amount, to the minor unit of its currency; a half goes to the even one."},
	{"convert", "The number in another unit of the same kind: exact, and to 34 digits where no decimal is (minutes in hours)."},
	{"money", "An amount; better kept in a tariff."},
	{"date", "A day."},
	{"daysBetween", "Days from one date to the other; negative where the second is before."},
	{"fullMonths", "Months that have passed; 0 where the second date is not after the first."},
	{"monthsBegun", "Months that have begun, the usual count of a late fine; 0 where the second date is not after the first."},
	{"fullYears", "Years that have passed, such as an age; 0 where the second date is not after the first."},
	{"addDays", "The date so many days later; earlier for a negative number."},
	{"addMonths", "The same day of another month, or its last day where it is shorter."},
	{"addYears", "The same day of another year; 28 February for 29 February."},
	{"size", "How many items, or letters."},
	{"sum", "The sum of a list of numbers or amounts."},
	{"all", "Whether the condition holds for every item."},
	{"exists", "Whether it holds for at least one item."},
	{"filter", "The items for which it holds."},
	{"map", "The list of a value of each item."},
	{"contains", "Whether the part stands in the text."},
	{"startsWith", "Whether the text begins so."},
	{"endsWith", "Whether the text ends so."},
	{"matches", "Whether the pattern is found in the text."},
	{"lower", "The text in small letters."},
}

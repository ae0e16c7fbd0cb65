// Package round ranks the applications of a round and gives them places. It is pure: equal inputs give equal results, whoever asks and whenever,
// so that what was given can be worked out again from its record.
//
//	given, err := round.Rank(round.Terms{Places: 30, Reserve: 10}, entries)   // the first first
//	i := round.Next("", reserve)                                             // who moves up to a place that was handed back
package round

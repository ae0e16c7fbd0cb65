// Package worktime counts working days and office hours on a calendar as an event has brought it.
//
// It owns how a calendar is cut into what an event brings (Published, Calendar) and the arithmetic on it. It is pure: no clock, no files. A day is
// its midnight in UTC; an instant is read in the zone that is given.
//
//	cal := published.Slice(today)
//	last, err := cal.Day(today, 3)                     // the third working day after today
//	over, err := cal.Add(now, 4*60, zone)              // when four office hours are over
package worktime

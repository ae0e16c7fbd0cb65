// Package reading says formulas in plain words: "the number of years is at least 60". It is for people who see what somebody else has written, or what
// they have put together by choosing; what a formula means is for package formula to say.
//
// It knows no definition: what a name is called comes from who asks. It knows no page.
//
//	said := reading.Say("form.years >= 60", reading.Words{Lang: "en", Name: func(path string) string { return titles[path] }})
package reading

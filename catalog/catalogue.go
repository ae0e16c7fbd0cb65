package catalog

import (
	"github.com/diwan-gov/diwan/catalog/source"
)

// Catalogue is everything that one government declares. It is made by Load, never changes and is safe for
// parallel use. Settings is never nil.
type Catalogue struct {
	Settings    *Settings
	Authorities []*Authority
	Registries  []*Registry
	Tariffs     []*Tariff
	Calendars   []*Calendar
	Documents   []*Document
	Events      []*Event
	Services    []*Service
	Rights      []*Right
	Blueprints  []*Blueprint
	Fragments   []*Fragment
	Texts       []*SharedTexts

	// Files holds every file that was read (definitions and scripts), by its slash-separated path inside the catalogue.
	Files map[string][]byte

	definitions []*definition // sorted by path
	byCode      codes
	shared      *shared
}

// Settings is catalogue.yaml: what holds for every service unless it says otherwise.
type Settings struct {
	source.Ranged
	Code      source.Text   `diwan:"catalogue,required" doc:"Code of the catalogue, for instance palestine."`
	Title     Text          `diwan:"title,required" doc:"Name of the catalogue, in each language."`
	Languages []source.Text `diwan:"languages,required" doc:"Languages in which every text must be given, the main one first."`
	Currency  source.Text   `diwan:"currency,required" doc:"ISO 4217 code of the currency in which fees are declared."`
	TimeZone  source.Text   `diwan:"timeZone,required" doc:"IANA time zone of every date and clock, for instance Asia/Hebron."`
	Calendar  source.Text   `diwan:"calendar,required" doc:"Calendar of working days."`
	Changes   source.Text   `diwan:"changes" names:"service" doc:"Service by which changes of the catalogue go: who looks at them, in which order, and until when. Its form has a field number, the number of the change; it asks the platform's own registry catalogue what the change is, and has it published. Without one nothing can be proposed."`
	Heads     []Head        `diwan:"heads" doc:"Revenue heads of the state's chart of accounts, under which fees are earned."`
	Roles     []Role        `diwan:"roles" doc:"Roles that every authority has beside its own, such as catalogue-reviewer. For these alone the application may name the authority (of)."`
}

// Head is a revenue head of the state's chart of accounts. States commonly number them as the IMF's Government Finance Statistics Manual 2014 does: 1422 are
// administrative fees, 143 fines, penalties and forfeits.
type Head struct {
	source.Ranged
	Code  source.Text `diwan:"head,required" doc:"Its number or code, as the ministry of finance writes it: 1422."`
	Title Text        `diwan:"title,required" doc:"Its name, in each language."`
}

// Authority is a public body that is competent for services (CPSV-AP: competent authority).
type Authority struct {
	source.Ranged
	Code  source.Text `diwan:"authority,required" doc:"Code of the authority."`
	Title Text        `diwan:"title,required" doc:"Its name, in each language."`
	Roles []Role      `diwan:"roles" doc:"Roles that its officers hold, beside those that every authority has (roles of catalogue.yaml)."`

	Offices []Office `diwan:"offices" doc:"Where people come to it, such as to collect a paper."`
}

// Office is where people come to an authority.
type Office struct {
	source.Ranged
	Code    source.Text `diwan:"office,required" doc:"Code of the office, unique in its authority."`
	Title   Text        `diwan:"title,required" doc:"Its name, in each language."`
	Address Text        `diwan:"address,required" doc:"Where it is, in each language."`
	Open    Text        `diwan:"open,required" doc:"When people are seen there, in each language: Sunday to Thursday, 8:00 to 14:00."`
}

// Role is what an officer of an authority, or of every authority, may be asked to do.
type Role struct {
	source.Ranged
	Code  source.Text `diwan:"role,required" doc:"Code of the role, unique in its authority and among the roles that every authority has."`
	Title Text        `diwan:"title,required" doc:"Its name, in each language."`
}

// Registry is a register of another system that steps ask. What it offers is declared here; how it is reached is configuration.
type Registry struct {
	source.Ranged
	Code       source.Text `diwan:"registry,required" doc:"Code of the registry."`
	Title      Text        `diwan:"title,required" doc:"Its name, in each language."`
	Authority  source.Text `diwan:"authority" doc:"Authority that keeps it."`
	Operations []Operation `diwan:"operations,required" doc:"What it answers."`
}

// Operation is one question that a registry answers, addressed as registry/operation.
type Operation struct {
	source.Ranged
	Code  source.Text      `diwan:"operation,required" doc:"Code of the operation."`
	Title Text             `diwan:"title" doc:"What it answers, in each language."`
	With  source.Map[Type] `diwan:"with" doc:"Arguments and their types."`
	Gives source.Map[Type] `diwan:"gives,required" doc:"Fields of the answer and their types."`
	// Writes tells an operation that changes something from one that only answers.
	Writes bool `diwan:"writes" doc:"true: the operation changes something in the registry; steps write to it."`
}

// Calendar says which days are working days.
type Calendar struct {
	source.Ranged
	Code     source.Text   `diwan:"calendar,required" doc:"Code of the calendar."`
	Title    Text          `diwan:"title,required" doc:"Its name, in each language."`
	Weekend  []source.Text `diwan:"weekend,required" doc:"Days of the week that are not worked: friday, saturday."`
	Hours    []OfficeHours `diwan:"hours" doc:"Office hours of a working day, in which limits in working hours count; two rows where there is a break."`
	Holidays []Holiday     `diwan:"holidays" doc:"Days that are not worked, and days with hours of their own."`
}

// OfficeHours are from when until when an office is open.
type OfficeHours struct {
	source.Ranged
	Days []source.Text `diwan:"days" doc:"Days of the week that have these hours and no others; every other working day where nothing is written."`
	From source.Text   `diwan:"from,required" doc:"When work begins (08:00)."`
	To   source.Text   `diwan:"to,required" doc:"When it ends (15:00)."`
}

// Holiday is one day that is not worked, or not as long as others.
type Holiday struct {
	source.Ranged
	Date  source.Text `diwan:"date,required" doc:"The day (YYYY-MM-DD)."`
	Title Text        `diwan:"title,required" doc:"Its name, in each language."`
	From  source.Text `diwan:"from" doc:"Of a half day, or of a day of a weekend that is worked: when work begins (08:00). Without, the day is not worked."`
	To    source.Text `diwan:"to" doc:"When it ends (12:00)."`
}

package bench

import (
	"time"

	"github.com/diwan-gov/diwan/workflows/machine"
)

// behaviour is one thing that an application may live through, as a small service and what happens to it.
//
// To add one, write a row here: a name, how it ends, what stands in the service behind its head (form, which has a number n and may be
// left out; fees; steps …), and the deeds that people, systems and time do, in their order (behave_test.go has them all). Time limits are not
// waited for: back lets the application be handed in so long ago, and ago lets what follows happen so long ago. Then record its history
//
//	go test ./cmd/standalone/bench -run 'TestEveryBehaviour/NAME$' -record
//
// and commit what that writes below workflows/interpret/testdata/histories. A history that is there is never recorded again, unless
// activity.Interpreter has a new version: a replay that fails says that open applications would break.
type behaviour struct {
	name    string
	outcome string
	service string
	form    map[string]any // {"n": 1} where there is none
	back    time.Duration
	down    int    // status with which registers answer until they are mended; 0 = they answer
	behalf  string // the capacity in which somebody else applies for the applicant, and does what the applicant would do
	round   string // first day of the round in which it takes part, whose workflow is recorded too
	deeds   []deed
}

// What many services say in the same way.
const (
	decisions = "\n    within: {2 hours: escalate}\n    decisions: {approve: continue, refuse: {end: refused}}"
	inBranch  = "within: {2 hours: escalate}, decisions: {approve: continue, refuse: {against: true}}"
	feeOf50   = "fees:\n  - {fee: permit, title: {en: Permit}, amount: 'money(\"50.00 ILS\")'}\n"
	pay       = "  - {step: pay, title: {en: Pay}, pay: [permit], within: {2 hours: lapse}}\n"
)

func behaviours() []behaviour {
	return []behaviour{
		{name: "return-loop", outcome: "completed", service: `
steps:
  - step: first
    title: {en: First}
    review: clerk` + decisions + `
  - step: second
    title: {en: Second}
    review: engineer
    within: {2 hours: escalate}
    decisions:
      approve: continue
      sendBack: {to: applicant, atMost: 2, then: refuse, within: {30 days: refuse}, invalidates: [first]}
      again: {title: {en: Again}, to: first, atMost: 1, then: refuse}
      refuse: {end: refused}
`, deeds: []deed{
			decide("first", "approve"), decide("second", "sendBack"), correct("second/sendBack"), decide("second", "again"),
			decide("first", "approve"), decide("second", "approve"),
		}},
		{name: "sent-back-too-often", outcome: "refused", service: `
steps:
  - step: review
    title: {en: Review}
    review: clerk
    within: {2 hours: escalate}
    decisions:
      approve: continue
      sendBack: {to: applicant, atMost: 1, then: refuse, within: {30 days: refuse}}
      refuse: {end: refused}
`, deeds: []deed{decide("review", "sendBack"), correct("review/sendBack"), decide("review", "sendBack")}},
		{name: "parallel-all", outcome: "completed", service: beside("all"), deeds: []deed{decide("b", "approve"), decide("a", "approve"), decide("c", "approve")}},
		{name: "parallel-first-refusal", outcome: "refused", service: beside("all"), deeds: []deed{decide("b", "approve"), decide("a", "refuse")}},
		{name: "parallel-two-of-three", outcome: "completed", service: beside("2"), deeds: []deed{decide("b", "refuse"), decide("a", "approve"), decide("c", "approve")}},
		{name: "parallel-quorum-lost", outcome: "refused", service: beside("2"), deeds: []deed{decide("b", "refuse"), decide("c", "refuse")}},
		{name: "parallel-called-off", outcome: "completed", service: beside("any"), deeds: []deed{decide("c", "approve")}},
		{name: "parallel-each-item", outcome: "completed", form: map[string]any{"owners": []any{map[string]any{"name": "A"}, map[string]any{"name": "B"}, map[string]any{"name": "C"}}}, service: `
form:
  - section: owners
    title: {en: Owners}
    fields:
      - field: owners
        type: group
        label: {en: Owners}
        row: {en: Owner}
        atLeast: 1
        atMost: 5
        fields: [{field: name, type: text, label: {en: Name}}]
steps:
  - step: all
    together:
      each: owner
      in: form.owners
      atMost: 5
      steps:
        - {step: look, title: {en: Look}, review: clerk, ` + inBranch + `}
    until: 2
    otherwise: {end: refused}
`, deeds: []deed{decide("look", "approve"), decide("look", "approve")}},
		{name: "parallel-return", outcome: "completed", service: `
steps:
  - step: both
    together:
      - branch: a
        steps: [{step: a, title: {en: A}, review: clerk, ` + inBranch + `}]
      - branch: b
        steps:
          - step: b
            title: {en: B}
            review: engineer
            within: {2 hours: escalate}
            decisions:
              approve: continue
              sendBack: {to: applicant, atMost: 1, then: refuse, within: {14 days: refuse}, invalidates: [a]}
              refuse: {against: true}
    until: all
    otherwise: {end: refused}
`, deeds: []deed{decide("a", "approve"), decide("b", "sendBack"), correct("b/sendBack"), decide("a", "approve"), decide("b", "approve")}},
		{name: "clock-escalates", outcome: "completed", back: 3 * time.Hour, service: "steps:\n  - step: review\n    title: {en: Review}\n    review: clerk" + decisions + "\n",
			deeds: []deed{ago(0), escalated("review"), decide("review", "approve")}},
		{name: "clock-lapses", outcome: "lapsed", back: 3 * time.Hour, service: feeOf50 + "steps:\n" + pay, deeds: []deed{ago(0)}},
		{name: "clock-silence-approves", outcome: "completed", back: 3 * time.Hour, service: `
steps:
  - step: review
    title: {en: Review}
    review: clerk
    within: {2 hours: approve}
    silence: approve
    decisions: {approve: continue, refuse: {end: refused}}
`, deeds: []deed{ago(0)}},
		{name: "clock-reminds", outcome: "completed", back: 2 * time.Hour, service: `
steps:
  - step: more
    title: {en: More}
    invite: applicant
    within: {1 hours: remind, 14 days: lapse}
    fields: [{field: colour, type: text, label: {en: Colour}}]
`, deeds: []deed{ago(0), pause(time.Second), answer("more", "submit", map[string]any{"colour": "blue"})}},
		{name: "clock-of-the-whole", outcome: "lapsed", back: 5 * time.Hour, service: `
deadline:
  within: {1 hours: escalate, 4 hours: lapse}
steps:
  - step: review
    title: {en: Review}
    review: clerk
    within: {20 days: escalate}
    decisions: {approve: continue, refuse: {end: refused}}
`, deeds: []deed{ago(0)}},
		{name: "clock-extended", outcome: "completed", service: `
deadline:
  within: {20 working days: escalate}
  paused: [applicant]
  extension: {by: 10 working days, role: clerk}
steps:
  - step: review
    title: {en: Review}
    review: clerk` + decisions + "\n", deeds: []deed{extend(), decide("review", "approve")}},
		{name: "wait-for-a-time", outcome: "completed", back: 3 * time.Hour, service: "steps:\n  - {step: season, title: {en: Season}, wait: {for: 2 hours}}\n  - {step: told, notify: applicant, text: {en: Over}}\n", deeds: []deed{ago(0)}},
		{name: "withdrawn-and-refunded", outcome: "withdrawn", service: feeOf50 + `
withdraw: {refund: {permit: all}}
steps:
` + pay + `
  - step: review
    title: {en: Review}
    review: clerk
    within: {2 hours: escalate}
    decisions: {approve: continue, refuse: {end: refused, refund: {permit: all}}}
`, deeds: []deed{paid("pay"), open("review"), withdraw()}},
		{name: "anytime-act", outcome: "closed", service: `
anytime:
  - event: given-up
    by: clerk
    title: {en: Close it}
    steps:
      - {step: said, notify: applicant, text: {en: It is closed}}
    then: {end: closed}
steps:
  - step: review
    title: {en: Review}
    review: clerk` + decisions + "\n", deeds: []deed{open("review"), anytime("given-up")}},
		{name: "invitation", outcome: "completed", form: map[string]any{"buyer": partner}, service: `
form:
  - section: buyer
    title: {en: Buyer}
    fields:
      - {field: buyer, type: national-number, label: {en: Buyer}}
steps:
  - step: agreed
    title: {en: Agreed}
    invite: form.buyer
    within: {2 days: remind, 7 days: decline}
    fields: [{field: price, type: integer, label: {en: Price}}]
    decisions:
      agree: {title: {en: Agree}, continue: true}
      decline: {title: {en: Decline}, end: refused}
  - step: cheap
    when: agreed.price < 10
    refuse: {en: Too cheap}
`, deeds: []deed{party("agreed", "agree", map[string]any{"price": 12})}},
		{name: "hearing", outcome: "completed", back: 2*time.Hour - 4*time.Second, service: `
steps:
  - step: hearing
    title: {en: Hearing}
    invite: public
    within: {2 hours: continue}
    fields: [{field: reason, type: long-text, label: {en: Reason}}]
  - step: many
    when: hearing.count >= 2
    refuse: {en: Two are against it}
`, deeds: []deed{speak("hearing", map[string]any{"reason": "Noise"}), ago(0)}},
		{name: "panel", outcome: "refused", service: `
steps:
  - step: council
    title: {en: Council}
    review: clerk
    panel: {members: 3, quorum: 2, tie: refuse}
    within: {20 working days: escalate}
    decisions: {approve: continue, refuse: {end: refused}}
`, deeds: []deed{decideAs(1, "council", "approve"), decideAs(2, "council", "refuse"), decideAs(3, "council", "refuse")}},
		{name: "four-eyes", outcome: "completed", service: `
steps:
  - step: first
    title: {en: First}
    review: clerk` + decisions + `
  - step: second
    title: {en: Second}
    review: clerk
    notSame: [first]` + decisions + "\n", deeds: []deed{decideAs(1, "first", "approve"), refusedAs(1, "second", "approve", string(machine.SameOfficer)), decideAs(2, "second", "approve")}},
		{name: "started-service", outcome: "completed", service: `
steps:
  - {step: child, title: {en: Child}, start: town.right-granted, with: {n: form.n}, wait: true, within: {30 days: escalate}}
  - step: bad
    when: child.outcome == "refused"
    refuse: {en: No}
`},
		{name: "started-service-withdrawn", outcome: "withdrawn", service: `
withdraw: {}
steps:
  - {step: child, title: {en: Child}, start: town.written-and-taken-back, with: {n: form.n}, wait: true, within: {30 days: escalate}, undo: {withdraw: true}}
`, deeds: []deed{waits("child"), withdraw()}},
		{name: "event", outcome: "completed", service: `
steps:
  - {step: debt, title: {en: Debt}, wait: {event: town.debt-paid, about: applicant.nationalNumber}, within: {60 days: lapse}}
  - {step: told, notify: applicant, text: {en: Paid}}
`, deeds: []deed{waits("debt"), tell("town.debt-paid", `{"debtor": "401234567", "paidOn": "2026-01-02"}`)}},
		{name: "appointment", outcome: "completed", service: `
steps:
  - step: look
    title: {en: Look}
    appointment: clerk
    place: Hall
    slots: {capacity: 2, minutes: 30}
    within: {30 days: lapse}
    atMost: 2
    missed: {end: lapsed}
`, deeds: []deed{book("look"), attended("look")}},
		{name: "right-granted", outcome: "completed", service: "steps:\n  - {step: granted, grant: stall, with: {area: form.n}}\n"},
		{name: "right-changed-and-revoked", outcome: "completed", form: map[string]any{"number": newestRight}, service: `
form:
  - section: right
    title: {en: Right}
    fields: [{field: number, type: text, label: {en: Number}}]
steps:
  - {step: rests, change: stall, to: suspended, with: {number: form.number}}
  - {step: over, change: stall, to: revoked, with: {number: form.number}}
`},
		{name: "paper-issued-and-revoked", outcome: "issued", service: `
steps:
  - {step: paper, issue: stall-permit, deliver: [download]}
  - {step: review, title: {en: Review}, review: clerk` + ", within: {2 hours: escalate}, decisions: {approve: continue, refuse: {end: refused}}}" + `
  - {step: over, revoke: stall-permit, reason: {en: Over}}
`, deeds: []deed{decide("review", "approve")}},
		{name: "incident-retried", outcome: "completed", service: asking, down: 400, deeds: []deed{open("building"), mends(), operate("building", "retry")}},
		{name: "incident-skipped", outcome: "refused", service: asking, down: 400, deeds: []deed{open("building"), operate("building", "skip")}},
		{name: "write-skipped", outcome: "completed", service: `
steps:
  - step: entry
    write: shops/enter
    with: {building: '"B1"', holder: applicant.nationalNumber}
  - {step: told, notify: applicant, text: {en: Over}}
`, down: 400, deeds: []deed{open("entry"), operate("entry", "skip")}},
		{name: "undo-skipped", outcome: "withdrawn", service: `
withdraw: {}
steps:
  - step: entry
    write: shops/enter
    with: {building: '"B1"', holder: applicant.nationalNumber}
    undo: {write: shops/remove, with: {number: entry.number}}
  - step: review
    title: {en: Review}
    review: clerk` + decisions + "\n", deeds: []deed{open("review"), fails(400), withdraw(), operate("entry/undo", "skip")}},
		{name: "on-behalf", outcome: "completed", behalf: "guardian", service: `
onBehalf:
  - as: guardian
    mandate:
      ask: buildings/by-number
      with: {number: '7'}
      otherwise: {en: The register does not know you as the guardian}
steps:
  - step: review
    title: {en: Review}
    review: clerk
    within: {2 hours: escalate}
    decisions:
      approve: continue
      sendBack: {to: applicant, atMost: 1, then: refuse, within: {30 days: refuse}}
      refuse: {end: refused}
  - step: told
    when: has(representative) and representative.as == "guardian"
    notify: applicant
    text: {en: Your guardian has applied for you}
`, deeds: []deed{decide("review", "sendBack"), correct("review/sendBack"), decide("review", "approve")}},
		{name: "round", outcome: "completed", back: 4 * 24 * time.Hour, round: dayFromNow(-10), service: `
round: {opens: ` + dayFromNow(-10) + `, closes: ` + dayFromNow(-2) + `, rank: form.n, places: 1, accept: 30 days}
steps:
  - step: turn
    title: {en: Turn}
    place: round
    decisions: {placed: continue, reserve: {end: refused}, refused: {end: refused}}
  - {step: told, notify: applicant, text: {en: The place is yours}}
`, deeds: []deed{waits("turn"), ago(0), wakes(), answer("turn", "accept", nil)}},
		{name: "registry-slow", outcome: "completed", service: asking, down: 503, deeds: []deed{pause(time.Second), mends()}},
		{name: "registry-written", outcome: "completed", service: `
steps:
  - step: entry
    write: shops/enter
    with: {building: '"B1"', holder: applicant.nationalNumber}
  - step: none
    when: entry.number == "0"
    refuse: {en: No}
`},
		{name: "written-and-taken-back", outcome: "withdrawn", service: `
withdraw: {}
steps:
  - step: entry
    write: shops/enter
    with: {building: '"B1"', holder: applicant.nationalNumber}
    undo: {write: shops/remove, with: {number: entry.number}}
  - step: review
    title: {en: Review}
    review: clerk` + decisions + "\n", deeds: []deed{open("review"), withdraw()}},
		{name: "reopened", outcome: "completed", service: `
reopen: {by: clerk, to: review, within: 30 days, outcomes: [refused]}
steps:
  - step: review
    title: {en: Review}
    review: clerk` + decisions + "\n", deeds: []deed{decide("review", "refuse"), reopen(), decide("review", "approve")}},
		{name: "suspended-and-resumed", outcome: "completed", service: feeOf50 + `
suspend: {by: clerk, for: 30 days, atMost: 2}
steps:
  - {step: fee, title: {en: Fee}, pay: [permit], within: {7 days: lapse}}
  - step: review
    title: {en: Review}
    review: clerk
    within: {2 hours: escalate}
    decisions: {approve: continue, refuse: {end: refused, refund: {permit: all}}}
`, deeds: []deed{due("fee"), suspend(), paid("fee"), resume(), suspend(), resume(), decide("review", "approve")}},
		{name: "withdrawn-while-suspended", outcome: "withdrawn", service: `
withdraw: {}
suspend: {by: clerk, for: 30 days}
steps:
  - step: review
    title: {en: Review}
    review: clerk` + decisions + "\n", deeds: []deed{open("review"), suspend(), withdraw()}},
		{name: "registry-knows-nothing", outcome: "refused", form: map[string]any{"n": 404}, service: asking},
		{name: "enquiry", outcome: "answered", service: asking + "  - step: shown\n    answer: [{label: {en: Street}, value: building.street}]\n"},
		{name: "payment-in-shares", outcome: "completed", service: feeOf50 + `
steps:
  - {step: half, title: {en: Half}, pay: [permit], share: 50, within: {7 days: lapse}}
  - {step: rest, title: {en: Rest}, pay: [permit], share: rest, within: {30 days: lapse}, refund: {permit: keep}}
`, deeds: []deed{paid("half"), paid("rest")}},
		{name: "payment-by-instalments", outcome: "completed", service: feeOf50 + `
steps:
  - step: pay
    title: {en: Pay}
    pay: [permit]
    instalments: {count: 3, every: 1 month, missed: escalate}
    within: {7 days: lapse}
`, deeds: []deed{paid("pay"), paid("pay"), paid("pay")}},
		{name: "deposit-released-or-kept", outcome: "completed", service: `
fees:
  - {fee: first, title: {en: First}, amount: 'money("50.00 ILS")', deposit: true}
  - {fee: second, title: {en: Second}, amount: 'money("20.00 ILS")', deposit: true}
steps:
  - {step: pay, title: {en: Pay}, pay: [first, second], within: {2 hours: lapse}}
  - {step: back, release: [first]}
  - {step: kept, forfeit: [second]}
`, deeds: []deed{paid("pay")}},
		{name: "payout-failed-and-retried", outcome: "completed", service: `
steps:
  - {step: help, title: {en: Help}, payOut: {to: applicant, amount: 'money("75.00 ILS")', account: '"PS92PALS000000000400123456702"'}}
`, deeds: []deed{sentOut("help", "failed"), operate("help", "retry"), sentOut("help", "paid")}},
		{name: "chosen-and-repeated", outcome: "completed", service: `
steps:
  - {step: sample, draw: {green: 50, red: 50}}
  - {step: sum, compute: {twice: form.n * 2}}
  - step: way
    choose:
      - when: sum.twice > 1 or sample.channel == "red"
        steps: [{step: told, notify: applicant, text: {en: Much}}]
      - steps: []
  - step: visits
    repeat:
      atMost: 2
      while: orElse(note.more, true)
      steps:
        - step: note
          title: {en: Note}
          invite: applicant
          within: {20 days: continue}
          fields: [{field: more, type: yes-no, label: {en: More}}]
      then: continue
`, deeds: []deed{answer("note", "submit", map[string]any{"more": true}), answer("note", "submit", map[string]any{"more": false})}},
		// One that was started before there were search attributes is kept as moved-unsearchable.
		{name: "moved-to-another-plan", outcome: "completed", service: "steps:\n  - step: review\n    title: {en: Review}\n    review: clerk" + decisions + "\n",
			deeds: []deed{open("review"), move(), decide("review", "approve"), decide("after", "approve")}},
		{name: "long-history", outcome: "completed", service: `
steps:
  - step: review
    title: {en: Review}
    review: clerk
    within: {2 hours: escalate}
    decisions:
      approve: continue
      sendBack: {to: applicant, atMost: 20, then: refuse, within: {30 days: refuse}}
      refuse: {end: refused}
`, deeds: []deed{again(8, decide("review", "sendBack"), correct("review/sendBack")), runs(2), decide("review", "approve")}},
	}
}

// dayFromNow is a day, so that a round is over whenever it is recorded.
func dayFromNow(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }

// asking asks a register that may fail.
const asking = `
steps:
  - step: building
    ask: buildings/by-number
    with: {number: form.n}
    notFound: {refuse: {en: There is none}}
`

// beside has three reviews beside each other, of which so many must be in favour.
func beside(until string) string {
	text := "steps:\n  - step: three\n    together:\n"
	for _, b := range []string{"a", "b", "c"} {
		text += "      - {branch: " + b + ", steps: [{step: " + b + ", title: {en: Look}, review: clerk, " + inBranch + "}]}\n"
	}
	return text + "    until: " + until + "\n    otherwise: {end: refused}\n"
}

package reference

import "strings"

func patterns(words string) []string { return strings.Fields(words) }

// StepConstructs are those of what happens. Each pattern stands where its description asks for the construct.
var StepConstructs = []Construct{
	{Name: "lookup", Example: "ask: buildings/by-number", Steps: patterns("instant_register instant_pay desk_register_check renew_auto_check fines_gate gate_then_issue biometric_office two_party_transfer score_and_visit name_then_register committee_chain")},
	{Name: "entry in a registry", Example: "write: shops/enter", Steps: patterns("two_party_transfer name_then_register publication_and_objection lab_then_committee police_report_first appeal_board")},
	{Name: "answer at once", Example: "answer: [{label: {ar: …, en: …}, value: building.street}]", Steps: patterns("instant_register")},
	{Name: "bar with a reason", Example: "refuse: {ar: …, en: …}", Steps: patterns("renew_auto_check fines_gate gate_then_issue two_party_transfer name_then_register")},
	{Name: "review by an officer", Example: "review: clerk", Steps: patterns("desk_single desk_review desk_two_level desk_register_check conditional_evidence renew_auto_check gate_then_issue inspect_then_approve inspect_parallel exam_two_stage board_exam minor_consent police_report_first two_party_transfer committee_decision committee_then_minister medical_board score_and_visit queue_quota audit_chain name_then_register publication_and_objection public_consultation building_review import_permit customs_release risk_channel conciliation_then_committee appeal_board external_decision court_hearing")},
	{Name: "inspection on site", Example: "inspect: inspector", Steps: patterns("inspect_then_approve inspect_parallel building_review score_and_visit customs_release risk_channel")},
	{Name: "role of another authority", Example: "of: health", Steps: patterns("inspect_parallel building_review")},
	{Name: "authority that the application names", Example: "of: form.municipality", Steps: nil},
	{Name: "panel with quorum", Example: "panel: {members: 5, quorum: 3, tie: refuse}", Steps: patterns("board_exam committee_decision committee_then_minister committee_chain medical_board score_and_visit building_review lab_then_committee import_permit conciliation_then_committee appeal_board publication_and_objection")},
	{Name: "four eyes", Example: "notSame: [first]", Steps: patterns("desk_two_level audit_chain")},
	{Name: "tasks that go to somebody of the role", Example: "assign: load", Steps: nil},
	{Name: "own form of whoever decides", Example: "fields: [{field: damage, type: yes-no}]", Steps: patterns("inspect_then_approve exam_two_stage board_exam medical_board audit_chain lab_then_committee biometric_office")},
	{Name: "return to the applicant", Example: "sendBack: {to: applicant, atMost: 2, then: refuse}", Steps: patterns("desk_review audit_chain")},
	{Name: "return to an earlier step", Example: "again: {to: review, atMost: 1, then: refuse}", Steps: patterns("appeal_board")},
	{Name: "branches beside each other", Example: "together: [{branch: traffic, steps: […]}, {branch: health, steps: […]}]", Steps: patterns("inspect_parallel building_review minor_consent")},
	{Name: "a branch for each item", Example: "together: {each: owner, in: form.owners, atMost: 10, steps: […]}", Steps: nil},
	{Name: "something more from the applicant", Example: "invite: applicant", Steps: patterns("public_consultation")},
	{Name: "another person agrees", Example: "invite: form.buyer", Steps: patterns("minor_consent two_party_transfer conciliation_then_committee")},
	{Name: "the public objects", Example: "invite: public", Steps: patterns("publication_and_objection public_consultation")},
	{Name: "appointment", Example: "appointment: clerk", Steps: patterns("slot_booking exam_two_stage board_exam medical_board biometric_office court_hearing conciliation_then_committee")},
	{Name: "wait for an event", Example: "wait: {event: town.debt-paid, about: applicant.nationalNumber}", Steps: patterns("external_decision")},
	{Name: "wait for a day or a time", Example: "wait: {for: 90 days}", Steps: nil},
	{Name: "time limit with a consequence", Example: "within: {2 working days: remind, 5 working days: escalate}", Steps: patterns("two_party_transfer inspect_then_approve name_then_register queue_quota conciliation_then_committee publication_and_objection public_consultation external_decision")},
	{Name: "silence decides", Example: "within: {2 days: decline}", Steps: patterns("two_party_transfer")},
	{Name: "clock of the whole case, with pauses", Example: "deadline: {within: {30 working days: escalate}, paused: [applicant]}", Steps: patterns("desk_review external_decision")},
	{Name: "notice", Example: "notify: applicant", Steps: patterns("desk_review committee_decision committee_chain external_decision name_then_register slot_booking")},
	{Name: "paper with a number", Example: "issue: permit", Steps: patterns("instant_register instant_pay desk_single desk_two_level desk_register_check conditional_evidence gate_then_issue inspect_then_approve inspect_parallel exam_two_stage board_exam minor_consent police_report_first biometric_office committee_then_minister committee_chain medical_board name_then_register building_review import_permit court_hearing")},
	{Name: "choice of delivery", Example: "deliver: [pick-up, post]", Steps: patterns("minor_consent")},
	{Name: "right that lasts", Example: "grant: stall", Steps: patterns("board_exam exam_two_stage inspect_then_approve inspect_parallel lab_then_committee committee_then_minister import_permit building_review")},
	{Name: "change of a right", Example: "change: stall", Steps: patterns("renew_auto_check fines_gate two_party_transfer")},
	{Name: "dues of a right", Example: "dues: [{service: town.report, every: 1 year, missed: suspended}]", Steps: patterns("public_consultation")},
	{Name: "start of another service", Example: "start: town.house.visit", Steps: nil},
	{Name: "choice of a way", Example: "choose: [{when: form.area > 20, steps: […]}, {steps: []}]", Steps: patterns("renew_auto_check risk_channel customs_release import_permit conciliation_then_committee minor_consent committee_chain publication_and_objection")},
	{Name: "random draw", Example: "draw: {looked: 10, passed: 90}", Steps: patterns("customs_release risk_channel")},
	{Name: "frozen value", Example: "compute: {score: facts.score}", Steps: patterns("score_and_visit risk_channel")},
	{Name: "loop with a bound", Example: "repeat: {atMost: 3, while: more, steps: […], then: continue}", Steps: patterns("exam_two_stage building_review")},
	{Name: "evidence by case", Example: "evidence: [{evidence: student, anyOf: [card, letter], when: form.student}]", Steps: patterns("conditional_evidence")},
	{Name: "round with ranking, quotas and reserve", Example: "place: round", Steps: patterns("queue_quota")},
	{Name: "payment", Example: "pay: [renewal]", Steps: patterns("instant_pay desk_single desk_two_level desk_register_check conditional_evidence renew_auto_check fines_gate inspect_then_approve inspect_parallel exam_two_stage minor_consent police_report_first two_party_transfer committee_then_minister audit_chain name_then_register building_review lab_then_committee")},
	{Name: "instalments", Example: "instalments: {count: 4, every: 1 month, missed: lapse}", Fees: patterns("instalments"), Steps: patterns("conditional_evidence fines_gate")},
	{Name: "money paid out", Example: "payOut: {to: applicant, amount: tariff.help}", Steps: patterns("score_and_visit")},
	{Name: "deposit", Example: "deposit: true", Fees: patterns("no_show_rule")},
}

// FeeConstructs are those of what it costs.
var FeeConstructs = []Construct{
	{Name: "amount of a tariff", Example: "amount: tariff.perYear", Fees: patterns("flat flat_urgent flat_plus_repeat flat_with_late flat_per_item flat_per_copy three_part_fee capital_percent_plus_flat per_class per_shipment renewal_with_late_fine instalments no_show_rule percent_of_value")},
	{Name: "table of a tariff", Example: "amount: tariff.stall(form.area)", Fees: patterns("tier_by_class tier_by_area per_m2 per_item_weight duty_by_engine_age duty_by_tariff free_then_late_bands per_test_item")},
	{Name: "bands", Example: "rows: [[0..10, 100.00 ILS], [over 10, 250.00 ILS]]", Fees: patterns("tier_by_area per_item_weight duty_by_engine_age free_then_late_bands")},
	{Name: "table of two dimensions", Example: "by: [{column: cc, type: integer}, {column: age, type: integer}]", Fees: patterns("per_item_weight duty_by_engine_age")},
	{Name: "line that is due only sometimes", Example: "when: form.urgent", Fees: patterns("flat_urgent flat_plus_repeat renewal_with_late_fine flat_with_late amount_due no_show_rule")},
	{Name: "months or days late", Example: "amount: tariff.late * monthsBegun(licence.expiresOn, asOf.submitted)", Fees: patterns("renewal_with_late_fine flat_with_late free_then_late_bands amount_due")},
	{Name: "least or most", Example: "atMost: tariff.cap", Fees: patterns("renewal_with_late_fine flat_with_late percent_of_value")},
	{Name: "percentage", Example: "amount: percent(3, form.value)", Fees: patterns("percent_of_value capital_percent_plus_flat co_payment duty_by_tariff by_assessment")},
	{Name: "several lines", Example: "pay: [fine, correction, certificate]", Fees: patterns("three_part_fee capital_percent_plus_flat duty_by_tariff amount_due flat_urgent renewal_with_late_fine flat_with_late")},
	{Name: "line over earlier lines (tax)", Example: "amount: percent(16, fees.duty)", Fees: patterns("duty_by_tariff")},
	{Name: "rebate", Example: "rebates: [{when: form.early, percent: 20}]", Fees: patterns("amount_due")},
	{Name: "sum over rows of the form", Example: "amount: sum(form.tests.map(t, tariff.test(t.kind)))", Fees: patterns("per_test_item flat_per_item")},
	{Name: "amount times a number", Example: "amount: tariff.first + tariff.extra * (form.copies - 1)", Fees: patterns("flat_per_item flat_per_copy per_class per_shipment per_m2 capital_percent_plus_flat")},
	{Name: "quantity with a unit", Example: "unit: kg", Fees: patterns("per_shipment per_item_weight per_m2")},
	{Name: "amount that a registry knows", Example: "amount: fines.total", Fees: patterns("amount_due co_payment by_assessment"), Steps: patterns("instant_pay")},
}

// Lacking is what patterns ask for and the language has no construct for.
var Lacking = []Construct{
	{Name: "a second currency of fees in one catalogue (these rules have amounts in JOD beside ILS)", Example: "one catalogue has one currency", Fees: patterns("flat_per_item three_part_fee tier_by_class per_m2 percent_of_value per_class duty_by_engine_age")},
	{Name: "sessions of a committee on fixed days (every second week)", Example: "panel with notice: 3 working days", Steps: patterns("committee_decision")},
	{Name: "a case about an earlier case: appeal, objection, second board", Example: "a service of its own that asks a registry", Steps: patterns("appeal_board conciliation_then_committee medical_board committee_decision")},
	{Name: "what the applicant did before: repeats within a year, appointments missed", Example: "a registry that counts", Fees: patterns("flat_plus_repeat no_show_rule")},
	{Name: "money paid out month by month", Example: "repeat with payOut and wait", Steps: patterns("score_and_visit")},
	{Name: "an appointment with several parties", Example: "an appointment with the applicant, invite for the others", Steps: patterns("conciliation_then_committee court_hearing")},
	{Name: "a permit whose quantity is used up", Example: "a right with the quantity as a term", Steps: patterns("import_permit")},
	{Name: "a rate that rises by slices of an amount", Example: "a fact with cases, or min and max in a formula", Fees: patterns("by_assessment")},
}

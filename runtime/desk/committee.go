package desk

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// named reads who the officers are that an application names: voters, who works on a task, who must not decide.
func (k *kase) named() (err error) {
	var ids []uuid.UUID
	for _, vote := range k.a.Votes {
		ids = append(ids, vote.Actor)
	}
	for _, t := range k.a.Tasks {
		if t.Claimant != nil {
			ids = append(ids, *t.Claimant)
		}
	}
	k.names, err = k.o.People.Named(k.ctx, append(ids, k.a.Recused...))
	return err
}

// name is what an officer is called.
func (v *visit) name(p *identity.Person) string {
	if p == nil || p.DisplayName(v.locale.Lang()) == "" {
		return v.locale.T("desk.somebody")
	}
	return p.DisplayName(v.locale.Lang())
}

// committees show how the members of panels stand: who has voted and who may still, and when it is over how it came out. How somebody has
// voted the book tells nobody before.
func (k *kase) committees() ([]ui.Component, error) {
	var out []ui.Component
	for i := range k.a.Tasks {
		t := &k.a.Tasks[i]
		if t.Panel == nil {
			continue
		}
		list := ui.SummaryList{Title: k.locale.T("desk.panel.title", "step", k.stepTitle(t.Step)), Rows: []ui.SummaryRow{
			{Key: k.locale.T("desk.panel.members"), Value: k.locale.T("desk.panel.quorum", "members", t.Panel.Members, "quorum", t.Panel.Quorum)}}}
		if t.From != nil {
			list.Rows = append(list.Rows, ui.SummaryRow{Key: k.locale.T("desk.panel.from"), Value: k.locale.DateTime(*t.From)})
		}
		votes := slices.DeleteFunc(slices.Clone(k.a.Votes), func(v application.Vote) bool { return v.Node != t.Node || v.Visit != t.Visit })
		list.Rows = append(list.Rows, ui.SummaryRow{Key: k.locale.T("desk.panel.voted"), Value: strconv.Itoa(len(votes)), Empty: "0"})
		if t.Open() {
			rows, err := k.session(t, votes)
			if err != nil {
				return nil, err
			}
			list.Rows = append(list.Rows, rows...)
		} else {
			list.Rows = append(list.Rows, k.minutes(t, votes)...)
		}
		out = append(out, list)
	}
	return out, nil
}

// session are the lines of a panel that has not decided yet.
func (k *kase) session(t *application.Task, votes []application.Vote) ([]ui.SummaryRow, error) {
	holders, err := k.o.People.Holders(k.ctx, t.Role)
	if err != nil {
		return nil, err
	}
	var have, may []string
	for _, vote := range votes {
		have = append(have, k.name(k.names[vote.Actor]))
	}
	for _, p := range holders {
		voted := slices.ContainsFunc(votes, func(v application.Vote) bool { return v.Actor == p.ID || v.Seat == p.ID })
		if !voted && p.ID != k.a.Applicant && !slices.Contains(k.a.Recused, p.ID) {
			may = append(may, k.name(p))
		}
	}
	rows := []ui.SummaryRow{}
	if len(have) > 0 {
		rows = append(rows, ui.SummaryRow{Key: k.locale.T("desk.panel.have"), Value: strings.Join(have, "\n")})
	}
	return append(rows, ui.SummaryRow{Key: k.locale.T("desk.panel.may"), Value: strings.Join(may, "\n"), Empty: k.locale.T("desk.panel.nobody")}), nil
}

// minutes are how a panel has decided: the votes for each decision and, where the definition wants minutes, who voted how and what they wrote.
func (k *kase) minutes(t *application.Task, votes []application.Vote) (rows []ui.SummaryRow) {
	if t.Outcome == "calledOff" || len(votes) == 0 {
		return nil
	}
	count := map[string]int{}
	for _, vote := range votes {
		count[vote.Action]++
	}
	var tally []string
	for _, action := range t.Actions {
		tally = append(tally, k.decisionTitle(t.Step, action)+": "+strconv.Itoa(count[action]))
	}
	rows = append(rows, ui.SummaryRow{Key: k.locale.T("desk.panel.tally"), Value: strings.Join(tally, "\n")})
	if !t.Panel.Minutes {
		return rows
	}
	for _, vote := range votes {
		row := ui.SummaryRow{Key: k.name(k.names[vote.Actor]), Value: k.decisionTitle(t.Step, vote.Action)}
		if vote.Remark != "" {
			row.Body = []ui.Component{comment{vote.Remark}}
		}
		rows = append(rows, row)
	}
	return rows
}

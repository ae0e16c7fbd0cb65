package plan

// Root is the root under which formulas read what the node brings, or "".
func (n *Node) Root() string {
	switch {
	case n.Lookup != nil:
		return n.Lookup.Result
	case n.Review != nil:
		return n.Review.Result
	case n.Invite != nil:
		return n.Invite.Result
	case n.Wait != nil:
		return n.Wait.Result
	case n.Right != nil:
		return n.Right.Result
	case n.Start != nil:
		return n.Start.Result
	case n.Compute != nil:
		return n.Compute.Result
	case n.Draw != nil:
		return n.Draw.Result
	}
	return ""
}

// Own is what whoever decides at the node fills in beside the decision, or nil. Formulas read it under Root.
func (n *Node) Own() *Form {
	switch {
	case n.Review != nil:
		return n.Review.Form
	case n.Invite != nil:
		return n.Invite.Form
	}
	return nil
}

// Clock is the time limits of the node, or nil.
func (n *Node) Clock() *Clock {
	switch {
	case n.Pay != nil:
		return n.Pay.Clock
	case n.Review != nil:
		return n.Review.Clock
	case n.Correct != nil:
		return n.Correct.Clock
	case n.Invite != nil:
		return n.Invite.Clock
	case n.Appointment != nil:
		return n.Appointment.Clock
	case n.Wait != nil:
		return n.Wait.Clock
	case n.Start != nil:
		return n.Start.Clock
	}
	return nil
}

// Whole tells whether the node holds what its kind needs.
func (n *Node) Whole() bool {
	switch n.Kind {
	case Gate, Place:
		return true
	case Lookup, Write:
		return n.Lookup != nil
	case Undo:
		return n.Lookup != nil || n.Withdraw != nil && n.Withdraw.Service != ""
	case Pay:
		return n.Pay != nil
	case Review:
		return n.Review != nil && n.Review.Role != "" && len(n.Review.Decisions) > 0
	case Correct:
		return n.Correct != nil
	case Issue:
		return n.Issue != nil
	case Answer:
		return n.Answer != nil
	case End:
		return n.End != nil && n.End.Outcome != ""
	case Fork:
		return n.Fork != nil
	case Join:
		return n.Join != nil
	case Invite:
		return n.Invite != nil && (len(n.Invite.Decisions) > 0 || n.Invite.Whom == "public")
	case Appointment:
		return n.Appointment != nil && n.Appointment.Role != "" && n.Appointment.AtMost > 0
	case Wait:
		return n.Wait != nil
	case Notify:
		return n.Notify != nil
	case Revoke:
		return n.Revoke != nil
	case Right:
		return n.Right != nil && n.Right.Right != "" && n.Right.Change != ""
	case Start:
		return n.Start != nil && n.Start.Service != ""
	case Compute:
		return n.Compute != nil
	case Draw:
		return n.Draw != nil && len(n.Draw.Channels) > 0
	case PayOut:
		return n.PayOut != nil && n.PayOut.Amount != ""
	case Settle:
		return n.Settle != nil && (n.Settle.What == "release" || n.Settle.What == "forfeit")
	}
	return false
}

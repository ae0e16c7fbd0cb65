// Package proposal is the one way in which two officers answer for what one may not do alone: one proposes it with a reason, another lets it
// happen or declines, and who has proposed it may only take it back.
//
// It owns the table proposal and knows nothing of what is proposed: a kind, what it is about, and words of the capability that carries it out.
// Of one kind, one proposal about a subject waits at a time. Who may propose and decide is the caller's to say, by authorities; that they are
// two is seen to here, and by the table.
//
//	id, err := proposal.Propose(ctx, tx, proposal.Proposal{Kind: "till-void", Subject: taking, Authority: "transport", Reason: why, ProposedBy: clerk, ProposedAt: now})
//	err = proposal.Decide(ctx, pool, proposal.Decision{ID: id, Authorities: mine, Approve: true, By: colleague, At: now}, carryOut)
package proposal

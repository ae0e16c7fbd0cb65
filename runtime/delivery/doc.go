// Package delivery brings papers to their holders where that takes more than a link: here those that are collected at an office of the authority.
//
// It owns the tables collection and collection_event. A paper that was issued for collection is offered; its holder chooses an office (asked), a
// clerk there has it ready, and it is handed over once (collected), or goes back when nobody came in time (returned) and can be asked for again.
// None of it holds the application back, which has ended with its paper. Which proof of identity was seen is kept by its kind and its last digits.
//
//	err = d.Offer(ctx, tx, delivery.Offer{Paper: id, Application: of, Authority: "transport", Kept: &plan.Span{Count: 60, Unit: "days"}, At: now})
//	err = d.Choose(ctx, of, id, "ramallah", nil)
//	err = d.HandOver(ctx, officers, delivery.HandOver{Code: code, Office: …})
package delivery

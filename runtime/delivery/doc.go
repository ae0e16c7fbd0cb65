// Package delivery brings papers to their holders where that takes more than a download: those that are collected at an office of the authority, those that
// go by post, and those of which a link is sent by e-mail.
//
// It owns the tables collection, collection_event, post, post_item, post_event, manifest, emailed and paper_link. A paper that was issued for collection is
// offered; its holder chooses an office (asked), a clerk there has it ready, and it is handed over once (collected), or goes back when nobody came in time
// (returned) and can be asked for again. Which proof of identity was seen is kept by its kind and its last digits.
//
// A paper that goes by post is offered; its holder gives an address (asked), which is kept under the key of the application. A clerk packs it and scans the
// number of its label (UPU S10), closes what is packed into a manifest (manifested) and hands that to the carrier (handed). From then on the carrier tells
// where it is (underway, delivered, returned, lost). A paper that may go both ways goes one at a time. None of it holds the application back, which has
// ended with its paper.
//
// A link is sent to an address that its holder types, which is kept under the key of the application until the mail has gone. Of its token only a hash is
// kept; it lasts LinkDays and gives the paper MostDownloads times, to whoever has it, for as long as the paper is valid. A newer one ends it.
//
//	err = d.Offer(ctx, tx, delivery.Offer{Paper: id, Application: of, Authority: "transport", Kept: &plan.Span{Count: 60, Unit: "days"}, At: now})
//	err = d.Choose(ctx, of, id, "ramallah", nil)
//	err = d.HandOver(ctx, officers, code, delivery.Handed{By: clerk, Proof: "passport", Last: "4567"})
//	err = d.Send(ctx, of, id, delivery.Address{Name: "…", Street: "…", Town: "…"})
//	manifest, err := d.CloseManifest(ctx, "transport", clerk)
//	err = d.AskLink(ctx, of, id, holder, "layla@example.com", "ar")
package delivery

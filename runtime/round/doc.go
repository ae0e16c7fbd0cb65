// Package round runs the rounds of services: applications that wait for a closing day, are ranked together, given places under quotas, kept on a
// reserve list and moved up when a place is handed back.
//
// It owns the tables round, round_entry, round_rank and round_record. A round is one service and the first day on which one may apply for it: a
// release that moves the closing day or changes how many places there are changes the round that is open. What an application takes part with is
// worked out by its machine; who gets what by workflows/round, which is pure; here is only where it stands and what is next. A round has a
// workflow of its own (ID round/SERVICE/DAY), which knows nothing but that there is something to do: every part of the work is one transaction
// that may be tried again, and applications hear of what they are given by acts with a key.
//
// Nobody is ranked before everybody who has applied in time has come to the step, or has ended. A round is over when nobody waits on its reserve
// list, or when every place was used.
//
//	rounds.Join(ctx, tx, round.Entrant{…})            // with the submission
//	next, err := rounds.Advance(ctx, key)             // by the workflow
//	err := rounds.Verify(ctx, key)                    // the record gives the same again
package round

package document

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// State says what the scanner has said of an upload.
type State string

// What was uploaded while there was no scanner is Unscanned and readable. What Waits is in quarantine: its owner's form goes on with it, and
// nobody can open it. What was Infected is erased; the row says that there was one.
const (
	Unscanned State = "none"
	Waiting   State = "waiting"
	Clean     State = "clean"
	Infected  State = "infected"
)

// Scanner finds what is harmful. An error means that it is not known.
type Scanner interface {
	Scan(ctx context.Context, body []byte) (found string, err error)
}

// Finding is an upload that the scanner has refused, for the audit. It says nothing of what the file says.
type Finding struct {
	Upload, Owner uuid.UUID
	Application   uuid.UUID // zero where no form that was sent names it
	Found         string    // the scanner's name for it
}

const (
	scanAtOnce  = 16               // that one ScanWaiting takes
	scanLease   = time.Minute      // for which one that is being scanned is nobody else's
	scanAtHand  = 8 * time.Second  // that an upload waits for its own scan
	scanAgain   = 5 * time.Second  // after the first try that failed, then twice as long each time
	scanSlowest = 10 * time.Minute // between two tries
)

// judged is an upload in quarantine, by which its file is opened.
type judged struct {
	uploadRow
	tries int
}

// scan asks about a body that waits, and keeps the answer. An error leaves it waiting, to be tried again later.
func (a *Archive) scan(ctx context.Context, j judged, body []byte) (State, error) {
	found, err := a.o.Scanner.Scan(ctx, body)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), scanAtHand) // who asked may have gone; what was found out stays
	defer cancel()
	switch {
	case err != nil:
		a.o.Scanned("failed")
		return Waiting, errors.Join(err, a.scanLater(ctx, j))
	case found == "":
		a.o.Scanned(string(Clean))
		if err := setClean(ctx, a.o.Pool, j.file); err != nil {
			return Waiting, err
		}
		return Clean, nil
	}
	a.o.Scanned(string(Infected))
	a.o.Log.WarnContext(ctx, "document: the scanner has refused an upload", "file", j.file, "found", found)
	err = postgres.InTx(ctx, a.o.Pool, func(tx pgx.Tx) error {
		findings, err := setInfected(ctx, tx, j.file)
		for _, f := range findings {
			f.Found = found
			err = errors.Join(err, a.o.Refused(ctx, tx, f))
		}
		return err
	})
	if err == nil {
		err = a.o.Files.Remove(ctx, j.file) // without its key it is nothing any more; a sweep removes what stays
	}
	return Infected, err
}

func (a *Archive) scanLater(ctx context.Context, j judged) error {
	return postponeScan(ctx, a.o.Pool, j.file, a.o.Now().Add(min(scanAgain<<min(j.tries, 10), scanSlowest)))
}

// ScanWaiting scans uploads in quarantine whose time has come, and says how many it took; call it every few seconds. Several processes may.
// The error is that of the scanner where it is away.
func (a *Archive) ScanWaiting(ctx context.Context) (taken int, err error) {
	if a.o.Scanner == nil {
		return 0, nil
	}
	list, err := takeWaiting(ctx, a.o.Pool, a.o.Now(), scanLease, scanAtOnce)
	if err != nil {
		return 0, err
	}
	for _, j := range list {
		body, failed := a.bodyOf(ctx, a.o.Pool, j.uploadRow)
		if failed == nil {
			_, failed = a.scan(ctx, j, body)
		} else {
			failed = errors.Join(failed, a.scanLater(ctx, j))
		}
		if err = errors.Join(err, failed); ctx.Err() != nil {
			return taken, err
		}
		taken++
	}
	return taken, err
}

// Quarantine tells how many uploads wait for the scanner, and for how long the oldest.
func (a *Archive) Quarantine(ctx context.Context) (files int, oldest time.Duration, err error) {
	return quarantine(ctx, a.o.Pool, a.o.Now())
}

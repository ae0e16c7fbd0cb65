package application

import "errors"

// Errors of this package, for errors.Is; everything else is a failure of the machinery.
var (
	// ErrNotFound: there is no such thing, or the caller may not see it; the two are never told apart.
	ErrNotFound = errors.New("application: not found")
	// ErrKeyReused: the idempotency key was used before with another request.
	ErrKeyReused = errors.New("application: idempotency key was used with another request")
	// ErrUnderway: the first request with this idempotency key has not been answered yet; try again in a moment.
	ErrUnderway = errors.New("application: request with this idempotency key is under way")
	// ErrInvalid: the request breaks a rule of this package that every caller can keep (an empty key, a comment of a megabyte).
	ErrInvalid = errors.New("application: invalid request")
	// ErrForbidden: the caller is known and may not do this.
	ErrForbidden = errors.New("application: forbidden")
	// ErrNotOpen: an office or an event starts the service and no applicant, or its round is not open today.
	ErrNotOpen = errors.New("application: the service is not open for applications")
	// ErrUnavailable: what is needed cannot be reached now, such as the plan of a release or a registry of a quote.
	ErrUnavailable = errors.New("application: unavailable")
)

package app

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/migration"
)

// proposeMigration takes {"service": code} and answers with the report of a dry run that has begun.
func (a *App) proposeMigration(w http.ResponseWriter, r *http.Request) {
	var wish struct{ Service string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&wish); err != nil || wish.Service == "" {
		http.Error(w, `send {"service": "its code"}`, http.StatusBadRequest)
		return
	}
	who, _ := identity.FromContext(r.Context())
	id, err := a.moves.Propose(r.Context(), who.ID, wish.Service)
	a.answerMigration(w, r, id, http.StatusCreated, err)
}

func (a *App) showMigration(w http.ResponseWriter, r *http.Request) {
	id, _ := uuid.Parse(r.PathValue("id"))
	a.answerMigration(w, r, id, http.StatusOK, nil)
}

func (a *App) approveMigration(w http.ResponseWriter, r *http.Request) {
	id, _ := uuid.Parse(r.PathValue("id"))
	who, _ := identity.FromContext(r.Context())
	a.answerMigration(w, r, id, http.StatusOK, a.moves.Approve(r.Context(), who.ID, id))
}

func (a *App) callOffMigration(w http.ResponseWriter, r *http.Request) {
	id, _ := uuid.Parse(r.PathValue("id"))
	who, _ := identity.FromContext(r.Context())
	a.answerMigration(w, r, id, http.StatusOK, a.moves.CallOff(r.Context(), who.ID, id))
}

// answerMigration gives the report, or what is wrong.
func (a *App) answerMigration(w http.ResponseWriter, r *http.Request, id uuid.UUID, status int, err error) {
	var report *migration.Report
	if err == nil {
		report, err = a.moves.Report(r.Context(), id)
	}
	switch {
	case errors.Is(err, migration.ErrNotFound):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.Is(err, migration.ErrUnderway), errors.Is(err, migration.ErrFourEyes), errors.Is(err, migration.ErrTooEarly), errors.Is(err, migration.ErrOver), errors.Is(err, migration.ErrOutdated):
		http.Error(w, err.Error(), http.StatusConflict)
	case err != nil:
		a.config.Log.Error("migration", "error", err)
		http.Error(w, "this cannot be done now; try again", http.StatusServiceUnavailable)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(report) // the client has gone; there is nobody to tell
	}
}

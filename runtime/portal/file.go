package portal

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
)

// upload gives an applicant a file back that an own application holds.
func (p *Portal) upload(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	application, err := pathID(r, "id")
	if err != nil {
		return err
	}
	id, err := pathID(r, "upload")
	if err != nil {
		return err
	}
	v, err := p.o.Applications.ForApplicant(r.Context(), me.ID, application)
	if err != nil {
		return err
	}
	file, err := p.o.Documents.OpenUploadOf(r.Context(), v.ID, id)
	if err != nil {
		return err
	}
	if err := p.downloaded(r, v, me.ID, id.String()); err != nil {
		return err
	}
	file.ServeHTTP(w, r)
	return nil
}

// document gives an applicant a paper that was issued in an own application.
func (p *Portal) document(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	of, err := p.o.Documents.ApplicationOf(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	v, err := p.o.Applications.ForApplicant(r.Context(), me.ID, of)
	if err != nil {
		return err
	}
	file, err := p.o.Documents.Download(r.Context(), v.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := p.downloaded(r, v, me.ID, r.PathValue("id")); err != nil {
		return err
	}
	file.ServeHTTP(w, r)
	return nil
}

// receipt gives an applicant the receipt of a payment of an own application.
func (p *Portal) receipt(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	of, err := pathID(r, "id")
	if err != nil {
		return err
	}
	id, err := pathID(r, "payment")
	if err != nil {
		return err
	}
	v, err := p.o.Applications.ForApplicant(r.Context(), me.ID, of)
	if err != nil {
		return err
	}
	if p.o.Receipt == nil {
		return application.ErrNotFound
	}
	paper, err := p.o.Receipt(r.Context(), v, id)
	if err != nil {
		return err
	}
	file, err := p.o.Documents.Open(r.Context(), v.ID, paper)
	if err != nil {
		return err
	}
	if err := p.downloaded(r, v, me.ID, paper); err != nil {
		return err
	}
	file.ServeHTTP(w, r)
	return nil
}

// downloaded records the download before a byte is sent.
func (p *Portal) downloaded(r *http.Request, v *application.View, actor uuid.UUID, what string) error {
	return p.o.Audit(r.Context(), audit.Entry{
		Authority: v.Authority, Actor: actor.String(), Action: "download", Subject: v.ID.String(), Detail: map[string]string{"file": what},
	})
}

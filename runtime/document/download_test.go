package document_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
)

func TestAHolderDownloadsOnlyWhatIsDeliveredByDownload(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		deliver  []string
		withheld bool
	}{{nil, false}, {[]string{"download"}, false}, {[]string{"pick-up", "download"}, false}, {[]string{"pick-up"}, true}, {[]string{"post"}, true}, {[]string{"pick-up", "post"}, true}} {
		of := uuid.New()
		r := request(of)
		r.Deliver = c.deliver
		id := w.issue(r)
		if list := w.papers(of); list[0].Withheld != c.withheld {
			t.Errorf("%v: %+v", c.deliver, list[0])
		}
		if _, err := w.archive.Download(t.Context(), of, id); errors.Is(err, document.ErrNotFound) != c.withheld || err != nil && !c.withheld {
			t.Errorf("%v: its holder: %v", c.deliver, err)
		}
		if _, err := w.archive.Open(t.Context(), of, id); err != nil {
			t.Errorf("%v: an officer cannot print it: %v", c.deliver, err)
		}
		if v := w.verify(id); v.Status != document.Valid {
			t.Errorf("%v: whoever verifies it learns %s", c.deliver, v.Status)
		}
	}
}

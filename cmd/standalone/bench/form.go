package bench

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/compile"
)

//go:embed form25
var form25 embed.FS

// formValidate validates a filled form of 25 fields, conditions and a rule among them, from what a browser sends to what is stored. A script
// is measured by itself.
func formValidate(ctx context.Context, r *report) error {
	files, err := fs.Sub(form25, "form25")
	if err != nil {
		return err
	}
	c, found := catalog.Load(files)
	if found.HasErrors() || len(c.Services) != 1 {
		return fmt.Errorf("form25 has %d services and %d findings", len(c.Services), len(found))
	}
	p, _, found := compile.Compile(c, c.Services[0])
	if found.HasErrors() {
		return fmt.Errorf("form25: %s", found[0].Summary)
	}
	if len(p.Form.Fields) != 25 {
		return fmt.Errorf("form25 has %d fields", len(p.Form.Fields))
	}
	f, err := form.Compile(p, nil)
	if err != nil {
		return err
	}
	raw := map[string]any{
		"firstName": "محمد", "fatherName": "أحمد", "grandfatherName": "خليل", "familyName": "النجار", "nationalNumber": "٤٠١٢٣٤٥٦٧",
		"birthDate": "1988-03-21", "sex": "male", "maritalStatus": "married", "spouse": "سارة", "phone": "0599123456", "secondPhone": "",
		"region": "gaza", "city": "خان يونس", "street": "شارع جلال", "building": "12", "postcode": "P8890000", "displaced": "yes",
		"displacedFrom": "بيت لاهيا", "householdSize": "7", "children": "4", "occupation": "معلم", "income": "2350.55", "workingHours": "37.5",
		"notes": "لا", "declaration": "true",
	}
	with := form.Context{Applicant: facts(), Submitted: formula.Date{Year: 2026, Month: 11, Day: 22}}
	took, err := perCall(func() error {
		values, problems, err := f.Validate(ctx, raw, with)
		if err != nil || len(problems) > 0 || len(values) != 24 { // the second phone has no answer
			return fmt.Errorf("%d values, problems %v, %w", len(values), problems, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.figure("form.validate_us", micros(took), "us")
	return nil
}

// scriptCall asks the script of the sample service in a worker process, as forms do. The program that runs must be its own worker: called
// with script-worker it has to run script.Worker.
func scriptCall(ctx context.Context, r *report) error {
	file := path.Join(samples, "services/transport/licence-number.js")
	source, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	s, problems := script.Parse(file, source)
	if s == nil {
		return fmt.Errorf("%v", problems)
	}
	pool, err := script.NewPool(script.Options{Size: 1})
	if err != nil {
		return err
	}
	defer pool.Close()
	form := map[string]any{"licenceNumber": licenceNumber}
	took, err := perCall(func() error {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if result, err := pool.Call(ctx, s, licenceNumber, form); err != nil || !result.Valid {
			return fmt.Errorf("%+v, %w", result, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.figure("script.call_us", micros(took), "us")
	return nil
}

package reference_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	yaml "gopkg.in/yaml.v3"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/reference"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(reference.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("language.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("language.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON is a definition as an editor hands it to its validator.
func asJSON(t *testing.T, content string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(content), &v); err != nil {
		t.Fatal(err)
	}
	return plain(v)
}

func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	case map[any]any:
		out := map[string]any{}
		for k := range v {
			key, _ := plain(k).(string)
			out[key] = plain(v[k])
		}
		return out
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return v
}

func TestEveryDefinitionOfTheSamplesFitsTheSchema(t *testing.T) {
	schema := compiled(t)
	seen := 0
	root := "../../samples/palestine"
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		inside, _ := filepath.Rel(root, p)
		if err != nil || d.IsDir() || catalog.Declares(filepath.ToSlash(inside)) == nil {
			return err
		}
		content, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		seen++
		if err := schema.Validate(asJSON(t, string(content))); err != nil {
			t.Errorf("%s: %v", inside, err)
		}
		return nil
	})
	if err != nil || seen < 10 {
		t.Errorf("%d definitions: %v", seen, err)
	}
}

func TestWhatIsMisspeltDoesNotFitTheSchema(t *testing.T) {
	schema := compiled(t)
	const file = "../../samples/palestine/services/transport/driving-licence-renew.yaml"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range [][2]string{
		{"tariff: transport", "tarif: transport"}, {"authority: transport\n", ""}, {"type: choice", "type: dropdown"}, {"sample: true", "sample: maybe"},
		{"        hint:", "        hnt:"}, {"service: ", "servis: "}, {"  - step: licence", "  - stop: licence"}, {"approve: continue", "approve: go on"},
	} {
		text := strings.Replace(string(content), test[0], test[1], 1)
		if text == string(content) {
			t.Errorf("%q is not there", test[0])
			continue
		}
		if err := schema.Validate(asJSON(t, text)); err == nil {
			t.Errorf("%q fits", test[1])
		}
	}
}

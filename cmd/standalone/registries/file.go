package registries

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	yaml "gopkg.in/yaml.v3"
)

// maxDelay bounds how long a sample row may keep a caller waiting.
const maxDelay = 30 * time.Second

// file is a sample file as it is written.
type file struct {
	Registry   string `yaml:"registry"`
	Operations []struct {
		Operation string    `yaml:"operation"`
		Arguments []string  `yaml:"arguments"`
		Rows      []fileRow `yaml:"rows"`
	} `yaml:"operations"`
}

type fileRow struct {
	Match  map[string]string `yaml:"match"`
	Answer yaml.Node         `yaml:"answer"`
	Delay  time.Duration     `yaml:"delay"`
	Fault  *struct {
		Status int   `yaml:"status"`
		Times  int64 `yaml:"times"`
	} `yaml:"fault"`
}

// read adds what one file declares.
func (r *Registries) read(text []byte) error {
	var f file
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return err
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("there must be one document")
	}
	if f.Registry == "" || len(f.Operations) == 0 {
		return errors.New("registry or operations are missing")
	}
	for _, o := range f.Operations {
		name := f.Registry + "/" + o.Operation
		if o.Operation == "" || len(o.Arguments) == 0 {
			return fmt.Errorf("%s: operation or arguments are missing", name)
		}
		if r.operations[name] != nil {
			return fmt.Errorf("%s is declared twice", name)
		}
		op := &operation{arguments: o.Arguments}
		for _, one := range o.Rows {
			made, err := one.row(o.Arguments)
			if err == nil && op.find(made.match) != nil {
				err = errors.New("there is a row with this match already")
			}
			if err != nil {
				return fmt.Errorf("line %d: %s: %w", one.Answer.Line, name, err)
			}
			op.rows = append(op.rows, made)
		}
		r.operations[name] = op
	}
	return nil
}

func (f fileRow) row(arguments []string) (*row, error) {
	made := &row{match: f.Match, delay: f.Delay}
	if len(f.Match) != len(arguments) {
		return nil, fmt.Errorf("match must name %v", arguments)
	}
	for name := range f.Match {
		if !slices.Contains(arguments, name) {
			return nil, fmt.Errorf("there is no argument %s", name)
		}
	}
	if f.Delay < 0 || f.Delay > maxDelay {
		return nil, fmt.Errorf("delay must be between 0 and %s", maxDelay)
	}
	if f.Fault != nil {
		if f.Fault.Status < 400 || f.Fault.Status > 599 || f.Fault.Times < 1 {
			return nil, errors.New("fault needs a status from 400 to 599 and times of at least 1")
		}
		made.status = f.Fault.Status
		made.fails.Store(f.Fault.Times)
	}
	if f.Answer.Kind != yaml.MappingNode {
		return nil, errors.New("answer must be a map")
	}
	var err error
	made.answer, err = plain(&f.Answer)
	return made, err
}

// plain turns a node into what JSON can say, without the guesses of the library: a date stays the text that it is,
// and a number with a point is refused, because it would not keep its digits.
func plain(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.MappingNode:
		all := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			if _, twice := all[name]; twice {
				return nil, fmt.Errorf("line %d: %s is given twice", n.Content[i].Line, name)
			}
			value, err := plain(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			all[name] = value
		}
		return all, nil
	case yaml.SequenceNode:
		all := make([]any, 0, len(n.Content))
		for _, one := range n.Content {
			value, err := plain(one)
			if err != nil {
				return nil, err
			}
			all = append(all, value)
		}
		return all, nil
	case yaml.ScalarNode:
		return scalar(n)
	}
	return nil, fmt.Errorf("line %d: anchors and aliases are not supported", n.Line)
}

func scalar(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!str", "!!timestamp":
		return n.Value, nil
	case "!!bool":
		return n.Value == "true", nil
	case "!!int":
		if !json.Valid([]byte(n.Value)) {
			return nil, fmt.Errorf("line %d: write %s in quotes if it is a text", n.Line, n.Value)
		}
		return json.Number(n.Value), nil
	}
	return nil, fmt.Errorf("line %d: write %s in quotes", n.Line, n.Value)
}

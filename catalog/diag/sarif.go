package diag

import (
	"io"
	"net/url"
	"path/filepath"
	"slices"
)

// WriteSARIF writes the list as a SARIF 2.1.0 log, which code review tools read. File names become relative
// URIs with forward slashes. Messages are in l; nil is English. The same list always gives the same bytes. The only errors are those of w.
func WriteSARIF(w io.Writer, l *Language, list List) error {
	var codes []Code
	for i := range list {
		codes = append(codes, list[i].Code)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "diwan", Rules: []sarifRule{}}
	for _, c := range codes {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{c})
	}
	for i := range list {
		d := list[i].In(l)
		rule, _ := slices.BinarySearch(codes, d.Code)
		text := d.Summary
		if d.Suggestion != "" {
			text += " (" + meant(d.Suggestion).In(l) + ")"
		}
		if d.Help != "" {
			text += ". " + d.Help
		}
		result := sarifResult{RuleID: d.Code, RuleIndex: rule, Level: d.Severity.String(), Message: sarifMessage{text}}
		if d.Range.File != "" {
			result.Locations = []sarifLocation{sarifPlace(d.Range)}
		}
		for _, r := range d.Related {
			place := sarifPlace(r.Range)
			place.Message = &sarifMessage{r.Message}
			result.Related = append(result.Related, place)
		}
		run.Results = append(run.Results, result)
	}
	return writeIndented(w, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

func sarifPlace(r Range) sarifLocation {
	var l sarifLocation
	l.Physical.Artifact.URI = (&url.URL{Path: filepath.ToSlash(r.File)}).String()
	if r.Start.Line > 0 {
		end := r.End
		if end.Line == 0 {
			end = r.Start
		}
		l.Physical.Region = &sarifRegion{
			StartLine: r.Start.Line, StartColumn: r.Start.Column, EndLine: end.Line, EndColumn: end.Column,
			ByteOffset: r.Start.Offset, ByteLength: end.Offset - r.Start.Offset,
		}
	}
	return l
}

// The part of the SARIF object model that Diwan writes.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID Code `json:"id"`
	}
	sarifResult struct {
		RuleID    Code            `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Message  *sarifMessage `json:"message,omitempty"`
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region *sarifRegion `json:"region,omitempty"`
		} `json:"physicalLocation"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
		ByteOffset  int `json:"byteOffset"`
		ByteLength  int `json:"byteLength"`
	}
)

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/runtime/document/pdf"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

type previewOptions struct{ document, lang, scenario, out string }

func previewCommand() *cobra.Command {
	var o previewOptions
	c := &cobra.Command{
		Use:   "preview FILE",
		Short: "Draw the papers of a service as its scenarios issue them",
		Long: "Preview runs the scenarios of a service and draws a paper that one of them issues, as a PDF with the mark of a sample. Without --scenario\n" +
			"it takes the first one that issues the paper; without --document, the first paper.",
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return preview(args[0], o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&o.document, "document", "", "code of the document")
	c.Flags().StringVar(&o.lang, "lang", "", "language of the applicant, which comes first; without it the first of the catalogue")
	c.Flags().StringVar(&o.scenario, "scenario", "", "title of the scenario")
	c.Flags().StringVarP(&o.out, "out", "o", "", "file to write; without it DOCUMENT.pdf, and - is the standard output")
	return c
}

func preview(file string, o previewOptions, out, errs io.Writer) error {
	at, err := placeOf(file)
	if err != nil {
		return err
	}
	c, list := catalog.Load(os.DirFS(at.root))
	i := slices.IndexFunc(c.Services, func(s *catalog.Service) bool { return s.File == at.inside })
	if i < 0 && !slices.ContainsFunc(list, at.concerns) {
		return usage("%s defines no service", file)
	}
	show := func(list diag.List) error {
		list.Sort()
		if err := diag.WriteText(errs, at.shown(list).Cap(mostShown), func(f string) []byte { return c.Files[strings.TrimPrefix(f, at.path(""))] }); err != nil {
			return err
		}
		return errFindings
	}
	var s *catalog.Service
	if i >= 0 {
		s = c.Services[i]
		list.Add(check.Service(c, s)...)
		list.Add(check.Shared(c)...)
		concerns := func(d diag.Diagnostic) bool { return at.concerns(d) || strings.HasPrefix(d.Range.File, "documents/") }
		list = slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return d.Severity != diag.Error || !concerns(d) })
	}
	if list.HasErrors() {
		return show(list)
	}
	issued, err := issuedBy(c, s, o)
	if err != nil {
		return err
	}
	body, err := drawn(c, s, issued, cmp.Or(o.lang, c.Settings.Languages[0].Value))
	if err != nil {
		return fmt.Errorf("%s: %w", issued.Document.Code, err)
	}
	if o.out == "-" {
		_, err = out.Write(body)
		return err
	}
	name := cmp.Or(o.out, issued.Document.Code+".pdf")
	if err := os.WriteFile(name, body, 0o600); err != nil {
		return err
	}
	_, err = fmt.Fprintf(errs, "%s: %s\n", filepath.Base(name), issued.Document.Code)
	return err
}

// issuedBy runs scenarios until one issues the paper that is meant.
func issuedBy(c *catalog.Catalogue, s *catalog.Service, o previewOptions) (servicetest.Paper, error) {
	scripts := new(lazyPool)
	defer scripts.Close()
	suite := servicetest.New(c, scripts)
	var titles []string
	var failed error
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		titles = append(titles, sc.Title.Value)
		if o.scenario != "" && sc.Title.Value != o.scenario {
			continue
		}
		papers, differences, problems, err := suite.Papers(s, sc)
		switch {
		case err != nil:
			failed = errors.Join(failed, fmt.Errorf("scenario %q: %w", sc.Title.Value, err))
		case problems.HasErrors() || len(differences) > 0 && len(papers) == 0:
			failed = errors.Join(failed, fmt.Errorf("scenario %q fails: see diwan test", sc.Title.Value))
		}
		for _, p := range papers {
			if o.document == "" || p.Document.Code == o.document {
				return p, nil
			}
		}
	}
	switch {
	case failed != nil:
		return servicetest.Paper{}, failed
	case o.scenario != "" && !slices.Contains(titles, o.scenario):
		return servicetest.Paper{}, usage("there is no scenario %q; there is %s", o.scenario, strings.Join(titles, ", "))
	}
	return servicetest.Paper{}, usage("no scenario issues this paper: write one that does, or name another")
}

// sampleAddress stands where a paper that is issued has the address of its verification.
const sampleAddress = "https://services.example.gov/verify/SAMPLESAMPLESAMPLESAMPLE22"

// drawn is the paper as a PDF.
func drawn(c *catalog.Catalogue, s *catalog.Service, p servicetest.Paper, lang string) ([]byte, error) {
	text := p.Texts.Documents[p.Document.Code]
	rows, err := paper.Shown(p.Document.Rows, p.Cells, text.Rows, p.Texts)
	if err != nil {
		return nil, err
	}
	content := paper.Content{
		Text: text, Language: lang, Number: p.Number, Rows: rows, Sample: true, IssuedAt: p.At, Photos: map[paper.Wanted]*pdf.Photo{}, Authority: plan.Text{},
	}
	if a := c.Authority(s.Authority.Value); a != nil {
		content.Authority = a.Title.Plain()
	}
	for _, wanted := range content.Pictures() {
		content.Photos[wanted] = paper.Stand(wanted.Whole)
	}
	d := content.Document()
	d.VerifyURL, d.VerifyCode = sampleAddress, "SAMP-LESA-MPLE-SAMP-LESA-MPLE-22"
	return pdf.Render(d)
}

package main

import (
	"cmp"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/draw"
)

func drawCommand() *cobra.Command {
	var format, lang string
	c := &cobra.Command{
		Use:   "draw FILE",
		Short: "Draw the steps of a service as SVG, or as BPMN 2.0 with its diagram",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "svg" && format != "bpmn" {
				return usage("there is no format %q: write svg or bpmn", format)
			}
			at, err := placeOf(args[0])
			if err != nil {
				return err
			}
			c, list := catalog.Load(os.DirFS(at.root))
			i := slices.IndexFunc(c.Services, func(s *catalog.Service) bool { return s.File == at.inside })
			if i < 0 && !slices.ContainsFunc(list, at.concerns) {
				return usage("%s defines no service", args[0])
			}
			var picture []byte
			if i >= 0 {
				list.Add(check.Service(c, c.Services[i])...)
			}
			list = slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return d.Severity != diag.Error || !at.concerns(d) })
			if !list.HasErrors() {
				p, t, found := compile.Compile(c, c.Services[i])
				list.Add(found...)
				if p != nil {
					lang := cmp.Or(lang, t.Languages[0])
					o := draw.Options{Lang: lang, Name: names(c, c.Services[i], lang)}
					if format == "bpmn" {
						picture = draw.BPMN(p, t, o)
					} else {
						picture = draw.SVG(p, t, o)
					}
				}
			}
			if list.HasErrors() {
				list.Sort()
				files := map[string][]byte{}
				for name, content := range c.Files {
					files[at.path(name)] = content
				}
				if err := diag.WriteText(cmd.ErrOrStderr(), at.shown(list).Cap(mostShown), func(f string) []byte { return files[f] }); err != nil {
					return err
				}
				return errFindings
			}
			_, err = cmd.OutOrStdout().Write(picture)
			return err
		},
	}
	c.Flags().StringVar(&format, "format", "svg", "svg or bpmn")
	c.Flags().StringVar(&lang, "lang", "", "language of the picture: ar, en; without it the first of the catalogue")
	return c
}

// names gives the titles of what the plan of s names by its code.
func names(c *catalog.Catalogue, s *catalog.Service, lang string) func(kind, code string) string {
	return func(kind, code string) string {
		switch kind {
		case "role":
			authority, role, other := strings.Cut(code, ":")
			if !other {
				authority, role = s.Authority.Value, code
			}
			if r := c.Role(authority, role); r != nil {
				return r.Title.In(lang)
			}
		case "registry":
			name, _, _ := strings.Cut(code, "/")
			if r := c.Registry(name); r != nil {
				return r.Title.In(lang)
			}
		}
		return ""
	}
}

package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/explain"
)

func explainCommand() *cobra.Command {
	var lang string
	c := &cobra.Command{
		Use:   "explain CODE",
		Short: "Say what a finding means, with a wrong and a right example",
		Long:  "Explain shows the page of a code as check prints it in brackets: unknown-key. All pages are in docs/findings.md.",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := language(lang)
			if err != nil {
				return err
			}
			return explainCode(args[0], l, cmd.OutOrStdout())
		},
	}
	c.Flags().StringVar(&lang, "lang", "en", "the language of the page: en or ar")
	return c
}

func explainCode(code string, l *diag.Language, out io.Writer) error {
	page, ok := explain.Of(code)
	if ok {
		return page.WriteText(out, l)
	}
	var have []string
	for _, c := range explain.Codes() {
		have = append(have, string(c))
	}
	if near := diag.Near(code, have); near != "" {
		return usage("there is no code %q: did you mean %s?", code, near)
	}
	return usage("there is no code %q; check prints it in brackets, as unknown-key", code)
}

package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog/explain"
	"github.com/diwan-gov/diwan/catalog/reference"
)

func referenceCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reference [language|findings]",
		Short: "Print the reference of the language, or of the findings, as Markdown",
		Args:  arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text := reference.Markdown
			switch {
			case len(args) == 0 || args[0] == "language":
			case args[0] == "findings":
				text = explain.Markdown
			default:
				return usage("there is no reference of %q: write language or findings", args[0])
			}
			_, err := io.WriteString(cmd.OutOrStdout(), text())
			return err
		},
	}
}

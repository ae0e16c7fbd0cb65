package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog/reference"
)

func referenceCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reference",
		Short: "Print the reference of the language as Markdown",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), reference.Markdown())
			return err
		},
	}
}

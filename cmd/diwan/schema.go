package main

import (
	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog/reference"
)

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print a JSON Schema of the language, for editors without the language server",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(reference.JSONSchema())
			return err
		},
	}
}

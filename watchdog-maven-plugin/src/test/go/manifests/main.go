// Reads a stack file as faas-cli does, and a Compose file as Docker Compose does.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/openfaas/go-sdk/stack"
)

func main() {
	services, err := stack.ParseYAMLFile(os.Args[1], "", "", true)
	fail(err)
	options, err := cli.NewProjectOptions([]string{os.Args[2]})
	fail(err)
	project, err := options.LoadProject(context.Background())
	fail(err)
	fail(json.NewEncoder(os.Stdout).Encode(map[string]any{"stack": services, "compose": project}))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

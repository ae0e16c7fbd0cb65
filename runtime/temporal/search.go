package temporal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// NotOffered says that the namespace lacks search attributes and that we may not add them.
type NotOffered struct {
	Namespace  string
	Attributes map[string]enums.IndexedValueType
	Err        error
}

func (n *NotOffered) Error() string {
	return fmt.Sprintf("namespace %s lacks search attributes, and no application can be started before it has them; somebody who may must run: %s (%v)",
		n.Namespace, n.Command(), n.Err)
}

func (n *NotOffered) Unwrap() error { return n.Err }

// Command is what an operator has to run.
func (n *NotOffered) Command() string {
	var b strings.Builder
	fmt.Fprintf(&b, "temporal operator search-attribute create --namespace %s", n.Namespace)
	for _, name := range slices.Sorted(maps.Keys(n.Attributes)) {
		fmt.Fprintf(&b, " --name %s --type %s", name, n.Attributes[name])
	}
	return b.String()
}

// OfferSearch makes sure that workflows can be found by these attributes, and adds what the namespace lacks; what is there stays as it is. It
// fails with a *NotOffered where that is not ours to do. Any number of processes may do it at once, and again. Added ones are known to every
// part of the server within seconds: a start that is refused meanwhile is tried again.
func OfferSearch(ctx context.Context, c client.Client, namespace string, wanted map[string]enums.IndexedValueType) error {
	// A search shows what counts, and who may only read may search; a list of the attributes is for operators of the server alone. Nothing has
	// an empty one, so that the index answers.
	var asked []string
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		asked = append(asked, name+" = ''")
	}
	_, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace, PageSize: 1, Query: strings.Join(asked, " AND ")})
	if lacks := (*serviceerror.InvalidArgument)(nil); !errors.As(err, &lacks) {
		return err
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: wanted})
	if already := (*serviceerror.AlreadyExists)(nil); errors.As(err, &already) {
		return nil
	}
	var denied *serviceerror.PermissionDenied
	var unknown *serviceerror.Unimplemented
	var full *serviceerror.InvalidArgument // no column of the type is left
	if errors.As(err, &denied) || errors.As(err, &unknown) || errors.As(err, &full) {
		return &NotOffered{Namespace: namespace, Attributes: wanted, Err: err}
	}
	return err
}

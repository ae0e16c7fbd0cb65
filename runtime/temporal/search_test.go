package temporal_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"

	"github.com/diwan-gov/diwan/runtime/temporal"
)

// frontend answers searches and wishes for attributes as a Temporal does that knows some and lets its attributes be changed or not.
type frontend struct {
	workflowservice.UnimplementedWorkflowServiceServer
	operatorservice.UnimplementedOperatorServiceServer
	refusal error // of a wish
	known   bool  // the attributes
	wishes  int
}

func (f *frontend) GetSystemInfo(context.Context, *workflowservice.GetSystemInfoRequest) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{}, nil
}

func (f *frontend) ListWorkflowExecutions(context.Context, *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	if !f.known {
		return nil, serviceerror.ToStatus(serviceerror.NewInvalidArgument("invalid query: column name 'Office' is not defined")).Err()
	}
	return &workflowservice.ListWorkflowExecutionsResponse{}, nil
}

func (f *frontend) AddSearchAttributes(_ context.Context, r *operatorservice.AddSearchAttributesRequest) (*operatorservice.AddSearchAttributesResponse, error) {
	f.wishes++
	if f.refusal != nil {
		return nil, serviceerror.ToStatus(f.refusal).Err()
	}
	f.known = r.Namespace == "land" && r.SearchAttributes["Office"] == enums.INDEXED_VALUE_TYPE_KEYWORD
	return &operatorservice.AddSearchAttributesResponse{}, nil
}

// offer asks the frontend for two attributes.
func (f *frontend) offer(t *testing.T) error {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(server, f)
	operatorservice.RegisterOperatorServiceServer(server, f)
	go func() { _ = server.Serve(l) }()
	defer server.Stop()
	keys, err := temporal.ParseKeys("k AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	if err != nil {
		t.Fatal(err)
	}
	c, err := temporal.Dial(t.Context(), temporal.Options{HostPort: l.Addr().String(), Namespace: "land", Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return temporal.OfferSearch(t.Context(), c, "land", map[string]enums.IndexedValueType{
		"Office": enums.INDEXED_VALUE_TYPE_KEYWORD, "Days": enums.INDEXED_VALUE_TYPE_INT,
	})
}

func TestSearchAttributesAreAddedWhereTheyAreMissing(t *testing.T) {
	f := &frontend{}
	for range 2 { // the second finds them
		if err := f.offer(t); err != nil || !f.known || f.wishes != 1 {
			t.Fatalf("known %v, %d wishes, %v", f.known, f.wishes, err)
		}
	}
	already := &frontend{refusal: serviceerror.NewAlreadyExists("another process was faster")}
	if err := already.offer(t); err != nil {
		t.Error(err)
	}
}

func TestWhoMayNotAddSearchAttributesIsToldTheCommand(t *testing.T) {
	for _, refusal := range []error{serviceerror.NewPermissionDenied("not yours", ""), serviceerror.NewUnimplemented("none here"), serviceerror.NewInvalidArgument("no more columns")} {
		err := (&frontend{refusal: refusal}).offer(t)
		var told *temporal.NotOffered
		if !errors.As(err, &told) || !strings.Contains(err.Error(), "temporal operator search-attribute create --namespace land --name Days --type Int --name Office --type Keyword") {
			t.Errorf("%v: %v", refusal, err)
		}
	}
	if err := (&frontend{refusal: serviceerror.NewUnavailable("later")}).offer(t); err == nil || errors.As(err, new(*temporal.NotOffered)) {
		t.Errorf("one that is away is no refusal: %v", err)
	}
}

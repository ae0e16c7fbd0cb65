package interpret

import (
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// SearchAttributes are those that the namespace must offer before an application can be started.
func SearchAttributes() map[string]enums.IndexedValueType {
	return map[string]enums.IndexedValueType{
		activity.SearchService:   enums.INDEXED_VALUE_TYPE_KEYWORD,
		activity.SearchAuthority: enums.INDEXED_VALUE_TYPE_KEYWORD,
		activity.SearchPlan:      enums.INDEXED_VALUE_TYPE_KEYWORD,
	}
}

// foundByPlan lets an application be found by the plan by which it goes on from now. One that was started without the attribute stays
// without it: its history has no such event.
func foundByPlan(ctx workflow.Context, digest string) {
	key := temporal.NewSearchAttributeKeyKeyword(activity.SearchPlan)
	if !workflow.GetTypedSearchAttributes(ctx).ContainsKey(key) {
		return
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, key.ValueSet(digest)); err != nil {
		panic(err) // a digest is a keyword: it cannot be
	}
}

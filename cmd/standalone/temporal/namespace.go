package temporalserver

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	persistencespb "go.temporal.io/server/api/persistence/v1"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence"
	"go.temporal.io/server/common/persistence/serialization"
	psql "go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/common/resolver"
	"go.temporal.io/server/common/searchattribute/sadefs"
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"
)

// ensureNamespace writes the namespace's row while no server runs, so that it can be used at once: through the
// server it would take until the next refresh of its caches.
func ensureNamespace(ctx context.Context, store *config.SQL, o Options) (err error) {
	db, err := psql.NewSQLDB(sqlplugin.DbKindMain, store, resolver.NewNoopResolver(), log.NewNoopLogger(), metrics.NoopMetricsHandler)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.SelectFromNamespace(ctx, sqlplugin.NamespaceFilter{Name: &o.Namespace})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if len(rows) == 0 {
		// Nothing in it belongs to SQLite; it is the server's one way to make a namespace without a running server.
		fresh, err := sqliteschema.NewNamespaceConfig(clusterName, o.Namespace, false, nil)
		if err != nil {
			return err
		}
		row := sqlplugin.NamespaceRow{ID: primitives.MustParseUUID(fresh.Detail.Info.Id), Name: o.Namespace}
		if err := settle(&row, fresh.Detail, o); err != nil {
			return err
		}
		_, err = db.InsertIntoNamespace(ctx, &row)
		return err
	}
	row := rows[0]
	detail, err := serialization.NewSerializer().NamespaceDetailFromBlob(persistence.NewDataBlob(row.Data, row.DataEncoding))
	if err != nil {
		return err
	}
	if err := settle(&row, detail, o); err != nil {
		return err
	}
	_, err = db.UpdateNamespace(ctx, &row)
	return err
}

// settle brings the options into the namespace and the namespace into its row.
func settle(row *sqlplugin.NamespaceRow, detail *persistencespb.NamespaceDetail, o Options) error {
	detail.Config.Retention = durationpb.New(o.Retention)
	if detail.Config.CustomSearchAttributeAliases == nil {
		detail.Config.CustomSearchAttributeAliases = map[string]string{}
	}
	if err := addSearchAttributes(detail.Config.CustomSearchAttributeAliases, o.SearchAttributes); err != nil {
		return err
	}
	blob, err := serialization.NewSerializer().NamespaceDetailToBlob(detail)
	if err != nil {
		return err
	}
	row.Data, row.DataEncoding = blob.Data, blob.EncodingType.String()
	return nil
}

// addSearchAttributes gives every wanted name one of the fixed columns of its type. aliases maps columns to names.
func addSearchAttributes(aliases map[string]string, wanted map[string]enumspb.IndexedValueType) error {
	columns := sadefs.GetDBIndexSearchAttributes(nil).CustomSearchAttributes
	taken := map[string]string{}
	for column, name := range aliases {
		taken[name] = column
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		want := wanted[name]
		if column, ok := taken[name]; ok {
			if columns[column] != want {
				return fmt.Errorf("search attribute %s is of type %s and cannot become %s", name, columns[column], want)
			}
			continue
		}
		free := ""
		for _, column := range slices.Sorted(maps.Keys(columns)) {
			if columns[column] == want && aliases[column] == "" {
				free = column
				break
			}
		}
		if free == "" {
			return fmt.Errorf("search attribute %s: no column of type %s is left", name, want)
		}
		aliases[free] = name
	}
	return nil
}

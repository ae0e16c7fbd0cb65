// Package pgtest gives tests a real PostgreSQL: one private cluster for each test process, one fresh database
// for each test.
//
// It owns the cluster and its temporary folder. It may not be imported by anything but tests. Where no PostgreSQL
// can be run a test fails; it is never skipped.
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
//	func TestStore(t *testing.T) {
//		pool := pgtest.Pool(t, migrate)
//		…
//	}
package pgtest

// Package runtime groups the capabilities that own every effect of Diwan: applications, payments, documents, registries, identity, and the
// pages and API over them. It holds documentation only.
package runtime

package activity

// Names of the search attributes by which an operator finds workflows in Temporal itself. Temporal keeps them in clear, so they hold what the
// catalogue makes public and nothing of an application, not even its reference. Where an application stands is asked of our own tables.
const (
	SearchService   = "DiwanService"   // code of the service, of its rounds too
	SearchAuthority = "DiwanAuthority" // code of the authority
	SearchPlan      = "DiwanPlan"      // digest of the plan by which an application goes on
)

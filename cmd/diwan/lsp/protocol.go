package lsp

// These are the parts of the protocol (3.17) that the server reads and writes, under the protocol's own names.

type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

type textRange struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

type location struct {
	URI   string    `json:"uri"`
	Range textRange `json:"range"`
}

type textDocument struct {
	URI     string `json:"uri"`
	Version int    `json:"version"`
	Text    string `json:"text"`
}

// placeParams are the params of all requests about a place or a document.
type placeParams struct {
	TextDocument textDocument `json:"textDocument"`
	Position     position     `json:"position"`
	Range        textRange    `json:"range"`
	NewName      string       `json:"newName"`
	Context      struct {
		IncludeDeclaration bool `json:"includeDeclaration"`
	} `json:"context"`
}

type initializeParams struct {
	Capabilities struct {
		General struct {
			PositionEncodings []string `json:"positionEncodings"`
		} `json:"general"`
		Workspace struct {
			DidChangeWatchedFiles struct {
				DynamicRegistration bool `json:"dynamicRegistration"`
			} `json:"didChangeWatchedFiles"`
		} `json:"workspace"`
	} `json:"capabilities"`
	Options struct {
		Docs string `json:"docs"` // where the reference of findings is served
	} `json:"initializationOptions"`
	Locale string `json:"locale"`
}

type changeParams struct {
	TextDocument textDocument `json:"textDocument"`
	Changes      []struct {
		Range *textRange `json:"range"`
		Text  string     `json:"text"`
	} `json:"contentChanges"`
}

type watchedParams struct {
	Changes []struct {
		URI string `json:"uri"`
	} `json:"changes"`
}

type diagnostic struct {
	Range           textRange        `json:"range"`
	Severity        int              `json:"severity"`
	Code            string           `json:"code"`
	CodeDescription *codeDescription `json:"codeDescription,omitempty"`
	Source          string           `json:"source"`
	Message         string           `json:"message"`
	Related         []related        `json:"relatedInformation,omitempty"`
}

type codeDescription struct {
	Href string `json:"href"`
}

type related struct {
	Location location `json:"location"`
	Message  string   `json:"message"`
}

type publishParams struct {
	URI         string       `json:"uri"`
	Version     *int         `json:"version,omitempty"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

type textEdit struct {
	Range   textRange `json:"range"`
	NewText string    `json:"newText"`
}

type workspaceEdit struct {
	Changes map[string][]textEdit `json:"changes"`
}

type completionItem struct {
	Label      string    `json:"label"`
	Kind       int       `json:"kind"`
	Detail     string    `json:"detail,omitempty"`
	Doc        *markup   `json:"documentation,omitempty"`
	SortText   string    `json:"sortText"`
	FilterText string    `json:"filterText"`
	Format     int       `json:"insertTextFormat"`
	Mode       int       `json:"insertTextMode"`
	Edit       *textEdit `json:"textEdit"`
}

type completionList struct {
	Incomplete bool             `json:"isIncomplete"`
	Items      []completionItem `json:"items"`
}

type markup struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

type hover struct {
	Contents markup    `json:"contents"`
	Range    textRange `json:"range"`
}

type symbol struct {
	Name      string    `json:"name"`
	Detail    string    `json:"detail,omitempty"`
	Kind      int       `json:"kind"`
	Range     textRange `json:"range"`
	Selection textRange `json:"selectionRange"`
	Children  []symbol  `json:"children,omitempty"`
}

type codeAction struct {
	Title       string        `json:"title"`
	Kind        string        `json:"kind"`
	Preferred   bool          `json:"isPreferred"`
	Diagnostics []diagnostic  `json:"diagnostics"`
	Edit        workspaceEdit `json:"edit"`
}

type renamePlace struct {
	Range       textRange `json:"range"`
	Placeholder string    `json:"placeholder"`
}

type showMessage struct {
	Type    int    `json:"type"`
	Message string `json:"message"`
}

// The numbers that the protocol gives to severities and kinds.
const (
	severityError, severityWarning                                      = 1, 2
	kindFunction, kindValue, kindKeyword, kindProperty, kindReference   = 3, 12, 14, 10, 18
	symbolModule, symbolField, symbolFunction, symbolConstant, symbolOf = 2, 8, 12, 14, 13
	messageWarning                                                      = 2
	plainText, snippetText                                              = 1, 2
	asIs                                                                = 1
	incremental                                                         = 2
)

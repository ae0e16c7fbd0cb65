package machine

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Program is a plan that is ready to run: every formula compiled, every reference resolved. It is immutable and safe for parallel use.
type Program struct {
	plan    *plan.Plan
	zone    *time.Location
	nodes   []node
	index   map[string]int // node by key
	facts   []fact
	fees    map[string]*fee
	sums    []sum
	total   *rounding
	scope   map[string][]formula.Field // fields of each root
	results []string                   // roots that lookups fill, in the order of the nodes
	reads   []path
	rows    map[source]*expression
	valid   map[string]*expression // by document

	region   []int  // of each node: the fork in whose region it is, or outside
	branch   []int  // of each node in a region: in which of the fork's branches it lies
	most     int    // nodes that one step may enter
	operator string // role that looks after incidents

	returns   bool  // what was decided may stand when a node is come to again: an edge leads back, or forgets what a branch decided
	anew      []int // nodes to which what is reopened may come
	anytime   []anytime
	awaits    bool            // something is waited for from outside
	knows     bool            // Knows
	deadline  *deadline       // nil = none
	round     *round          // nil = none
	evaluated map[string]bool // facts of which Evaluates is true

	tariffOn *expression // the day that chooses the version of the tariff; nil = the day of submission

	readsDays, readsDecided bool // formulas of the machine read asOf, or asOf.decided
}

type fact struct {
	name string
	*expression
	number *expression // of the row that held, or nil
}

// Load makes a plan ready. It refuses whatever would let Step meet something that the plan does not say, so that Step is total. The plan
// must not change afterwards.
func Load(pl *plan.Plan) (*Program, error) {
	p, err := load(pl)
	if err != nil {
		return nil, fmt.Errorf("plan of %s: %w", pl.Service, err)
	}
	return p, nil
}

func load(pl *plan.Plan) (*Program, error) {
	if pl.Format != plan.Format {
		return nil, fmt.Errorf("format %d, this build knows %d", pl.Format, plan.Format)
	}
	zone, err := time.LoadLocation(pl.Zone)
	if err != nil || pl.Zone == "" {
		return nil, fmt.Errorf("time zone %q", pl.Zone)
	}
	if len(pl.Nodes) == 0 {
		return nil, errors.New("no nodes")
	}
	c, err := newCompiler(pl)
	if err != nil {
		return nil, err
	}
	p := &Program{plan: pl, zone: zone, operator: pl.Authority + ":" + Operator, index: map[string]int{}, fees: map[string]*fee{}, scope: map[string][]formula.Field{}, rows: map[source]*expression{}, valid: map[string]*expression{}}
	for _, f := range c.scope {
		if f.Type.Kind == formula.KindObject {
			p.scope[f.Name] = f.Type.Object.Fields
		}
	}
	for i, f := range pl.Facts {
		p.facts = append(p.facts, fact{f.Name, &c.readers[i], c.numbers[i]})
	}
	if p.tariffOn, err = c.optional(source{text: pl.TariffOn, kind: "date", fee: true}); err != nil {
		return nil, fmt.Errorf("day of the tariff: %w", err)
	}
	if p.tariffOn != nil && p.tariffOn.tariff {
		return nil, errors.New("the day of the tariff is read from the tariff")
	}
	for _, full := range pl.Reads {
		path, err := p.pathOf(full)
		if err != nil {
			return nil, err
		}
		p.reads = append(p.reads, path)
	}
	if err := p.loadFees(c); err != nil {
		return nil, err
	}
	for i := range pl.Nodes {
		n := &pl.Nodes[i]
		if _, twice := p.index[n.Key]; twice || n.Key == "" {
			return nil, fmt.Errorf("node key %q is empty or given twice", n.Key)
		}
		p.index[n.Key] = i
		loaded, err := p.loadNode(c, n)
		if err != nil {
			return nil, fmt.Errorf("node %s: %w", n.Key, err)
		}
		p.nodes = append(p.nodes, loaded)
	}
	if err := p.loadUndo(); err != nil {
		return nil, err
	}
	if err := p.loadEdges(c); err != nil {
		return nil, err
	}
	if err := p.loadRegions(); err != nil {
		return nil, err
	}
	p.loadBranches()
	if err := p.loadDocuments(c); err != nil {
		return nil, err
	}
	p.knows = knowing(pl)
	if err := p.loadAnytime(c); err != nil {
		return nil, err
	}
	if err := p.loadDeadline(c); err != nil {
		return nil, err
	}
	if err := p.loadSuspend(); err != nil {
		return nil, err
	}
	if err := p.loadReopen(); err != nil {
		return nil, err
	}
	if err := p.loadRound(c); err != nil {
		return nil, fmt.Errorf("round: %w", err)
	}
	p.evaluates(c)
	p.loadSkips(c)
	p.readsDays, p.readsDecided = c.reads("submitted"), c.reads("decided")
	p.readsDays = p.readsDays || p.readsDecided
	return p, nil
}

// Plan is the plan that was loaded; it must not be changed.
func (p *Program) Plan() *plan.Plan { return p.plan }

// Zone is the time zone of the plan's dates.
func (p *Program) Zone() *time.Location { return p.zone }

func (p *Program) loadDocuments(c *compiler) error {
	for _, d := range p.plan.Documents {
		if err := p.loadRows(c, d.Rows, "", true); err != nil {
			return fmt.Errorf("document %s: %w", d.Code, err)
		}
		e, err := c.optional(source{text: d.Valid, kind: "date", paper: true})
		if err != nil {
			return fmt.Errorf("document %s: %w", d.Code, err)
		}
		p.valid[d.Code] = e
	}
	for _, n := range p.nodes {
		if n.Kind == plan.Issue && !slices.ContainsFunc(p.plan.Documents, func(d plan.Document) bool { return d.Code == n.Issue.Document }) {
			return fmt.Errorf("node %s: no such document %q", n.Key, n.Issue.Document)
		}
	}
	return nil
}

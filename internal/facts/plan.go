package facts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Plan is what many needs ask of one relation, with everything asked once: one
// grid per time column, one panel per kind of subject, one listing per set of
// columns.
type Plan struct {
	limit     int
	points    int
	future    time.Time
	past      bool
	primary   Role
	grids     []*grid
	panels    []*panel
	listings  []*Listing
	histories []*Histories
	returns   []*Returns
	stays     []*Stays
}

// plainText are the characters of words in a statement: none of them means
// anything to any engine.
const plainText = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-.:/"

// Options bound a plan.
type Options struct {
	// Limit is the number of rows that one statement may return. A statement
	// that would return more is split.
	Limit int
	// Points is how many points the subjects of a kind are told at by statements.
	// Where there are more, their rows are read. 0 is what costs the least.
	Points int
	// Future, where it is set, is the instant from which rows count as lying in
	// the future of the clock. Rows without a time are counted then too. Where
	// it is left at zero, such rows are merely unknown.
	Future time.Time
	// Past says that the clock has gone on since the instants that are evaluated:
	// what lies between them and the clock is not read.
	Past bool
	// Primary is the role that places every row of the entity in time: a NULL
	// there is a fault of the row, elsewhere it is an open end.
	Primary Role
}

// grid is the union of the cubes on one time column whose keys agree.
type grid struct {
	time      Role
	planned   bool // times ahead of the clock are no fault
	stretches bool // rows are stretches of tickets
	standing  Standing
	streamed  bool // read row by row
	bounds    []time.Time
	unbounded bool // some cube has no lower limit
	outcomes  []Outcome
	keys      []Key
	sums      []Sum
}

// panel is the union of what is asked of one kind of subject.
type panel struct {
	who   Subjects // only the roles
	needs []*Subjects
	seen  map[pointKey][]*Subjects // needs by their first point
}

// NewPlan merges needs.
func NewPlan(o Options, needs []Need) (*Plan, error) {
	p := &Plan{limit: o.Limit, points: cmp.Or(o.Points, manyPoints), future: o.Future, past: o.Past, primary: o.Primary}
	// Cubes with keys come first, so that those without can join them.
	for _, keyed := range []bool{true, false} {
		for _, n := range needs {
			if n.Cube != nil && (len(n.Cube.Keys) > 0) == keyed {
				if err := p.addCube(n.Cube); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, n := range needs {
		switch {
		case n.Subjects != nil:
			if err := p.addSubjects(n.Subjects); err != nil {
				return nil, err
			}
		case n.Histories != nil:
			if p.history(n.Histories) < 0 {
				p.histories = append(p.histories, n.Histories)
			}
		case n.Returns != nil:
			p.addReturns(n.Returns)
		case n.Stays != nil:
			if err := n.Stays.check(); err != nil {
				return nil, err
			}
			if p.staying(n.Stays) < 0 {
				p.stays = append(p.stays, n.Stays)
			}
		case n.Listing != nil:
			if p.listing(n.Listing) < 0 {
				p.listings = append(p.listings, n.Listing)
			}
		}
	}
	for _, g := range p.grids {
		g.unbounded = slices.ContainsFunc(g.bounds, time.Time.IsZero)
		g.bounds = sortedBounds(g.bounds)
		for i := range g.outcomes {
			g.outcomes[i].Bounds = sortedBounds(g.outcomes[i].Bounds)
		}
	}
	return p, nil
}

func (p *Plan) addCube(c *Cube) error {
	if err := c.checkStream(); err != nil {
		return err
	}
	i := p.grid(c)
	if i < 0 {
		p.grids = append(p.grids, &grid{time: c.Time, stretches: c.Stretches, standing: c.Standing, streamed: c.streamed(), keys: slices.Clone(c.Keys)})
		i = len(p.grids) - 1
	}
	g := p.grids[i]
	g.planned = g.planned || c.Planned
	g.bounds = append(g.bounds, c.Bounds...)
	for _, o := range c.Outcomes {
		if j := outcomeIndex(g.outcomes, o); j >= 0 {
			g.outcomes[j].Bounds = append(g.outcomes[j].Bounds, o.Bounds...)
		} else {
			g.outcomes = append(g.outcomes, Outcome{Role: o.Role, Bounds: slices.Clone(o.Bounds), Early: o.Early})
		}
	}
	for _, s := range c.Sums {
		if !slices.Contains(g.sums, s) {
			g.sums = append(g.sums, s)
		}
	}
	return nil
}

// live reports whether rows of a grid that lie ahead of the clock are looked for,
// to be refused. A grid of standing rows leaves that to the grid of all.
func (p *Plan) live(g *grid) bool {
	return !p.future.IsZero() && !g.planned && g.standing == Standing{}
}

// grid is the index of the grid that holds a cube, -1 for none.
func (p *Plan) grid(c *Cube) int {
	return slices.IndexFunc(p.grids, func(g *grid) bool {
		return g.time == c.Time && g.stretches == c.Stretches && g.standing == c.Standing && g.streamed == c.streamed() &&
			(len(c.Keys) == 0 && !g.streamed || slices.Equal(g.keys, c.Keys))
	})
}

func (p *Plan) addSubjects(s *Subjects) error {
	named := slices.Concat(s.Attribution, s.Moments, s.Amounts)
	for _, p := range s.Pairs {
		named = append(named, p.From, p.To)
	}
	for _, a := range named {
		if a < 0 || a >= len(s.Points) {
			return fmt.Errorf("a need for %s names the point %d of %d", s.Subject, a, len(s.Points))
		}
	}
	for _, pt := range s.Points {
		for _, word := range pt.Words {
			if strings.Trim(word, plainText) != "" {
				return fmt.Errorf("the word %q of %s has other characters in it than %q", word, pt.Of, plainText)
			}
		}
	}
	i := p.panel(s)
	if i < 0 {
		p.panels = append(p.panels, &panel{who: roles(s), seen: map[pointKey][]*Subjects{}})
		i = len(p.panels) - 1
	}
	pn := p.panels[i]
	if pn.who.Amount == "" {
		pn.who.Amount, pn.who.Repeated = s.Amount, s.Repeated
	}
	key := firstPoint(s)
	if !slices.ContainsFunc(pn.seen[key], func(o *Subjects) bool { return sameSubjects(o, s) }) {
		pn.needs = append(pn.needs, s)
		pn.seen[key] = append(pn.seen[key], s)
	}
	return nil
}

// firstPoint is a point of subjects, by which they are found.
func firstPoint(s *Subjects) pointKey {
	if len(s.Points) == 0 {
		return pointKey{}
	}
	return keyOf(s.Points[0])
}

// panel is the index of the panel that holds subjects, -1 for none. Those
// without an amount join those with one.
func (p *Plan) panel(s *Subjects) int {
	return slices.IndexFunc(p.panels, func(pn *panel) bool {
		return pn.who.Subject == s.Subject && pn.who.Start == s.Start && pn.who.End == s.End && pn.who.Trial == s.Trial && pn.who.Weight == s.Weight &&
			sameCode(pn.who.Last, s.Last) && pn.who.Unit == s.Unit && (s.Amount == "" || pn.who.Amount == "" || pn.who.Repeated == s.Repeated) && (pn.who.Amount == s.Amount || pn.who.Amount == "" || s.Amount == "")
	})
}

func (p *Plan) listing(l *Listing) int {
	return slices.IndexFunc(p.listings, func(o *Listing) bool { return slices.Equal(o.Columns, l.Columns) })
}

func roles(s *Subjects) Subjects {
	return Subjects{Subject: s.Subject, Start: s.Start, End: s.End, Trial: s.Trial, Weight: s.Weight, Amount: s.Amount, Repeated: s.Repeated, Unit: s.Unit, Last: s.Last}
}

func sameSubjects(a, b *Subjects) bool {
	return slices.EqualFunc(a.Points, b.Points, samePoint) &&
		slices.Equal(a.Attribution, b.Attribution) && slices.Equal(a.Moments, b.Moments) &&
		a.Amount == b.Amount && a.Repeated == b.Repeated && slices.Equal(a.Amounts, b.Amounts) && slices.Equal(a.Pairs, b.Pairs)
}

func samePoint(a, b Point) bool { return a.same(&b) }

// same is samePoint without copies, of which there are too many.
func (pt *Point) same(b *Point) bool {
	return pt.At.Equal(b.At) && pt.Until.Equal(b.Until) && pt.Ended.Equal(b.Ended) &&
		pt.Of == b.Of && slices.Equal(pt.Words, b.Words) && pt.Lo.Equal(b.Lo) && pt.Hi.Equal(b.Hi) && pt.Where == b.Where && pt.Least == b.Least
}

// outcomeIndex is the index of an outcome among those of a grid, -1 for none.
func outcomeIndex(all []Outcome, o Outcome) int {
	return slices.IndexFunc(all, func(x Outcome) bool { return x.Role == o.Role && x.Early == o.Early })
}

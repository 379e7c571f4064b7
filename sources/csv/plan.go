package csv

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// plan turns the rows of one source into records: the configured fields, ready
// to be read.
type plan struct {
	shape  *shape
	fields []planned
	id     int // of the field id among fields, -1 when rows have none
	clock  *clock
	nulls  map[string]bool
	limit  time.Time // what happened later is a mistake

	scratch  []byte
	doubtful []doubtful // the ambiguous times of the row at hand
	notes    *Notes
}

// planned is a field and the headers that feed it.
type planned struct {
	field
	headers Strings
	put     putter
	after   []int // of its floor fields among fields
}

// doubtful is an ambiguous time of the row at hand.
type doubtful struct {
	field int
	later time.Time
}

// newPlan returns the plan of a checked configuration.
func newPlan(c *Config, notes *Notes) (*plan, error) {
	clock, err := newClock(c)
	if err != nil {
		return nil, err
	}
	p := &plan{shape: shapeOf(c.Record), id: -1, clock: clock, nulls: map[string]bool{}, notes: notes}
	for _, null := range c.NullValues {
		p.nulls[strings.TrimSpace(null)] = true
	}
	for _, name := range p.order(c) {
		f := planned{field: p.shape.field(name), headers: c.Columns[name]}
		if f.bind != nil {
			f.put = f.bind(newMapping(c.Values[name], c.DecimalComma))
		}
		for _, earlier := range f.field.after {
			if i := slices.IndexFunc(p.fields, func(g planned) bool { return g.name == earlier }); i >= 0 {
				f.after = append(f.after, i)
			}
		}
		if name == idField.name {
			p.id = len(p.fields)
		}
		p.fields = append(p.fields, f)
	}
	return p, nil
}

// order lists the configured fields: those of the shape in its order, in which
// no time comes before the ones it is compared with, then the custom ones.
func (p *plan) order(c *Config) []string {
	names := slices.Sorted(maps.Keys(c.Columns))
	rank := func(name string) int {
		return slices.IndexFunc(p.shape.fields, func(f field) bool { return f.name == name })
	}
	slices.SortStableFunc(names, func(a, b string) int {
		ra, rb := rank(a), rank(b)
		if (ra < 0) != (rb < 0) {
			return rb - ra
		}
		return ra - rb
	})
	return names
}

// record translates a row. The id is empty where the row has none.
func (p *plan) record(s *sheet, cells [][]byte) (id string, body desk.Body, flt *fault) {
	if !s.fits(cells) {
		return "", nil, &fault{desk.ReasonMalformed, fmt.Sprintf(
			"%d columns where the header has %d; mend the row, often a delimiter or a line break that is not in quotes", len(cells), s.need)}
	}
	body = p.shape.blank()
	p.doubtful = p.doubtful[:0]
	for i := range p.fields {
		f := &p.fields[i]
		text := s.text(i, cells, p.nulls, &p.scratch)
		switch {
		case len(text) == 0 && p.requires(i):
			return "", nil, p.shape.missing(f.name)
		case len(text) == 0:
			continue
		case i == p.id && bytes.IndexByte(text, 0) >= 0:
			flt = nulFault(f.name)
		case i == p.id:
			id = strings.ToValidUTF8(string(text), "\uFFFD")
		case f.at != nil:
			flt = p.time(i, body, text)
		default:
			flt = f.put(body, text)
		}
		if flt != nil {
			return "", nil, flt
		}
	}
	p.settleDoubts(body)
	if flt := p.shape.checkPeriod(id, body); flt != nil {
		return "", nil, flt
	}
	if p.shape.key != nil {
		id = p.shape.key(id, body)
	}
	return id, body, p.checkFuture(body)
}

// requires reports whether a row without a field is rejected at once. Where
// there are period rows, that depends on the rest of the row.
func (p *plan) requires(field int) bool {
	return !p.shape.sums && (p.fields[field].required || field == p.id && p.shape.keyed)
}

// happened returns the newest instant at which something happened. A period that
// is not over has not come further than the clock.
func (p *plan) happened(body desk.Body) time.Time {
	if t := body.Newest(); t.Before(p.limit) {
		return t
	}
	return p.limit
}

// endOfTime is the first second of 2262, the last year whose instants can still
// be counted in nanoseconds since 1970, though not all of them.
var endOfTime = time.Date(2262, time.January, 1, 0, 0, 0, 0, time.UTC).Unix()

// time reads an instant into a body: of an ambiguous one the earlier instant,
// until all times of the row are known.
func (p *plan) time(i int, body desk.Body, text []byte) *fault {
	f := &p.fields[i]
	var m moment
	var ok bool
	if f.end {
		m, ok = p.clock.parseEnd(string(text))
	} else {
		m, ok = p.clock.parse(string(text))
	}
	if !ok {
		if p.clock.impossible(string(text)) {
			return &fault{desk.ReasonBadTime, f.name + ": a moment that does not exist, as 30 February, month 13, 24:00 or second 60; mend the export, or the order of day and month in time_format"}
		}
		return &fault{desk.ReasonBadTime, f.name + ": no time in any of time_format, or a zone that zones does not list; add its format or zone"}
	}
	if s := m.at.Unix(); s <= 0 || s >= endOfTime {
		return &fault{desk.ReasonBadTime, f.name + ": a time before 1970 or after 2261; if it stands for no time, list it under null_values"}
	}
	if m.gap {
		p.notes.Gaps++
	}
	if !m.later.IsZero() {
		p.notes.Ambiguous++
		p.doubtful = append(p.doubtful, doubtful{i, m.later})
	}
	*f.at(body) = m.at
	return nil
}

// settleDoubts moves ambiguous times to their later instant where the earlier
// one would come before a time that it cannot come before.
func (p *plan) settleDoubts(body desk.Body) {
	for _, d := range p.doubtful {
		at := p.fields[d.field].at(body)
		for _, i := range p.fields[d.field].after {
			if at.Before(*p.fields[i].at(body)) {
				*at = d.later
				break
			}
		}
	}
}

// checkFuture rejects what claims to have happened already and cannot have.
func (p *plan) checkFuture(body desk.Body) *fault {
	for _, f := range p.fields {
		if f.at != nil && !f.due && f.at(body).After(p.limit) {
			return &fault{desk.ReasonFuture, f.name + ": later than now; correct timezone or time_format, or the clock that wrote it"}
		}
	}
	return nil
}

package web

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// Figures is what the figures of the page are made from.
type Figures struct {
	Window   string              // the one that is shown
	Families []*dto.MetricFamily // as they are served
	Trends   map[string][]Trend  // by desk
	Desks    []Feeds             // in the order of the page
	Surveys  map[string]bool     // the kinds of surveys that there are
}

// Feeds is what a desk could tell of.
type Feeds struct {
	Desk   string
	Kinds  map[string]bool // of records that its sources bring
	Hidden map[string]bool // kinds whose figures do not show
	Why    []string        // in words
	// Parts says that there are figures of parts of the desk only; of the whole
	// there are stocks, which add up.
	Parts bool
}

// openDesks is how many desks show their figures at once; those of the others
// are a click away.
const openDesks = 3

// DesksOf returns the figures of the desks.
func DesksOf(f Figures) []Desk {
	all := figuresOf(f.Families, f.Window, wanted())
	var desks []Desk
	for i, feeds := range f.Desks {
		d := &deskPage{Figures: f, figures: all, desk: feeds.Desk, feeds: feeds}
		desk := d.page()
		desk.ID, desk.Open = IDOf("desk", feeds.Desk), i < openDesks
		desks = append(desks, desk)
	}
	return desks
}

// IDOf returns the id of the place on the page that something named has. It goes
// with the name, so that whoever looks at it stays with it when others come and
// go.
func IDOf(kind string, name ...string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.Join(name, "\x00"))) // a hash takes everything
	return fmt.Sprintf("%s-%x", kind, h.Sum64())
}

// deskPage makes the figures of one desk.
type deskPage struct {
	Figures
	figures figures
	desk    string
	feeds   Feeds
}

func (d *deskPage) shows(kind string) bool { return d.feeds.Kinds[kind] && !d.feeds.Hidden[kind] }

func (d *deskPage) page() Desk {
	page := Desk{Name: d.desk, Hidden: d.feeds.Why}
	for _, s := range sections {
		if of := d.section(&s); d.shows(s.kind) && len(of.Figures) > 0 {
			page.Sections = append(page.Sections, of)
		}
	}
	page.Summary.Open = d.counted(d.figures.sum(openFamily, d.desk, nil))
	page.Summary.Opened = d.counted(d.figures.one(openedFamily, d.desk, none))
	page.Summary.Solved = d.counted(d.figures.one(solvedFamily, d.desk, none))
	page.Summary.Overdue = d.counted(d.figures.sum(overdueFamily, d.desk, nil))
	return page
}

// section returns the figures that one kind of records feeds.
func (d *deskPage) section(s *section) Section {
	of := Section{Title: s.title}
	if s.kind == kindTicket {
		of.Promises = d.promises()
		of.Figures = append(of.Figures, d.open())
	}
	if d.feeds.Parts {
		return of
	}
	if s.kind == kindTicket {
		of.Flow = d.flow()
	}
	for i := range s.kpis {
		of.Figures = append(of.Figures, d.kpi(&s.kpis[i])...)
	}
	return of
}

// none is the labels of a series that its desk alone tells from others.
var none = map[string]string{}

func (d *deskPage) counted(n float64, ok bool) Value {
	return Value{Text: Count(n), Known: ok}
}

// flow returns the tickets that came and went.
func (d *deskPage) flow() *Flow {
	f := &Flow{
		Opened: d.counted(d.figures.one(openedFamily, d.desk, none)),
		Solved: d.counted(d.figures.one(solvedFamily, d.desk, none)),
	}
	opened, solved := d.trend(openedFamily, none), d.trend(solvedFamily, none)
	if opened == nil || solved == nil {
		return f
	}
	f.From, f.To = opened.Start, opened.Until
	f.Picture = flows(opened, solved, "Opened and solved tickets, "+each(opened)+". Opened: "+told(opened, number)+
		". Solved: "+told(solved, number)+".")
	return f
}

// open returns the tickets that are open now.
func (d *deskPage) open() Figure {
	f := Figure{Title: "Open now", Href: kpiManual("open-tickets")}
	f.Value = d.counted(d.figures.sum(openFamily, d.desk, nil))
	if !f.Value.Known { // no series: no ticket was ever open
		f.Value = Value{Text: "0", Known: true}
	}
	if age, ok := d.figures.one(oldestFamily, d.desk, none); ok {
		f.Beside = append(f.Beside, "oldest: "+Duration(secondsOf(age)))
	}
	if n, ok := d.figures.sum(awaitingFamily, d.desk, nil); ok {
		f.Beside = append(f.Beside, "waiting for an agent: "+Count(n))
	}
	return f
}

// kpi returns what there is of a KPI: a figure for each survey, policy or method
// that it is told for.
func (d *deskPage) kpi(k *kpi) []Figure {
	if k.survey != "" && !d.Surveys[k.survey] {
		return nil
	}
	identities := d.figures.identities(d.desk, k.labels, k.family, k.sample)
	if k.objective != "" {
		identities = d.agreed(k, identities)
	}
	if len(identities) == 0 {
		return []Figure{{Title: k.title, Href: kpiManual(k.manual), Value: Value{Text: "no sample yet"}}}
	}
	var all []Figure
	for _, identity := range identities {
		all = append(all, d.figure(k, identity))
	}
	return all
}

// agreed chooses among the ways to count those who gave up the one that the
// objective is about, and without an objective the strictest.
func (d *deskPage) agreed(k *kpi, identities []map[string]string) []map[string]string {
	return slices.DeleteFunc(identities, func(identity map[string]string) bool {
		policy := map[string]string{k.of: identity[k.of]}
		if len(d.figures.at(k.objective, d.desk, policy)) > 0 {
			_, ok := d.figures.one(k.objective, d.desk, identity)
			return !ok
		}
		return identity["abandons"] != "negative"
	})
}

func (d *deskPage) figure(k *kpi, identity map[string]string) Figure {
	f := Figure{Title: k.title, Href: kpiManual(k.manual), Of: words(identity[k.of])}
	n, counted := d.figures.one(k.sample, d.desk, identity)
	if counted {
		f.Sample = "n" + hardBlank + "=" + hardBlank + Count(n) + " " + k.counted.of(n)
	}
	value, ok := d.figures.one(k.family, d.desk, with(identity, k.labels))
	switch {
	case ok:
		f.Value = Value{Text: textOf(value, k.unit), Known: true}
	case n > 0:
		f.Value = Value{Text: "too few for a figure"}
	default:
		f.Value = Value{Text: "no sample yet"}
	}
	if ok {
		f.Unit = map[unit]string{points: "points", score: "of 7"}[k.unit]
		if k.high != nil {
			f.Unit = "median"
		}
		d.besides(k, identity, &f)
		d.judge(k, identity, value, &f)
	}
	if t := d.trend(k.family, with(identity, k.labels)); t != nil {
		f.Picture = bars(t, title(k, &f)+", "+each(t)+": "+told(t, k.unit)+".")
	}
	return f
}

// title says in words which figure a picture shows.
func title(k *kpi, f *Figure) string {
	text := k.title
	if f.Of != "" {
		text += " " + Quote(f.Of)
	}
	if k.high != nil {
		text += ", median"
	}
	return text
}

// each says what a bar of a picture stands for.
func each(t *Trend) string {
	if t.Step == time.Hour {
		return "one bar an hour"
	}
	return "one bar for every " + Duration(t.Step)
}

// besides adds what says how far a figure can be trusted.
func (d *deskPage) besides(k *kpi, identity map[string]string, f *Figure) {
	if high, ok := d.figures.one(k.family, d.desk, with(identity, k.high)); ok && k.high != nil {
		f.Beside = append(f.Beside, "90"+hardBlank+"% within "+textOf(high, k.unit))
	}
	const sure = " (95" + hardBlank + "% confidence)"
	lower, ok := d.figures.one(k.lower, d.desk, identity)
	if upper, also := d.figures.one(k.upper, d.desk, identity); ok && also {
		f.Beside = append(f.Beside, textOf(lower, k.unit)+" to "+textOf(upper, k.unit)+sure)
	}
	switch margin, ok := d.figures.one(k.margin, d.desk, identity); {
	case ok && margin == 0: // all answers are of one kind, which says nothing of those who did not answer
		f.Beside = append(f.Beside, "sample too one-sided for a margin")
	case ok:
		f.Beside = append(f.Beside, "±"+hardBlank+textOf(margin, k.unit)+sure)
	}
}

// judge compares a figure with what was agreed.
func (d *deskPage) judge(k *kpi, identity map[string]string, value float64, f *Figure) {
	objective, ok := d.figures.one(k.objective, d.desk, identity)
	if !ok {
		return
	}
	f.Beside = append(f.Beside, "objective "+percentOf(objective)+" within "+thresholdOf(identity["threshold"]))
	f.State, f.Word = Good, "reached"
	if value < objective {
		f.State, f.Word = Bad, "missed"
	}
}

// thresholdOf writes a length of time for people that a label has.
func thresholdOf(label string) string {
	if d, err := time.ParseDuration(label); err == nil {
		return Duration(d)
	}
	return label // in days or more
}

// trend returns how a figure went; nil where nobody knows.
func (d *deskPage) trend(family string, identity map[string]string) *Trend {
	for i := range d.Trends[d.desk] {
		t := &d.Trends[d.desk][i]
		if t.Family == family && maps.Equal(t.Identity, identity) && len(t.Points) > 1 {
			return t
		}
	}
	return nil
}

// told says in words what a picture shows.
func told(t *Trend, u unit) string {
	least, most, ok := t.known()
	if !ok {
		return "no sample"
	}
	text := "from " + textOf(least, u) + " to " + textOf(most, u)
	if last := t.Points[len(t.Points)-1]; last.Known {
		text += ", last " + textOf(last.Value, u)
	}
	return text
}

func textOf(value float64, u unit) string {
	switch u {
	case share:
		return percentOf(value)
	case seconds:
		return Duration(secondsOf(value))
	case points, score:
		return decimalOf(value, 1)
	default:
		return Count(value)
	}
}

// words writes the value of a label as people do.
func words(value string) string {
	if own := map[string]string{
		"operational": "no further contact", "one_touch": "one answer", "survey": "as customers say",
	}[value]; own != "" {
		return own
	}
	return value
}

func kpiManual(section string) string { return "./docs/kpis#" + section }

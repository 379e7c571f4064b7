package web

import (
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"
)

// Trend is how a figure went: one point a step, the oldest first.
type Trend struct {
	Family   string
	Identity map[string]string // the labels that tell it from others of the family
	Start    time.Time         // of the first step
	Step     time.Duration
	Until    time.Time // how far all is known; the last step ends then or soon after
	Points   []Point
}

// Point is the figure of one step; not known where there is no sample.
type Point struct {
	Value float64
	Known bool
}

// known returns the least and the greatest of the figures there are.
func (t *Trend) known() (least, most float64, ok bool) {
	least, most = math.Inf(1), math.Inf(-1)
	for _, p := range t.Points {
		if p.Known {
			least, most, ok = min(least, p.Value), max(most, p.Value), true
		}
	}
	return least, most, ok
}

// The measures of a picture, in its own units: it is stretched to the room that
// the page has for it.
const (
	barWidth  = 8
	barPitch  = 10
	barHeight = 40
	line      = 0.8 // of the smallest bar
)

// bars draws a trend: a bar a step, from zero on. What has no sample is a gap.
func bars(t *Trend, label string) template.HTML {
	least, most, ok := t.known()
	if !ok {
		return ""
	}
	least, most = min(least, 0), max(most, 0)
	p := newPicture(t, label)
	zero := barHeight * scaled(most, most-least)
	p.row(t, zero, barHeight, most-least, "bar")
	p.axis(t, zero)
	return p.html()
}

// flows draws two trends of counts on one scale: the first above a line, the
// second below it.
func flows(above, below *Trend, label string) template.HTML {
	_, most, ok := above.known()
	_, other, alsoOK := below.known()
	if !ok || !alsoOK || len(above.Points) != len(below.Points) {
		return ""
	}
	most = max(most, other, 1)
	const half = barHeight / 2
	p := newPicture(above, label)
	p.row(above, half, half, most, "bar")
	p.row(below, half, -half, most, "bar other")
	p.axis(above, half)
	return p.html()
}

// picture is a drawing in the making.
type picture struct{ b strings.Builder }

func newPicture(t *Trend, label string) *picture {
	p := &picture{}
	fmt.Fprintf(&p.b, `<svg class="picture" role="img" aria-label="%s" viewBox="0 0 %d %d" preserveAspectRatio="none">`,
		template.HTMLEscapeString(label), len(t.Points)*barPitch, barHeight)
	return p
}

func (p *picture) html() template.HTML { return template.HTML(p.b.String() + "</svg>") }

// row draws bars that stand on zero, or hang from it: reach, which is below 0
// where they hang, is how far one goes whose value is whole. What is not nothing
// can be seen.
func (p *picture) row(t *Trend, zero, reach, whole float64, class string) {
	var all strings.Builder
	for i, point := range t.Points {
		rise := reach * scaled(point.Value, whole)
		if !point.Known || rise == 0 {
			continue
		}
		height := max(math.Abs(rise), line)
		y := zero
		if rise > 0 {
			y -= height
		}
		fmt.Fprintf(&all, "M%d %.4gh%dv%.4gh-%dz", i*barPitch+(barPitch-barWidth)/2, y, barWidth, height, barWidth)
	}
	if all.Len() > 0 {
		fmt.Fprintf(&p.b, `<path class="%s" d="%s"/>`, class, all.String())
	}
}

// axis draws the line of zero below what is known, so that nothing differs from
// not knowing, which is a gap.
func (p *picture) axis(t *Trend, zero float64) {
	p.b.WriteString(`<path class="axis" d="`)
	for i, point := range t.Points {
		if point.Known {
			fmt.Fprintf(&p.b, "M%d %.4gh%d", i*barPitch, zero, barPitch)
		}
	}
	p.b.WriteString(`"/>`)
}

// scaled is a part of a whole, nothing of nothing.
func scaled(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}

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
	Until    time.Time // how far all is known; a step that ends later is not over
	Points   []Point
}

// Point is the figure of one step; not known where there is no sample.
type Point struct {
	Value float64
	Known bool
}

// running reports whether the last step is not over.
func (t *Trend) running() bool {
	return t.Start.Add(time.Duration(len(t.Points)) * t.Step).After(t.Until)
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
	line      = 0.8
)

// bars draws a trend: a bar a step, from zero on. What has no sample is a gap,
// the step that is not over is pale.
func bars(t *Trend, label string) template.HTML {
	least, most, ok := t.known()
	if !ok {
		return ""
	}
	least, most = min(least, 0), max(most, 0)
	var b strings.Builder
	open(&b, len(t.Points), label)
	zero := barHeight * scaled(most, most-least)
	row(&b, t, func(value float64) (y, height float64) {
		height = barHeight * scaled(math.Abs(value), most-least)
		if value < 0 {
			return zero, height
		}
		return zero - height, height
	}, "bar")
	b.WriteString("</svg>")
	return template.HTML(b.String())
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
	var b strings.Builder
	open(&b, len(above.Points), label)
	row(&b, above, func(value float64) (y, height float64) {
		height = half * scaled(value, most)
		return half - height, height
	}, "bar")
	row(&b, below, func(value float64) (y, height float64) {
		return half, half * scaled(value, most)
	}, "bar other")
	fmt.Fprintf(&b, `<path class="axis" d="M0 %dH%d"/></svg>`, half, len(above.Points)*barPitch)
	return template.HTML(b.String())
}

func open(b *strings.Builder, steps int, label string) {
	fmt.Fprintf(b, `<svg class="picture" role="img" aria-label="%s" viewBox="0 0 %d %d" preserveAspectRatio="none">`,
		template.HTMLEscapeString(label), steps*barPitch, barHeight)
}

// row draws the bars of a trend. Nothing is a line, so that it differs from not
// knowing, which is a gap.
func row(b *strings.Builder, t *Trend, at func(value float64) (y, height float64), class string) {
	var over, running strings.Builder
	for i, p := range t.Points {
		if !p.Known {
			continue
		}
		y, height := at(p.Value)
		if height < line {
			y, height = min(y, barHeight-line), line
		}
		of := &over
		if i == len(t.Points)-1 && t.running() {
			of = &running
		}
		fmt.Fprintf(of, "M%d %.4gh%dv%.4gh-%dz", i*barPitch+(barPitch-barWidth)/2, y, barWidth, height, barWidth)
	}
	for _, of := range []struct{ class, bars string }{{class, over.String()}, {class + " running", running.String()}} {
		if of.bars != "" {
			fmt.Fprintf(b, `<path class="%s" d="%s"/>`, of.class, of.bars)
		}
	}
}

// scaled is a part of a whole, nothing of nothing.
func scaled(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}

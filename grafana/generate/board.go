//lint:file-ignore SA1019 The form of dashboards that follows this one needs Grafana 12; this one is read by 10 and 11 as well.

package main

import (
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// tag marks the dashboards that link to each other.
const tag = "helpdesk"

// board is one dashboard. All that the boards have in common is not said in
// them: the data source, the links, the annotations, the time range.
type board struct {
	name      string // of the file, and what the uid ends in
	title     string
	about     string
	variables []variable // beside those that every board has
	rows      []row
	folded    []row // after the others, each opened by a click: what is asked less often
	breaches  bool  // marks broken promises from the beginning
	alarms    bool  // and alerts that fire
}

// row is a part of a board under a heading. Panels flow from left to right and
// start a new line where one does not fit.
type row struct {
	title  string
	panels []panel
}

// panel is one of the kinds in panels.go.
type panel interface {
	build() (dashboard.Panel, error)
	size() (width, height uint32)
}

// The width that Grafana divides a dashboard into.
const columns = 24

func (b board) file() string { return b.name + ".json" }

func (b board) uid() string { return uidOf(b.name) }

func uidOf(name string) string { return "helpdesk-" + name }

func (b board) build() (dashboard.Dashboard, error) {
	builder := dashboard.NewDashboardBuilder(b.title).
		Uid(b.uid()).
		Description(b.about).
		Tags([]string{tag, "support"}).
		Readonly().
		Timezone("browser").
		Tooltip(dashboard.DashboardCursorSyncCrosshair).
		// Most of a desk's figures look back over their window by themselves; an
		// hour shows what moves.
		Time("now-1h", "now").
		Refresh("1m"). // sources are polled once a minute unless configured
		WithVariable(dataSource()).
		Link(dashboard.NewDashboardLinkBuilder("Help desk").
			Type(dashboard.DashboardLinkTypeDashboards).
			Tags([]string{tag}).AsDropdown(true).IncludeVars(true).KeepTime(true))
	for _, v := range append(everywhere(), b.choices()...) {
		builder = builder.WithVariable(v.build())
	}
	for _, a := range annotations(b) {
		builder = builder.Annotation(a)
	}
	d, err := builder.Build()
	if err != nil {
		return dashboard.Dashboard{}, err
	}
	// Some versions of Grafana hide in a menu what has a place of its own.
	for i := range d.Links {
		d.Links[i].Placement = nil
	}
	for i := range d.Annotations.List {
		d.Annotations.List[i].Placement = nil
	}
	d.Panels, err = layOut(b.rows, b.folded)
	return d, err
}

// choices returns what can be chosen beside what can be everywhere. A choice
// that has no hold on the board is hidden on it: links carry it on to the next.
func (b board) choices() []variable {
	all := slices.Clone(b.variables)
	for _, v := range []variable{window, channel, team, priority} {
		if !slices.ContainsFunc(b.variables, func(shown variable) bool { return shown.name == v.name }) {
			v.carried = true
			all = append(all, v)
		}
	}
	return all
}

// layOut gives every row and panel its place and its number. What is in a folded
// row has the place at which it unfolds.
func layOut(open, folded []row) ([]dashboard.PanelOrRowPanel, error) {
	var laid []dashboard.PanelOrRowPanel
	var id, y uint32
	for i, r := range slices.Concat(open, folded) {
		id++
		heading, err := dashboard.NewRowBuilder(r.title).Id(id).Collapsed(i >= len(open)).
			GridPos(dashboard.GridPos{X: 0, Y: y, W: columns, H: 1}).Build()
		if err != nil {
			return nil, err
		}
		y++
		panels, height, err := r.layOut(y, &id)
		if err != nil {
			return nil, err
		}
		if heading.Collapsed {
			heading.Panels = panels
		}
		laid = append(laid, dashboard.PanelOrRowPanel{RowPanel: &heading})
		if heading.Collapsed {
			continue
		}
		for _, p := range panels {
			laid = append(laid, dashboard.PanelOrRowPanel{Panel: &p})
		}
		y += height
	}
	return laid, nil
}

// layOut returns the panels of a row that begins at a height, and how high they
// are together. They are numbered on from the last id.
func (r row) layOut(y uint32, id *uint32) (laid []dashboard.Panel, height uint32, err error) {
	var x, line, tallest uint32
	for _, p := range r.panels {
		w, h := p.size()
		if x+w > columns {
			x, line, tallest = 0, line+tallest, 0
		}
		built, err := p.build()
		if err != nil {
			return nil, 0, err
		}
		*id++
		built.Id = cog.ToPtr(*id)
		built.GridPos = &dashboard.GridPos{X: x, Y: y + line, W: w, H: h}
		laid = append(laid, built)
		x, tallest = x+w, max(tallest, h)
	}
	return laid, line + tallest, nil
}

// source is the Prometheus that the reader has chosen.
func source() common.DataSourceRef {
	return common.DataSourceRef{Type: cog.ToPtr("prometheus"), Uid: cog.ToPtr("${datasource}")}
}

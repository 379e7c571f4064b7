package main

import (
	"fmt"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/barchart"
	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/heatmap"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// figure is what every panel has.
type figure struct {
	title   string
	about   string // what is shown, with the formula in words
	unit    string // one of Grafana's
	queries []query
	width   uint32 // of 24; 0: what is usual for the kind
	height  uint32
	judged  verdict // neutral where nothing is good or bad by itself
	none    string  // what stands there where there is nothing to show
	// sparse is for what rests on rates: it asks for steps that are wide enough
	// for something to happen in each of them.
	sparse bool
	// decimals, least and most leave it to Grafana where they are nil.
	decimals    *float64
	least, most *float64
}

// Steps of rates. A source is polled once a minute unless configured, so that
// each step holds two polls.
const sparseStep = "2m"

func (f figure) size(width, height uint32) (uint32, uint32) {
	if f.width != 0 {
		width = f.width
	}
	if f.height != 0 {
		height = f.height
	}
	return width, height
}

// finish puts into a panel of any kind what all of them have.
func (f figure) finish(p dashboard.Panel, err error) (dashboard.Panel, error) {
	if err != nil {
		return p, err
	}
	p.Title, p.Description = &f.title, &f.about
	p.Datasource = cog.ToPtr(source())
	if f.sparse {
		p.Interval = cog.ToPtr(sparseStep)
	}
	if p.FieldConfig == nil {
		p.FieldConfig = dashboard.NewFieldConfigSource()
	}
	defaults := &p.FieldConfig.Defaults
	defaults.Unit, defaults.Decimals, defaults.Min, defaults.Max = &f.unit, f.decimals, f.least, f.most
	if f.none == "" {
		f.none = "No sample"
	}
	defaults.NoValue = &f.none
	thresholds, err := f.judged.thresholds().Build()
	defaults.Thresholds = &thresholds
	return p, err
}

// targets turns the queries of a figure into those of a panel.
func (f figure) targets(each func(*prometheus.DataqueryBuilder) *prometheus.DataqueryBuilder) []cog.Builder[variants.Dataquery] {
	var targets []cog.Builder[variants.Dataquery]
	for i, q := range f.queries {
		target := prometheus.NewDataqueryBuilder().
			Datasource(source()).
			EditorMode(prometheus.QueryEditorModeCode).
			Expr(q.expr).LegendFormat(q.legend).Exemplar(q.dots).
			RefId(refID(i))
		targets = append(targets, each(target))
	}
	return targets
}

// refID is the letter by which Grafana knows a query of a panel.
func refID(i int) string { return string(rune('A' + i)) }

func overTime(q *prometheus.DataqueryBuilder) *prometheus.DataqueryBuilder { return q.Range() }

func atOnce(q *prometheus.DataqueryBuilder) *prometheus.DataqueryBuilder { return q.Instant() }

// number is one figure in large type, with its course behind it.
type number struct {
	figure
	bare bool // without the course, for what does not move
}

func (n number) size() (uint32, uint32) { return n.figure.size(4, 4) }

func (n number) build() (dashboard.Panel, error) {
	mode, graph := common.BigValueColorModeValue, common.BigValueGraphModeArea
	if n.judged.neutral() {
		mode = common.BigValueColorModeNone
	}
	if n.bare {
		graph = common.BigValueGraphModeNone
	}
	return n.finish(stat.NewPanelBuilder().
		Targets(n.targets(overTime)).
		ColorMode(mode).GraphMode(graph).
		TextMode(common.BigValueTextModeAuto).
		JustifyMode(common.BigValueJustifyModeAuto).
		ReduceOptions(last()).
		Build())
}

func last() cog.Builder[common.ReduceDataOptions] {
	return common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"})
}

// course is figures over time as lines.
type course struct {
	figure
	// objective is the name of the series, if there is one, that the others are
	// held against: it is dashed.
	objective  string
	objectives string            // the same for several: a pattern of their names
	bars       bool              // counts: bars on top of each other
	stacked    bool              // parts of a whole: areas on top of each other
	names      bool              // a legend of names alone, for many series
	band       [2]string         // names of the lower and upper bound that are drawn as a band, empty for none
	palette    map[string]string // colours of series that are good or bad by their names
	from       float64           // where the axis begins unless a value lies below
	below      []string          // names of series that are drawn below the axis, for what goes
	log        bool              // an axis on which a minute and a week both have room
}

func (c course) size() (uint32, uint32) { return c.figure.size(12, 8) }

func (c course) build() (dashboard.Panel, error) {
	builder := timeseries.NewPanelBuilder().
		Targets(c.targets(overTime)).
		LineWidth(2).FillOpacity(c.fill()).
		ShowPoints(common.VisibilityModeAuto).PointSize(4).
		ColorScheme(byRank()).
		AxisSoftMin(c.from).
		Legend(c.legend()).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeMulti).Sort(common.SortOrderDescending))
	if c.bars || c.stacked {
		builder = builder.ColorScheme(shades())
	}
	if c.bars {
		builder = builder.DrawStyle(common.GraphDrawStyleBars).FillOpacity(70).LineWidth(0).
			Stacking(common.NewStackingConfigBuilder().Mode(common.StackingModeNormal))
	}
	if c.stacked {
		builder = builder.FillOpacity(60).LineWidth(1).ShowPoints(common.VisibilityModeNever).
			Stacking(common.NewStackingConfigBuilder().Mode(common.StackingModeNormal))
	}
	for i, q := range c.queries {
		if !strings.Contains(q.legend, "{{") {
			builder = builder.OverrideByQuery(refID(i), []dashboard.DynamicConfigValue{fixed(apartBy(i))})
		}
		for j, value := range known(strings.Trim(q.legend, "{}")) {
			builder = builder.OverrideByName(value, []dashboard.DynamicConfigValue{fixed(apartBy(j))})
		}
	}
	for _, name := range c.below {
		builder = builder.OverrideByName(name, []dashboard.DynamicConfigValue{{Id: "custom.transform", Value: "negative-Y"}})
	}
	if c.log {
		builder = builder.ScaleDistribution(common.NewScaleDistributionConfigBuilder().
			Type(common.ScaleDistributionSymlog).Log(10).LinearThreshold(1))
	}
	if c.objective != "" {
		builder = builder.OverrideByName(c.objective, dashed())
	}
	if c.objectives != "" {
		builder = builder.OverrideByRegexp(c.objectives, dashed())
	}
	if lower, upper := c.band[0], c.band[1]; lower != "" {
		bound := []dashboard.DynamicConfigValue{
			{Id: "custom.lineWidth", Value: 0},
			{Id: "custom.fillOpacity", Value: 0},
			{Id: "custom.showPoints", Value: "never"},
			fixed(plain),
			// The band explains itself; the tooltip has its values.
			{Id: "custom.hideFrom", Value: map[string]bool{"legend": true, "tooltip": false, "viz": false}},
		}
		builder = builder.OverrideByName(lower, bound).
			OverrideByName(upper, append([]dashboard.DynamicConfigValue{{Id: "custom.fillBelowTo", Value: lower}}, append(bound[:1:1],
				dashboard.DynamicConfigValue{Id: "custom.fillOpacity", Value: 20}, bound[2], bound[3], bound[4])...))
	}
	for i, q := range c.queries {
		if q.dashed {
			builder = builder.OverrideByQuery(refID(i), dashed())
		}
		if colour, ok := c.palette[q.legend]; ok {
			builder = builder.OverrideByQuery(refID(i), []dashboard.DynamicConfigValue{fixed(colour)})
		}
	}
	return c.finish(builder.Build())
}

// against draws what a KPI is to reach, at the desk that asks most or least, and
// what others reach in it, where the configuration says so.
func (c course) against(strictest, kpi string) course {
	of := fmt.Sprintf("kpi=%q", kpi)
	target := `label_replace(` + selector("helpdesk_kpi_target", of, `team=""`) + `, "benchmark", "target", "kpi", ".+")`
	c.queries = append(c.queries, query{
		expr: aggregate(strictest, target, "benchmark") + "\nor\n" +
			largest(selector("helpdesk_benchmark_value", of), "benchmark"),
		legend: "{{benchmark}}",
		dashed: true,
	})
	c.about += " Dashed, the target and the benchmarks of the configuration, where it has any."
	return c
}

// fill is a light one under few lines; many would add up to a block, and under
// the middle of a band it would look like another one.
func (c course) fill() float64 {
	if c.band[0] != "" || c.log {
		return 0
	}
	for _, q := range c.queries {
		if strings.Contains(q.legend, "{{") && !q.dashed {
			return 0
		}
	}
	return 8
}

// legend names the series under the chart, with their last values where there is
// room for these.
func (c course) legend() *common.VizLegendOptionsBuilder {
	values := []string{"lastNotNull"}
	if c.names {
		values = []string{}
	}
	return common.NewVizLegendOptionsBuilder().ShowLegend(true).
		DisplayMode(common.LegendDisplayModeList).Placement(common.LegendPlacementBottom).Calcs(values)
}

// dashed is how a line looks that others are held against.
func dashed() []dashboard.DynamicConfigValue {
	return []dashboard.DynamicConfigValue{
		{Id: "custom.lineStyle", Value: map[string]any{"fill": "dash", "dash": []int{8, 6}}},
		{Id: "custom.fillOpacity", Value: 0},
		{Id: "custom.lineWidth", Value: 1},
		fixed("text"),
	}
}

// heat is a distribution over time.
type heat struct{ figure }

func (h heat) size() (uint32, uint32) { return h.figure.size(12, 8) }

func (h heat) build() (dashboard.Panel, error) {
	return h.finish(heatmap.NewPanelBuilder().
		Targets(h.targets(func(q *prometheus.DataqueryBuilder) *prometheus.DataqueryBuilder {
			return q.Range().Format(prometheus.PromQueryFormatHeatmap)
		})).
		Calculate(false).
		Color(heatmap.NewHeatmapColorOptionsBuilder().Mode(heatmap.HeatmapColorModeOpacity).Fill(plain).
			Scale(heatmap.HeatmapColorScaleExponential).Exponent(0.5).Steps(64)).
		FilterValues(heatmap.NewFilterValueRangeBuilder().Le(1e-9)).
		CellGap(1).
		CellValues(heatmap.NewCellValuesBuilder().Unit("short").Decimals(0)).
		ShowValue(common.VisibilityModeNever).
		YAxis(heatmap.NewYAxisConfigBuilder().Unit(h.unit).AxisPlacement(common.AxisPlacementLeft)).
		ShowLegend().
		Tooltip(heatmap.NewHeatmapTooltipBuilder().Mode(common.TooltipDisplayModeSingle).YHistogram(true)).
		ExemplarsColor("text").
		Build())
}

// ranks are the values of now side by side, the largest first.
type ranks struct{ figure }

func (r ranks) size() (uint32, uint32) { return r.figure.size(8, 8) }

func (r ranks) build() (dashboard.Panel, error) {
	builder := bargauge.NewPanelBuilder().
		Targets(r.targets(atOnce)).
		Orientation(common.VizOrientationHorizontal).
		DisplayMode(common.BarGaugeDisplayModeBasic).
		ValueMode(common.BarGaugeValueModeText).
		NamePlacement(common.BarGaugeNamePlacementLeft).
		ShowUnfilled(true).
		// Few bars are no thicker than many.
		Sizing(common.BarGaugeSizingManual).MinVizHeight(24).MaxVizHeight(36).
		Text(common.NewVizTextDisplayOptionsBuilder().ValueSize(16)).
		ReduceOptions(last())
	if r.judged.neutral() {
		builder = builder.ColorScheme(colour(plain))
	}
	return r.finish(builder.Build())
}

// bars are the values of now side by side, in the order of a label.
type bars struct {
	figure
	along key // the label that each of the series has
	words map[string]string
}

func (b bars) size() (uint32, uint32) { return b.figure.size(12, 8) }

func (b bars) build() (dashboard.Panel, error) {
	value := b.queries[0].legend
	builder := barchart.NewPanelBuilder().
		Targets(b.targets(func(q *prometheus.DataqueryBuilder) *prometheus.DataqueryBuilder {
			return q.Instant().Format(prometheus.PromQueryFormatTable)
		})).
		WithTransformation(sortedBy(b.along.label)).
		WithTransformation(dashboard.DataTransformerConfig{Id: "organize", Options: map[string]any{
			"excludeByName": map[string]bool{"Time": true},
			"indexByName":   map[string]int{b.along.label: 0, "Value": 1},
			"renameByName":  map[string]string{b.along.label: b.along.name, "Value": value},
		}}).
		XField(b.along.name).
		Orientation(common.VizOrientationVertical).
		ShowValue(common.VisibilityModeNever).
		BarWidth(0.9).FillOpacity(70).LineWidth(0).
		AxisSoftMin(0).
		ColorScheme(colour(plain)).
		Legend(common.NewVizLegendOptionsBuilder().
			ShowLegend(false).DisplayMode(common.LegendDisplayModeList).Placement(common.LegendPlacementBottom).Calcs([]string{})).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeSingle).Sort(common.SortOrderNone))
	if len(b.words) > 0 {
		builder = builder.OverrideByName(b.along.name, []dashboard.DynamicConfigValue{{Id: "mappings", Value: []any{inWords(b.words)}}})
	}
	return b.finish(builder.Build())
}

package main

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/table"
)

// grid is a table of the values of now: a line for each set of labels.
type grid struct {
	title, about  string
	keys          []key
	columns       []column
	sorted        string // the name of the column to begin with, the largest first
	ascending     bool
	width, height uint32
	none          string
}

// key is a label that tells the lines apart.
type key struct {
	label, name string
	width       int    // in pixels; 0: Grafana chooses
	leads       string // the name of the board that a click on it leads to, narrowed to it; empty for none
}

// column is one value of each line.
type column struct {
	name, unit string
	expr       string // with the labels of the keys and no others
	judged     verdict
	decimals   *float64
	words      map[string]string // what to say for some values
	width      int               // in pixels; 0: Grafana chooses
	bar        bool              // draws how large it is beside the others of the column
}

func (g grid) size() (uint32, uint32) {
	f := figure{width: g.width, height: g.height}
	return f.size(columns, 8)
}

func (g grid) build() (dashboard.Panel, error) {
	f := figure{title: g.title, about: g.about, unit: "short", none: g.none}
	for _, c := range g.columns {
		f.queries = append(f.queries, query{expr: c.expr})
	}
	builder := table.NewPanelBuilder().
		Targets(f.targets(func(q *prometheus.DataqueryBuilder) *prometheus.DataqueryBuilder {
			return q.Instant().Format(prometheus.PromQueryFormatTable)
		})).
		CellHeight(common.TableCellHeightSm).
		MinWidth(90). // five columns fit into a third of a board
		WithTransformation(dashboard.DataTransformerConfig{Id: "merge", Options: map[string]any{}}).
		WithTransformation(g.arranged()).
		SortBy([]cog.Builder[common.TableSortByFieldState]{
			common.NewTableSortByFieldStateBuilder().DisplayName(g.sorted).Desc(!g.ascending),
		})
	for _, k := range g.keys {
		if properties := k.properties(); len(properties) > 0 {
			builder = builder.OverrideByName(k.name, properties)
		}
	}
	for _, c := range g.columns {
		properties, err := c.properties()
		if err != nil {
			return dashboard.Panel{}, err
		}
		builder = builder.OverrideByName(c.name, properties)
	}
	return f.finish(builder.Build())
}

func (k key) properties() []dashboard.DynamicConfigValue {
	var properties []dashboard.DynamicConfigValue
	if k.leads != "" {
		properties = append(properties, dashboard.DynamicConfigValue{Id: "links", Value: []any{k.link()}})
	}
	if k.width != 0 {
		properties = append(properties, dashboard.DynamicConfigValue{Id: "custom.width", Value: k.width})
	}
	if k.label == "target" {
		properties = append(properties, dashboard.DynamicConfigValue{Id: "mappings", Value: []any{inWords(map[string]string{
			"first_response": "first response", "next_response": "next response",
		})}})
	}
	return properties
}

// link leads to another board with all that is chosen, narrowed to the line.
func (k key) link() map[string]any {
	return map[string]any{
		"title": fmt.Sprintf("More of this %s", k.label),
		"url": fmt.Sprintf("/d/%s?${__url_time_range}&${datasource:queryparam}&${job:queryparam}&${instance:queryparam}&${window:queryparam}"+
			"&${channel:queryparam}&${team:queryparam}&${priority:queryparam}&var-%s=${__value.raw:percentencode}", uidOf(k.leads), k.label),
	}
}

// arranged names the columns and puts them in their order. Grafana calls the
// values by the letters of their queries, or just Value where there is one.
func (g grid) arranged() dashboard.DataTransformerConfig {
	order, names := map[string]int{}, map[string]string{}
	for i, k := range g.keys {
		order[k.label], names[k.label] = i, k.name
	}
	for i, c := range g.columns {
		value := fmt.Sprintf("Value #%c", 'A'+i)
		if len(g.columns) == 1 {
			value = "Value"
		}
		order[value], names[value] = len(g.keys)+i, c.name
	}
	return dashboard.DataTransformerConfig{Id: "organize", Options: map[string]any{
		"excludeByName": map[string]bool{"Time": true},
		"indexByName":   order,
		"renameByName":  names,
	}}
}

func (c column) properties() ([]dashboard.DynamicConfigValue, error) {
	properties := []dashboard.DynamicConfigValue{
		{Id: "unit", Value: c.unit},
		{Id: "noValue", Value: " "}, // an empty cell; what the panel says is for the table as a whole
	}
	if c.width != 0 {
		properties = append(properties, dashboard.DynamicConfigValue{Id: "custom.width", Value: c.width})
	}
	if c.decimals != nil {
		properties = append(properties, dashboard.DynamicConfigValue{Id: "decimals", Value: *c.decimals})
	}
	var mappings []any
	if len(c.words) > 0 {
		mappings = append(mappings, inWords(c.words))
	}
	if !c.judged.neutral() {
		mappings = append(mappings, unjudged())
	}
	if len(mappings) > 0 {
		properties = append(properties, dashboard.DynamicConfigValue{Id: "mappings", Value: mappings})
	}
	if c.bar {
		properties = append(properties,
			dashboard.DynamicConfigValue{Id: "min", Value: 0},
			dashboard.DynamicConfigValue{Id: "custom.width", Value: 140},
			dashboard.DynamicConfigValue{Id: "fieldMinMax", Value: true},
			dashboard.DynamicConfigValue{Id: "custom.cellOptions", Value: map[string]any{"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}},
			fixed(plain))
	}
	if c.judged.neutral() {
		return properties, nil
	}
	thresholds, err := c.judged.thresholds().Build()
	return append(properties,
		dashboard.DynamicConfigValue{Id: "thresholds", Value: thresholds},
		dashboard.DynamicConfigValue{Id: "color", Value: map[string]any{"mode": "thresholds"}},
		dashboard.DynamicConfigValue{Id: "custom.cellOptions", Value: map[string]any{"type": "color-text"}},
	), err
}

// inWords shows words in the place of values.
func inWords(words map[string]string) map[string]any {
	options := map[string]any{}
	for value, word := range words {
		options[value] = map[string]any{"text": word}
	}
	return map[string]any{"type": "value", "options": options}
}

// unjudged keeps what is not there from being drawn like the lowest value.
func unjudged() map[string]any {
	return map[string]any{"type": "special", "options": map[string]any{
		"match": "null", "result": map[string]any{"text": "", "color": "text"},
	}}
}

// matrix is one figure by two labels: a line for each value of the one, a column
// for each of the other, both in order. The larger the value, the stronger the
// colour.
type matrix struct {
	figure
	lines, columns key
	words          map[string]string // what to say for the values of the lines
}

func (m matrix) size() (uint32, uint32) { return m.figure.size(columns, 9) }

func (m matrix) build() (dashboard.Panel, error) {
	corner := m.lines.label + `\` + m.columns.label // as Grafana calls the column of the lines
	return m.finish(table.NewPanelBuilder().
		Targets(m.targets(func(q *prometheus.DataqueryBuilder) *prometheus.DataqueryBuilder {
			return q.Instant().Format(prometheus.PromQueryFormatTable)
		})).
		CellHeight(common.TableCellHeightSm).
		MinWidth(50).
		// Columns come in the order in which their values do.
		WithTransformation(sortedBy(m.columns.label)).
		WithTransformation(dashboard.DataTransformerConfig{Id: "groupingToMatrix", Options: map[string]any{
			"rowField": m.lines.label, "columnField": m.columns.label, "valueField": "Value", "emptyValue": "zero",
		}}).
		WithTransformation(sortedBy(corner)).
		WithTransformation(dashboard.DataTransformerConfig{Id: "organize", Options: map[string]any{
			"excludeByName": map[string]bool{}, "indexByName": map[string]int{}, "renameByName": map[string]string{corner: m.lines.name},
		}}).
		ColorScheme(dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdContinuousBlues)).
		CellOptions(coloured()).
		OverrideByName(m.lines.name, []dashboard.DynamicConfigValue{
			{Id: "mappings", Value: []any{inWords(m.words)}},
			{Id: "custom.cellOptions", Value: map[string]any{"type": "auto"}},
			{Id: "custom.width", Value: 100},
		}).
		Build())
}

// coloured fills the cells of a table with the colours of their values.
func coloured() common.TableCellOptions {
	filled := common.NewTableColoredBackgroundCellOptions()
	filled.Mode = cog.ToPtr(common.TableCellBackgroundDisplayModeBasic)
	return common.TableCellOptions{TableColoredBackgroundCellOptions: filled}
}

// sortedBy sorts the lines by the text in a column.
func sortedBy(column string) dashboard.DataTransformerConfig {
	return dashboard.DataTransformerConfig{Id: "sortBy", Options: map[string]any{
		"fields": map[string]any{}, "sort": []any{map[string]any{"field": column, "desc": false}},
	}}
}

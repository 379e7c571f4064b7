package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/encoding/protodelim"
)

// asProtobuf asks for the form that Prometheus prefers: it alone tells of
// native histograms and start timestamps.
const asProtobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

// figures is one scrape, by family.
type figures map[string]*dto.MetricFamily

// scrape reads all metrics in the protobuf form.
func (e *exporter) scrape() figures {
	e.t.Helper()
	a := e.get("/metrics", http.Header{"Accept": {asProtobuf}})
	if a.code != http.StatusOK || !strings.HasPrefix(a.kind, "application/vnd.google.protobuf") {
		e.t.Fatalf("scrape: status %d, content type %q: %s", a.code, a.kind, a.body)
	}
	f := figures{}
	for r := bytes.NewReader(a.body); ; {
		family := &dto.MetricFamily{}
		err := protodelim.UnmarshalFrom(r, family)
		if errors.Is(err, io.EOF) {
			return f
		}
		if err != nil {
			e.t.Fatal(err)
		}
		f[family.GetName()] = family
	}
}

// await scrapes until ok holds, and returns that scrape.
func (e *exporter) await(what string, ok func(figures) bool) figures {
	e.t.Helper()
	var f figures
	eventually(e.t, what, func() bool {
		f = e.scrape()
		return ok(f)
	})
	return f
}

// synced waits until the first sync of every source is complete.
func (e *exporter) synced() figures {
	e.t.Helper()
	return e.await("the first sync of every source", figures.complete)
}

// complete reports whether the first sync of every source is, and the poll
// that it ended with.
func (f figures) complete() bool {
	all := append(f.series("helpdesk_source_sync_complete"), f.series("helpdesk_source_up")...)
	return len(all) > 0 && !slices.ContainsFunc(all, func(m *dto.Metric) bool { return m.GetGauge().GetValue() != 1 })
}

// polled waits until every source was read from the start of a poll to its end
// since now, so that whatever lies there now has been seen.
func (e *exporter) polled() figures {
	e.t.Helper()
	before := e.scrape()
	return e.await("two more polls of every source", func(now figures) bool {
		return !slices.ContainsFunc(now.series("helpdesk_source_up"), func(m *dto.Metric) bool {
			outcome := []string{"outcome=success", "source=" + label(m, "source")}
			// The first one may have begun before.
			return now.sum(polls, outcome...) < before.sum(polls, outcome...)+2
		})
	})
}

// series returns the series of a family that have all of the labels, each
// written name=value.
func (f figures) series(family string, labels ...string) []*dto.Metric {
	var found []*dto.Metric
	for _, m := range f[family].GetMetric() {
		missing := func(l string) bool {
			name, value, _ := strings.Cut(l, "=")
			return label(m, name) != value
		}
		if !slices.ContainsFunc(labels, missing) {
			found = append(found, m)
		}
	}
	return found
}

func label(m *dto.Metric, name string) string {
	for _, pair := range m.GetLabel() {
		if pair.GetName() == name {
			return pair.GetValue()
		}
	}
	return ""
}

// has reports whether there is such a series.
func (f figures) has(family string, labels ...string) bool {
	return len(f.series(family, labels...)) > 0
}

// sum adds up the counters, gauges or observations of the series.
func (f figures) sum(family string, labels ...string) float64 {
	var sum float64
	for _, m := range f.series(family, labels...) {
		sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
	}
	return sum
}

// absent stands for a figure that must not be there.
const absent = "absent"

// expect compares figures with texts. A key is a family with labels, as in
// helpdesk_tickets_open{status=new}; series that have them are added up. The
// _bucket{le=...}, _sum and _count of histograms can be asked for. A figure is
// rounded to as many decimals as the text has; without any it must be exact.
func (f figures) expect(t *testing.T, want map[string]string) {
	t.Helper()
	for selector, text := range want {
		if got := f.text(selector, text); got != text {
			t.Errorf("%s is %s, want %s", selector, got, text)
		}
	}
}

// text returns a figure in the precision of like.
func (f figures) text(selector, like string) string {
	name, rest, _ := strings.Cut(strings.TrimSuffix(selector, "}"), "{")
	var labels []string
	le := ""
	for l := range strings.SplitSeq(rest, ",") {
		if bound, ok := strings.CutPrefix(l, "le="); ok {
			le = bound
		} else if l != "" {
			labels = append(labels, l)
		}
	}
	family, part := f.family(name)
	found := f.series(family, labels...)
	if len(found) == 0 {
		return absent
	}
	var value float64
	for _, m := range found {
		value += partOf(m, part, le)
	}
	if _, decimals, ok := strings.Cut(like, "."); ok {
		return strconv.FormatFloat(value, 'f', len(decimals), 64)
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}

// family splits the name of a histogram's part.
func (f figures) family(name string) (family, part string) {
	for _, part := range []string{"_bucket", "_sum", "_count"} {
		if family, ok := strings.CutSuffix(name, part); ok && f[name] == nil {
			return family, part
		}
	}
	return name, ""
}

func partOf(m *dto.Metric, part, le string) float64 {
	h := m.GetHistogram()
	switch part {
	case "_sum":
		return h.GetSampleSum()
	case "_bucket":
		for _, b := range h.GetBucket() {
			if strconv.FormatFloat(b.GetUpperBound(), 'f', -1, 64) == le {
				return float64(b.GetCumulativeCount())
			}
		}
		return 0
	default:
		return m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(h.GetSampleCount())
	}
}

// begins returns the start timestamp of a counter or histogram.
func begins(m *dto.Metric) time.Time {
	if h := m.GetHistogram(); h != nil {
		return h.GetCreatedTimestamp().AsTime()
	}
	return m.GetCounter().GetCreatedTimestamp().AsTime()
}

// name writes a series down with its labels.
func name(family string, m *dto.Metric) string {
	var labels []string
	for _, pair := range m.GetLabel() {
		labels = append(labels, fmt.Sprintf("%s=%q", pair.GetName(), pair.GetValue()))
	}
	return family + "{" + strings.Join(labels, ",") + "}"
}

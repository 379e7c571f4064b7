package e2e

import (
	"bytes"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

const (
	asText        = "text/plain;version=0.0.4"
	asOpenMetrics = "application/openmetrics-text;version=1.0.0"
)

// everyKind has something for each family of the catalogue.
func everyKind(t *testing.T, config string) *site {
	t.Helper()
	s := newSite(t, config)
	s.drop("drops/tickets/a.csv", ticketHeader,
		ticketRow("T1", 1, "email"), ticketRow("T2", 2, "chat"),
		`T3,2026-03-03 12:00,2026-03-03 12:00,new,low,email,"a ""quoted"" \ team",,`,
		"T4,2026-03-03 12:00,2026-03-03 11:00,open,low,email,billing,2026-03-03 11:00,", // answered before it was asked
	)
	s.drop("drops/calls/a.csv", callHeader,
		"C1,2026-03-03 10:00,answered,10,100,support", "C2,2026-03-03 10:00,abandoned,30,,support")
	s.drop("drops/answers/a.csv", surveyHeader, "S1,T1,2026-03-03 15:00,5", "S2,,2026-03-03 15:00,1")
	return s
}

// in scrapes in a form.
func (e *exporter) in(form string) []byte {
	e.t.Helper()
	a := e.get("/metrics", http.Header{"Accept": {form}})
	want, _, _ := strings.Cut(form, ";")
	if a.code != http.StatusOK || !strings.HasPrefix(a.kind, want) {
		e.t.Fatalf("status %d, content type %q, asked for %q", a.code, a.kind, form)
	}
	return a.body
}

// ours counts the series whose number does not depend on the moment.
func ours(families map[string]*dto.MetricFamily) int {
	n := 0
	for name, family := range families {
		if strings.HasPrefix(name, "helpdesk_") {
			n += len(family.GetMetric())
		}
	}
	return n
}

func TestEveryFormOfTheExpositionParsesAndTellsTheSame(t *testing.T) {
	t.Parallel()
	e := everyKind(t, configOf(ticketSource, callSource, surveySource)).start()
	want := e.synced()

	parser := expfmt.NewTextParser(model.LegacyValidation)
	text, err := parser.TextToMetricFamilies(bytes.NewReader(e.in(asText)))
	if err != nil {
		t.Errorf("text: %v", err)
	}
	if got := ours(text); got != ours(want) {
		t.Errorf("the text form has %d series, protobuf %d", got, ours(want))
	}
	openMetrics := string(e.in(asOpenMetrics))
	checkOpenMetrics(t, openMetrics)
	// For this parser the samples of counters are families of their own.
	if parsed, err := parser.TextToMetricFamilies(strings.NewReader(openMetrics)); err != nil {
		t.Errorf("OpenMetrics: %v", err)
	} else if got := ours(parsed); got != ours(want) {
		t.Errorf("the OpenMetrics form has %d series, protobuf %d", got, ours(want))
	}
	for name, family := range want {
		if family.GetHelp() == "" {
			t.Errorf("%s has no HELP", name)
		}
		if strings.HasSuffix(name, "_created") {
			t.Errorf("%s: the suffix belongs to OpenMetrics", name)
		}
	}
}

// checkOpenMetrics looks at what that form demands beyond the older one.
func checkOpenMetrics(t *testing.T, text string) {
	t.Helper()
	if !strings.HasSuffix(text, "\n# EOF\n") || strings.Count(text, "# EOF") != 1 {
		t.Error("OpenMetrics: # EOF is not the last line, or not the only one")
	}
	kinds := map[string]string{}
	family := ""
	for line := range strings.Lines(text) {
		switch words := strings.Fields(line); {
		case strings.HasPrefix(line, "# TYPE "):
			family = words[2]
			if kinds[family] != "" {
				t.Errorf("OpenMetrics: %s comes in two places", family)
			}
			kinds[family] = words[3]
		case strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, family):
			t.Errorf("OpenMetrics: a sample of another family within %s: %s", family, line)
		case kinds[family] == "counter" && !strings.HasPrefix(line, family+"_total"):
			t.Errorf("OpenMetrics: the sample of a counter without _total: %s", line)
		}
	}
}

func TestPromlintHasNoFinding(t *testing.T) {
	t.Parallel()
	e := everyKind(t, configOf(ticketSource, callSource, surveySource)).start()
	e.synced()
	problems, err := promlint.New(bytes.NewReader(e.in(asText))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestHistogramsComeInTheConfiguredForms(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]struct{ classic, native bool }{
		"both":    {true, true},
		"classic": {true, false},
		"native":  {false, true},
	} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			config := strings.Replace(configOf(ticketSource, callSource, surveySource), "global:\n", "global:\n  histograms: "+form+"\n", 1)
			f := everyKind(t, config).start().synced()
			for _, family := range []string{
				"helpdesk_first_response_seconds", "helpdesk_full_resolution_seconds",
				"helpdesk_queue_wait_seconds", "helpdesk_call_talk_seconds", "helpdesk_handle_seconds",
			} {
				if !f.has(family) {
					t.Errorf("%s is not there", family)
				}
				for _, m := range f.series(family) {
					h := m.GetHistogram()
					if classic := len(h.GetBucket()) > 0; classic != want.classic {
						t.Errorf("%s: classic buckets %t, want %t", name(family, m), classic, want.classic)
					}
					if native := h.Schema != nil && len(h.GetPositiveSpan()) > 0; native != want.native {
						t.Errorf("%s: native buckets %t, want %t", name(family, m), native, want.native)
					}
					checkCounts(t, name(family, m), h)
				}
			}
		})
	}
}

// checkCounts wants the classic buckets to rise up to the count, and the native
// ones to add up to it and to lie where the sum can come from.
func checkCounts(t *testing.T, name string, h *dto.Histogram) {
	t.Helper()
	var below uint64
	for _, b := range h.GetBucket() {
		if b.GetCumulativeCount() < below || b.GetCumulativeCount() > h.GetSampleCount() {
			t.Errorf("%s: the classic buckets do not rise up to the count: %v", name, h)
		}
		below = b.GetCumulativeCount()
	}
	if h.Schema == nil {
		return
	}
	n, least, most := int64(h.GetZeroCount()), 0.0, 0.0
	base := math.Exp2(math.Exp2(-float64(h.GetSchema())))
	index, count := int32(0), int64(0)
	deltas := slices.Clone(h.GetPositiveDelta())
	for _, span := range h.GetPositiveSpan() {
		index += span.GetOffset()
		for range span.GetLength() {
			count, deltas = count+deltas[0], deltas[1:]
			n += count
			least += float64(count) * math.Pow(base, float64(index-1))
			most += float64(count) * math.Pow(base, float64(index))
			index++
		}
	}
	if n != int64(h.GetSampleCount()) || h.GetSampleSum() < least*(1-1e-9) || h.GetSampleSum() > most*(1+1e-9) {
		t.Errorf("%s: native buckets with %d observations from %v to %v in all; want %d, %v",
			name, n, least, most, h.GetSampleCount(), h.GetSampleSum())
	}
}

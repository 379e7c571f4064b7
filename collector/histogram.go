package collector

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"helpdesk_exporter/tally"
)

// histogram is a const metric that is a classic and a native histogram at
// once; the library's own const histograms are one or the other.
type histogram struct {
	family *family
	pairs  []*dto.LabelPair
	value  *dto.Histogram
}

// newHistogram copies a total: it goes on counting while the scrape is written.
func newHistogram(f *family, bounds []float64, t *tally.Total, start time.Time, forms Forms, labels []string) prometheus.Metric {
	h := &dto.Histogram{
		SampleCount:      proto.Uint64(uint64(t.N)),
		SampleSum:        proto.Float64(t.Sum.Float()),
		CreatedTimestamp: timestamppb.New(start),
	}
	if forms.Classic {
		addClassic(h, bounds, t.Classic)
	}
	if forms.Native {
		addNative(h, t.Native)
	}
	addExemplars(h, bounds, t.Exemplars, forms)
	return &histogram{family: f, pairs: f.pairs(labels), value: h}
}

func addClassic(h *dto.Histogram, bounds []float64, counts []int64) {
	var cumulative uint64
	for i, bound := range bounds {
		if i < len(counts) {
			cumulative += uint64(counts[i])
		}
		h.Bucket = append(h.Bucket, &dto.Bucket{
			CumulativeCount: proto.Uint64(cumulative), UpperBound: proto.Float64(bound),
		})
	}
}

// zeroThreshold is how wide the bucket for zeros is: 2^-128, the default of the
// library, so that histograms of others merge with ours.
var zeroThreshold = math.Ldexp(1, -128)

// addNative lays the buckets out in spans of neighbours, each count as the
// difference from the one before, as the format wants it.
func addNative(h *dto.Histogram, d tally.Distribution) {
	h.Schema, h.ZeroThreshold, h.ZeroCount = proto.Int32(tally.Schema), proto.Float64(zeroThreshold), proto.Uint64(0)
	next, before := 0, int64(0)
	for _, b := range d {
		if b.Index == tally.ZeroBucket {
			h.ZeroCount = proto.Uint64(uint64(b.N))
			continue
		}
		index := int(b.Index)
		if n := len(h.PositiveSpan); n > 0 && index == next {
			h.PositiveSpan[n-1].Length = proto.Uint32(h.PositiveSpan[n-1].GetLength() + 1)
		} else {
			h.PositiveSpan = append(h.PositiveSpan, &dto.BucketSpan{
				Offset: proto.Int32(int32(index - next)), Length: proto.Uint32(1),
			})
		}
		h.PositiveDelta = append(h.PositiveDelta, b.N-before)
		next, before = index+1, b.N
	}
	if len(h.PositiveSpan) == 0 {
		// An empty span tells a native histogram without observations from a
		// classic one.
		h.PositiveSpan = []*dto.BucketSpan{{Offset: proto.Int32(0), Length: proto.Uint32(0)}}
	}
}

// exemplarLabel is what a link to the help desk finds the id under.
const exemplarLabel = "ticket_id"

// addExemplars gives each classic bucket its own, and the native form all of
// them by value, as the library's native histograms have theirs.
func addExemplars(h *dto.Histogram, bounds []float64, exemplars []tally.Exemplar, forms Forms) {
	for i, of := range exemplars {
		if of.ID == "" {
			continue
		}
		e := &dto.Exemplar{
			Label:     []*dto.LabelPair{{Name: proto.String(exemplarLabel), Value: proto.String(of.ID)}},
			Value:     proto.Float64(of.Value.Float()),
			Timestamp: timestamppb.New(of.At),
		}
		if forms.Native {
			h.Exemplars = append(h.Exemplars, e)
		}
		switch {
		case !forms.Classic:
		case i < len(bounds):
			h.Bucket[i].Exemplar = e
		default: // the bucket above all bounds is left out where it has none
			h.Bucket = append(h.Bucket, &dto.Bucket{
				CumulativeCount: h.SampleCount, UpperBound: proto.Float64(math.Inf(1)), Exemplar: e,
			})
		}
	}
}

// Desc implements [prometheus.Metric].
func (h *histogram) Desc() *prometheus.Desc { return h.family.Desc }

// Write implements [prometheus.Metric].
func (h *histogram) Write(m *dto.Metric) error {
	m.Label, m.Histogram = h.pairs, h.value
	return nil
}

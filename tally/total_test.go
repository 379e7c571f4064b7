package tally_test

import (
	"bytes"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/tally"
)

func bounds() []tally.Amount {
	return []tally.Amount{tally.Seconds(time.Minute), tally.Seconds(time.Hour), tally.Seconds(24 * time.Hour)}
}

func totals() *rapid.Generator[*tally.Total] {
	return rapid.Custom(func(t *rapid.T) *tally.Total {
		var total tally.Total
		edges := rapid.SampledFrom([][]tally.Amount{nil, bounds()}).Draw(t, "bounds")
		for range rapid.IntRange(0, 30).Draw(t, "observations") {
			total.Observe(durations().Draw(t, "value"), edges)
		}
		if rapid.Bool().Draw(t, "negative") {
			total.Sum.Add(math.MinInt64)
		}
		return &total
	})
}

func TestATotalIsReadAsItWasStored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := totals().Draw(t, "total")
		stored, err := want.AppendBinary([]byte("before"))
		if err != nil {
			t.Fatal(err)
		}
		got := tally.Total{Count: tally.Count{N: 99}, Classic: []int64{99}}
		if err := got.UnmarshalBinary(stored[len("before"):]); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(&got, want) {
			t.Fatalf("got %+v, want %+v", got, *want)
		}
		if err := got.UnmarshalBinary(stored[len("before") : len(stored)-1]); err == nil {
			t.Fatal("a total that was cut short is read without an error")
		}
	})
}

func FuzzTotalUnmarshalBinary(f *testing.F) {
	var total tally.Total
	total.Observe(tally.Seconds(90*time.Second), bounds())
	stored, err := total.AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(stored)
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var got tally.Total
		if got.UnmarshalBinary(b) != nil {
			return
		}
		_ = got.Sum.Float()
		stored, err := got.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		var again tally.Total
		if err := again.UnmarshalBinary(stored); err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("%+v is stored and read as %+v, %v", got, again, err)
		}
	})
}

// An amount on an edge belongs below it: le says less or equal.
func TestAnObservationOnAnEdgeIsWithinIt(t *testing.T) {
	var total tally.Total
	for _, d := range []time.Duration{0, time.Minute, time.Minute + 1, time.Hour, 48 * time.Hour} {
		total.Observe(tally.Seconds(d), bounds())
	}
	if want := []int64{2, 2, 0, 1}; !reflect.DeepEqual(total.Classic, want) {
		t.Errorf("classic buckets %v, want %v", total.Classic, want)
	}
	if total.N != 5 || total.Native.N() != 5 {
		t.Errorf("%d observations, %d in native buckets, want 5", total.N, total.Native.N())
	}
	if want := 60.0 + 60.000000001 + 3600 + 172800; math.Abs(total.Sum.Float()-want) > 1e-6 {
		t.Errorf("sum %v, want %v", total.Sum.Float(), want)
	}
}

func TestACounterHasNoBuckets(t *testing.T) {
	var total tally.Total
	total.Observe(tally.Points(1), nil)
	if total.Classic != nil || total.Native != nil || total.N != 1 {
		t.Errorf("got %+v", total)
	}
}

func TestACloneSharesNothing(t *testing.T) {
	var total tally.Total
	total.Observe(tally.Seconds(time.Hour), bounds())
	before := total.Clone()
	clone := total.Clone()
	clone.Observe(tally.Seconds(time.Hour), bounds())
	clone.Observe(tally.Seconds(time.Second), bounds())
	if !reflect.DeepEqual(&total, before) {
		t.Errorf("the clone's observations changed the total to %+v", total)
	}
}

func ids(t *tally.Total) []string {
	var all []string
	for _, e := range t.Exemplars {
		all = append(all, e.ID)
	}
	return all
}

func TestTheLatestOfABucketIsItsExemplar(t *testing.T) {
	var total tally.Total
	for _, e := range []tally.Exemplar{
		{ID: "on an edge", Value: tally.Seconds(time.Minute)},
		{ID: "first", Value: tally.Seconds(time.Hour)},
		{ID: "above all", Value: tally.Seconds(48 * time.Hour)},
		{ID: "second", Value: tally.Seconds(61 * time.Second)},
	} {
		total.Exemplify(e, bounds())
	}
	if want := []string{"on an edge", "second", "", "above all"}; !reflect.DeepEqual(ids(&total), want) {
		t.Errorf("exemplars %q, want %q", ids(&total), want)
	}
	clone := total.Clone()
	clone.Exemplify(tally.Exemplar{ID: "of the clone"}, bounds())
	if ids(&total)[0] != "on an edge" {
		t.Errorf("the clone's exemplar changed those of the total to %q", ids(&total))
	}
}

func TestACounterHasNoExemplars(t *testing.T) {
	var total tally.Total
	total.Exemplify(tally.Exemplar{ID: "1", Value: tally.Points(1)}, nil)
	if total.Exemplars != nil {
		t.Errorf("got %q", ids(&total))
	}
}

func TestExemplarsAreNotStored(t *testing.T) {
	var total tally.Total
	total.Observe(tally.Seconds(time.Hour), bounds())
	without, err := total.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	total.Exemplify(tally.Exemplar{ID: "1", Value: tally.Seconds(time.Hour), At: time.Unix(1, 0)}, bounds())
	with, err := total.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(without, with) {
		t.Errorf("stored as %x, without its exemplar as %x", with, without)
	}
	if err := total.UnmarshalBinary(with); err != nil || total.Exemplars != nil {
		t.Errorf("read with the exemplars %q, %v", ids(&total), err)
	}
}

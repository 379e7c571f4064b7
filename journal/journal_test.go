package journal

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// journals runs a test on a journal on disk and on one in memory.
func journals(t *testing.T, test func(*testing.T, *Journal)) {
	stores(t, func(t *testing.T, s store) { test(t, &Journal{store: s}) })
}

func update(t rapid.TB, j *Journal, f func(*Tx) error) {
	t.Helper()
	if err := j.Update(f); err != nil {
		t.Fatal(err)
	}
}

// ids are bytes as desks have them: empty, with zeros, one the start of
// another.
var ids = rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 'a', 0x80, 0xff}), 0, 4), func(b []byte) string { return string(b) })

func all(Key) bool { return true }

func TestMembersAreThoseOfTheGroupAlone(t *testing.T) {
	journals(t, func(t *testing.T, j *Journal) {
		rapid.Check(t, func(t *rapid.T) {
			keys := rapid.Custom(func(t *rapid.T) Key {
				kind := rapid.SampledFrom(desk.Kinds()).Draw(t, "kind")
				return KeyOf(rapid.Uint32Range(0, 2).Draw(t, "source"), kind, ids.Draw(t, "id"))
			})
			groups := map[Key]map[Key]bool{}
			undo := errors.New("undo")
			err := j.Update(func(tx *Tx) error {
				for range rapid.IntRange(1, 30).Draw(t, "moves") {
					group, member := keys.Draw(t, "group"), keys.Draw(t, "member")
					if groups[group] == nil {
						groups[group] = map[Key]bool{}
					}
					move := tx.Join
					if groups[group][member] = rapid.Bool().Draw(t, "join"); !groups[group][member] {
						move = tx.Leave
					}
					if err := move(group, member); err != nil {
						return err
					}
				}
				for group, members := range groups {
					var want []Key
					for member, is := range members {
						if is {
							want = append(want, member)
						}
					}
					byKey := func(a, b Key) int { return strings.Compare(string(a.append(nil)), string(b.append(nil))) }
					slices.SortFunc(want, byKey)
					if diff := cmp.Diff(want, tx.Members(group, math.MaxInt, all)); diff != "" {
						t.Errorf("members of %v (-want +got):\n%s", group, diff)
					}
					if n := len(tx.Members(group, 1, all)); n != min(len(want), 1) {
						t.Errorf("%d members of %v, want no more than one", n, group)
					}
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Fatal(err)
			}
		})
	})
}

func TestRecordsOfOneKindComeByID(t *testing.T) {
	held := &desk.Held{Record: desk.Record{Body: &desk.Ticket{}}, States: []desk.State{{Timed: true}}}
	journals(t, func(t *testing.T, j *Journal) {
		update(t, j, func(tx *Tx) error {
			for _, key := range []Key{
				{1, desk.KindTicket, "b"},
				{1, desk.KindTicket, "a"},
				{1, desk.KindTicket, "\xff\xff"},
				{1, desk.KindTicket, ""},
				{0, desk.KindTicket, "c"},
				{2, desk.KindTicket, "c"},
				{1, desk.KindCall, "c"},
			} {
				if err := tx.PutRecord(key, held); err != nil {
					return err
				}
			}
			for from, want := range map[string][]string{"": {"", "a", "b", "\xff\xff"}, "aa": {"b", "\xff\xff"}} {
				var got []string
				tx.Records(1, desk.KindTicket, from, func(r Raw) bool { got = append(got, r.Key.ID); return true })
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("from %q (-want +got):\n%s", from, diff)
				}
			}
			return nil
		})
	})
}

func TestARecordIsUnchangedOnlyWhenAllOfItIs(t *testing.T) {
	journals(t, func(t *testing.T, j *Journal) {
		key := KeyOf(1, desk.KindSurvey, "1")
		held := &desk.Held{Record: desk.Record{ID: "1", Body: &desk.Survey{Answer: "yes"}}, States: []desk.State{{Timed: true}}}
		update(t, j, func(tx *Tx) error {
			if tx.Unchanged(key, held) {
				t.Error("a record that is not held is unchanged")
			}
			return tx.PutRecord(key, held)
		})
		update(t, j, func(tx *Tx) error {
			if !tx.Unchanged(key, held) {
				t.Error("the same record is changed")
			}
			held.Counted.Add(3, 1)
			if tx.Unchanged(key, held) {
				t.Error("another ledger is no change")
			}
			got, err := tx.Record(key)
			if err != nil || got.Body.(*desk.Survey).Answer != "yes" {
				t.Errorf("read %v, %v", got, err)
			}
			return tx.DropRecord(key)
		})
		update(t, j, func(tx *Tx) error {
			if got, err := tx.Record(key); got != nil || err != nil {
				t.Errorf("a dropped record is %v, %v", got, err)
			}
			return nil
		})
	})
}

func TestStateIsReadAsItWasKept(t *testing.T) {
	at := time.Date(2026, 3, 2, 1, 2, 3, 4, time.UTC)
	source := Source{
		Number: 3, Desk: "acme", Name: "zen", Cursor: desk.Cursor{0, 0xff}, Synced: true, AsOf: at, LastPoll: at,
		Horizon: at, Sweep: Sweep{Kind: desk.KindCall, ID: []byte("\xff\x00")}, Tickets: 9,
	}
	epoch := Epoch{Desk: "acme", Kind: desk.KindCall, Founded: true, Start: at, Oldest: at}
	label := Label{Desk: "acme", Name: "team", Value: `"quoted" & <more>`}
	series := Series{Desk: "acme", Measure: 7, Labels: []string{"", `"`, "é"}}
	state := SeriesState{Start: at}
	state.Total.Observe(tally.Seconds(time.Minute), []tally.Amount{1, 2})
	signature := Signature{Labels: "a,b", Total: "x", Since: at}
	journals(t, func(t *testing.T, j *Journal) {
		update(t, j, func(tx *Tx) error {
			return errors.Join(tx.PutSource(source), tx.PutEpoch(epoch), tx.PutLabel(label), tx.PutSeries(series, state), tx.PutSignature(7, signature))
		})
		update(t, j, func(tx *Tx) error {
			sources, err := tx.Sources()
			compare(t, []Source{source}, sources, err)
			epochs, err := tx.Epochs()
			compare(t, []Epoch{epoch}, epochs, err)
			labels, err := tx.Labels()
			compare(t, []Label{label}, labels, err)
			got, known, err := tx.Signature(7)
			compare(t, signature, got, err)
			if _, other, _ := tx.Signature(8); !known || other {
				t.Errorf("the signature of 7 is known: %v, that of 8: %v", known, other)
			}
			n := 0
			err = tx.AllSeries(func(s Series, st SeriesState) error {
				n++
				compare(t, series, s, nil)
				if !st.Start.Equal(at) || st.Total.N != 1 || !slices.Equal(st.Total.Classic, state.Total.Classic) {
					t.Errorf("the series is %v", st)
				}
				return nil
			})
			if n != 1 || err != nil {
				t.Errorf("%d series, %v", n, err)
			}
			return tx.DropSeries(series)
		})
		update(t, j, func(tx *Tx) error {
			return tx.AllSeries(func(s Series, _ SeriesState) error { return errors.New("a dropped series is there") })
		})
	})
}

func compare[T any](t *testing.T, want, got T, err error) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-kept +read):\n%s", err, diff)
	}
}

func TestALongIDStillNamesOneRecord(t *testing.T) {
	long := strings.Repeat("x", longestID)
	if KeyOf(1, desk.KindTicket, long).ID != long {
		t.Error("an id that fits is changed")
	}
	a, b := KeyOf(1, desk.KindTicket, long+"a"), KeyOf(1, desk.KindTicket, long+"b")
	if a == b || len(a.ID) != longestID {
		t.Errorf("two long ids have the keys %q and %q", a.ID, b.ID)
	}
	if again := KeyOf(1, desk.KindTicket, a.ID); again != a {
		t.Error("the id in a key has another key")
	}
}

package journal

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
)

// compareSpots orders spots by their line, their time and their record.
func compareSpots(a, b Spot) int {
	return cmp.Or(bytes.Compare(a.Line[:], b.Line[:]), a.At.Compare(b.At), bytes.Compare(a.Key.append(nil), b.Key.append(nil)))
}

// spots are few, so that they meet: lines that begin alike, times before 1970,
// equal times, and ids that begin with one another.
var spots = rapid.Custom(func(t *rapid.T) Spot {
	s := Spot{
		At:  time.Unix(0, rapid.SampledFrom([]int64{-1 << 62, -2, -1, 0, 1, 2, 255, 256, 1 << 62}).Draw(t, "at")).UTC(),
		Key: KeyOf(rapid.Uint32Range(1, 2).Draw(t, "source"), rapid.SampledFrom([]desk.Kind{desk.KindTicket, desk.KindCall}).Draw(t, "kind"), ids.Draw(t, "id")),
	}
	for i := range s.Line {
		s.Line[i] = 0xff
	}
	s.Line[len(s.Line)-1] = rapid.SampledFrom([]byte{0, 1, 0xfe, 0xff}).Draw(t, "line")
	if rapid.Bool().Draw(t, "leg") {
		s.Unit = KeyOf(1, desk.KindCall, ids.Draw(t, "unit"))
	}
	return s
})

func TestNeighboursOnALineAreThoseOfASortedList(t *testing.T) {
	undo := errors.New("undo")
	journals(t, func(t *testing.T, j *Journal) {
		rapid.Check(t, func(t *rapid.T) {
			var held []Spot
			err := j.Update(func(tx *Tx) error {
				for range rapid.IntRange(1, 25).Draw(t, "steps") {
					s := spots.Draw(t, "spot")
					i, found := slices.BinarySearchFunc(held, s, compareSpots)
					switch drop := rapid.IntRange(0, 3).Draw(t, "step") == 0; {
					case drop && found:
						held = slices.Delete(held, i, i+1)
					case drop:
					case found:
						held[i] = s // of another contact now
					default:
						held = slices.Insert(held, i, s)
					}
					_, found = slices.BinarySearchFunc(held, s, compareSpots)
					move := tx.DropSpot
					if found {
						move = tx.PutSpot
					}
					if err := move(s); err != nil {
						return err
					}
					wantNeighbours(t, tx, held, spots.Draw(t, "from"))
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Fatal(err)
			}
		})
	})
}

// wantNeighbours looks for the spots around one that are no legs of its contact.
func wantNeighbours(t *rapid.T, tx *Tx, held []Spot, from Spot) {
	t.Helper()
	fits := func(o Spot) bool { return o.Unit == (Key{}) || o.Unit != from.Unit }
	var next, previous Spot
	for _, o := range held {
		if o.Line != from.Line || !fits(o) || o.Key == from.Key {
			continue
		}
		switch c := compareSpots(o, from); {
		case c < 0:
			previous = o
		case c > 0 && next.IsZero():
			next = o
		}
	}
	for name, of := range map[string]struct {
		want Spot
		find func(Spot, func(Spot) bool) (Spot, bool)
	}{"next": {next, tx.NextSpot}, "previous": {previous, tx.PreviousSpot}} {
		got, ok := of.find(from, fits)
		if !ok {
			got = Spot{}
		}
		if diff := gocmp.Diff(of.want, got); diff != "" || ok == of.want.IsZero() {
			t.Fatalf("%s of %+v among %+v (-want +got, found: %v):\n%s", name, from, held, ok, diff)
		}
	}
}

func TestALineIsOfOneCustomerAndTopicOfOneDesk(t *testing.T) {
	lines := map[Line][3]string{}
	for _, of := range [][3]string{
		{"acme", "ann", "bill"},
		{"acme", "annbill", ""},
		{"acme", "ann", ""},
		{"acmeann", "", "bill"},
		{"brio", "ann", "bill"},
		{"acme", `ann" "bill`, ""},
		{"acme", "ann ", "bill"},
		{"acme", "\xff", ""},
		{"acme", "\xfe", ""},
		{"acme", "\ufffd", ""},
	} {
		line := LineOf(of[0], of[1], of[2])
		if other, taken := lines[line]; taken {
			t.Errorf("%q and %q lie on one line", of, other)
		}
		lines[line] = of
		if again := LineOf(of[0], of[1], of[2]); again != line {
			t.Errorf("%q lies on two lines", of)
		}
	}
}

func TestAScanBackGoesByKeyBeforeWhereItIsTold(t *testing.T) {
	stores(t, func(t *testing.T, s store) {
		rapid.Check(t, func(t *rapid.T) {
			keys := rapid.SliceOfNDistinct(rapid.SliceOfN(rapid.Byte(), 1, 3), 1, 20, func(k []byte) string { return string(k) }).Draw(t, "keys")
			end := rapid.OneOf(rapid.SampledFrom(keys), rapid.SliceOfN(rapid.Byte(), 0, 4)).Draw(t, "end")
			most := rapid.IntRange(1, 25).Draw(t, "most")
			var got []string
			_ = s.update(func(tx bucketTx) error {
				for _, k := range keys {
					if err := tx.put(bucketTimeline, k, k); err != nil {
						t.Fatal(err)
					}
				}
				tx.scanBack(bucketTimeline, end, func(k, v []byte) bool {
					if !bytes.Equal(k, v) {
						t.Fatalf("%q has the value of %q", k, v)
					}
					got = append(got, string(k))
					return len(got) < most
				})
				return errors.New("forget it")
			})
			var want []string
			for _, k := range keys {
				if bytes.Compare(k, end) < 0 {
					want = append(want, string(k))
				}
			}
			slices.Sort(want)
			slices.Reverse(want)
			if diff := gocmp.Diff(want[:min(most, len(want))], got); diff != "" {
				t.Fatalf("before %q (-want +got):\n%s", end, diff)
			}
		})
	})
}

func TestAScanBackOfNothingFindsNothing(t *testing.T) {
	stores(t, func(t *testing.T, s store) {
		_ = s.view(func(tx bucketTx) error {
			tx.scanBack(bucketTimeline, []byte("x"), func(k, _ []byte) bool { t.Errorf("found %q", k); return true })
			return nil
		})
	})
}

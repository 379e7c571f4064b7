package journal

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

var (
	instants = rapid.OneOf(rapid.Just(time.Time{}), rapid.Map(rapid.Int64Min(math.MinInt64+1), func(n int64) time.Time {
		return time.Unix(0, n).UTC()
	}))
	origins = filled[desk.Origin]()
)

// filled generates structs with every field set to anything, the zero value
// included.
func filled[T any]() *rapid.Generator[T] {
	return rapid.MakeCustom[T](rapid.MakeConfig{Types: map[reflect.Type]*rapid.Generator[any]{
		reflect.TypeFor[time.Time]():               instants.AsAny(),
		reflect.TypeFor[desk.Opt[bool]]():          optional(rapid.Bool()).AsAny(),
		reflect.TypeFor[desk.Opt[int]]():           optional(rapid.IntRange(math.MinInt32, math.MaxInt32)).AsAny(),
		reflect.TypeFor[desk.Opt[float64]]():       optional(rapid.Float64()).AsAny(),
		reflect.TypeFor[desk.Opt[time.Duration]](): optional(rapid.Map(rapid.Int64Range(-1e15, 1e15), duration)).AsAny(),
	}})
}

func duration(n int64) time.Duration { return time.Duration(n) }

func optional[T any](of *rapid.Generator[T]) *rapid.Generator[desk.Opt[T]] {
	return rapid.OneOf(rapid.Just(desk.Opt[T]{}), rapid.Map(of, desk.Some[T]))
}

func TestARecordIsReadAsItWasKept(t *testing.T) {
	kept := map[desk.Kind]func(*testing.T){
		desk.KindTicket:      keeps[desk.Ticket](),
		desk.KindCall:        keeps[desk.Call](),
		desk.KindSurvey:      keeps[desk.Survey](),
		desk.KindReview:      keeps[desk.Review](),
		desk.KindCustomer:    keeps[desk.Customer](),
		desk.KindPurchase:    keeps[desk.Purchase](),
		desk.KindFeedback:    keeps[desk.Feedback](),
		desk.KindArticle:     keeps[desk.Article](),
		desk.KindArticleView: keeps[desk.ArticleView](),
		desk.KindSession:     keeps[desk.Session](),
		desk.KindOutreach:    keeps[desk.Outreach](),
		desk.KindReferral:    keeps[desk.Referral](),
		desk.KindEnrolment:   keeps[desk.Enrolment](),
		desk.KindStaffing:    keeps[desk.Staffing](),
		desk.KindCost:        keeps[desk.Cost](),
	}
	for _, kind := range desk.Kinds() {
		test := kept[kind]
		switch {
		case kind == desk.KindMessage: // kept with its ticket
		case test == nil:
			t.Errorf("no test keeps a %s", kind)
		default:
			t.Run(kind.String(), test)
		}
	}
}

func keeps[T any, B interface {
	*T
	desk.Body
}]() func(*testing.T) {
	bodies, states := filled[T](), rapid.SliceOfN(filled[desk.State](), 1, 4)
	return func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			b := bodies.Draw(t, "body")
			want := &desk.Held{
				Record: desk.Record{
					ID: rapid.String().Draw(t, "id"), Body: B(&b),
					Origin: origins.Draw(t, "origin"), Deleted: rapid.Bool().Draw(t, "deleted"),
				},
				States:  states.Draw(t, "states"),
				Counted: rapid.SliceOf(filled[desk.Entry]()).Draw(t, "counted"), Unjudged: rapid.Bool().Draw(t, "unjudged"),
			}
			key := KeyOf(7, want.Body.Kind(), want.ID)
			got, err := decodeHeld(key, appendHeld(nil, want))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("(-kept +read):\n%s", diff)
			}
		})
	}
}

// A newer exporter of the same schema may have kept more; what this one does
// not know it passes over.
func TestFieldsOfANewerExporterArePassedOver(t *testing.T) {
	want := &desk.Held{
		Record: desk.Record{ID: "1", Body: &desk.Survey{Survey: "csat", Segment: "large"}},
		States: []desk.State{{At: time.Unix(1, 0).UTC()}},
	}
	older := appendHeld(nil, want)
	c := coder{writing: true, b: older}
	number, text := uint64(5), "new"
	c.number(1000, &number)
	c.text(1001, &text)
	// And before all that is known: numbers are free between the head and the
	// body.
	head := coder{writing: true}
	sole := false
	head.head(want, &sole)
	head.text(9, &text)
	body := coder{writing: true}
	body.survey(want.Body.(*desk.Survey))
	for _, newer := range [][]byte{c.b, append(head.b, body.b...)} {
		got, err := decodeHeld(KeyOf(1, desk.KindSurvey, "1"), newer)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-kept +read):\n%s", diff)
		}
	}
}

func TestADamagedRecordIsAnError(t *testing.T) {
	whole := appendHeld(nil, &desk.Held{
		Record: desk.Record{Body: &desk.Ticket{Channel: "email"}}, States: []desk.State{{Timed: true}},
	})
	for name, b := range map[string][]byte{
		"empty": nil, "cut short": whole[:len(whole)-1], "of another shape": {1 << 1, 0, 3 << 1, 1},
		"longer than it is": {3<<1 | 1, 200},
	} {
		if _, err := decodeHeld(KeyOf(1, desk.KindTicket, "1"), b); !errors.Is(err, errDamaged) {
			t.Errorf("%s: %v, want %v", name, err, errDamaged)
		}
	}
	for _, kind := range []desk.Kind{desk.KindMessage, 77} {
		if _, err := decodeHeld(KeyOf(1, kind, "1"), whole); !errors.Is(err, errDamaged) {
			t.Errorf("of the kind %s, which is not kept: %v", kind, err)
		}
	}
}

func FuzzDecodeHeld(f *testing.F) {
	for _, body := range []desk.Body{
		&desk.Ticket{Team: "x", Attrs: map[string]string{"a": "b"}, Messages: []desk.Message{{ID: "m"}}}, &desk.Call{Queue: "q"},
		&desk.Survey{Score: desk.Some(1.0)}, &desk.Review{Categories: map[string]float64{"a": 1}, Critical: desk.Some(false)},
		&desk.Customer{Lost: desk.Some(1)}, &desk.Purchase{Amount: desk.Some(1.0)}, &desk.Feedback{Technical: desk.Some(true)},
		&desk.Article{Votes: desk.Some(1)}, &desk.ArticleView{Engaged: desk.Some(time.Second)}, &desk.Session{ID: "s"},
		&desk.Outreach{MachineOpen: desk.Some(true)}, &desk.Referral{Commission: desk.Some(1.0)}, &desk.Enrolment{Program: "p"},
		&desk.Staffing{Available: desk.Some(1)}, &desk.Cost{Category: "c"},
	} {
		f.Add(uint8(body.Kind()), appendHeld(nil, &desk.Held{Record: desk.Record{Body: body}, States: []desk.State{{Timed: true}}}))
	}
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		key := KeyOf(1, desk.Kind(kind), "id")
		held, err := decodeHeld(key, b)
		if err != nil {
			return
		}
		// What can be read can be kept, and is then read the same.
		again, err := decodeHeld(key, appendHeld(nil, held))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(held, again, cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("(-read +read again):\n%s", diff)
		}
	})
}

func FuzzDecodeSeriesState(f *testing.F) {
	total := tally.Total{}
	total.Observe(tally.Seconds(time.Minute), []tally.Amount{tally.Points(10), tally.Points(100)})
	b, err := (&SeriesState{Start: time.Unix(1, 0), Total: total}).encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var s SeriesState
		if s.decode(b) != nil {
			return
		}
		if _, err := s.encode(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestARecordOfOneStateIsKeptOnceAndReadBackWhole(t *testing.T) {
	opened := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	first := desk.Record{
		ID: "1", Origin: desk.Origin{Dropped: opened, Name: "a.csv", Row: 7},
		Body: &desk.Ticket{CreatedAt: opened, UpdatedAt: opened, Status: desk.StatusNew, Team: "a", Channel: "email"},
	}
	later := first
	later.Body = &desk.Ticket{CreatedAt: opened, UpdatedAt: opened.Add(time.Hour), Status: desk.StatusOpen, Team: "b"}
	one := desk.Merge(nil, first)
	for _, want := range []*desk.Held{one, desk.Merge(one, later)} {
		b := appendHeld(nil, want)
		got, err := decodeHeld(KeyOf(1, desk.KindTicket, "1"), b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-kept +read):\n%s", diff)
		}
	}
	if n := bytes.Count(appendHeld(nil, one), []byte("email")); n != 1 {
		t.Errorf("the channel of a record with one state is kept %d times", n)
	}
}

func TestATicketThatOnlyItsMessagesAreKnownOfIsKept(t *testing.T) {
	said := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	want := desk.Attach(nil, "1", &desk.TicketEvents{Messages: []desk.Message{{At: said.Add(-time.Hour), Author: desk.RoleAgent, Public: true, ID: "m1", Said: said}}})
	got, err := decodeHeld(KeyOf(1, desk.KindTicket, "1"), appendHeld(nil, want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-kept +read):\n%s", diff)
	}
}

func TestATicketWithAMessageOfItsOwnRecordKeepsItsState(t *testing.T) {
	opened := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	ticket := desk.Merge(nil, desk.Record{
		ID: "1", Origin: desk.Origin{Dropped: opened, Name: "a.csv", Row: 1}, Body: &desk.Ticket{CreatedAt: opened, Team: "a"},
	})
	want := desk.Attach(ticket, "1", &desk.TicketEvents{Messages: []desk.Message{{At: opened.Add(time.Hour), Author: desk.RoleAgent, Public: true, ID: "m1", Said: opened}}})
	got, err := decodeHeld(KeyOf(1, desk.KindTicket, "1"), appendHeld(nil, want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-kept +read):\n%s", diff)
	}
}

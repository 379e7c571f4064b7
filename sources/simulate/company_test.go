package simulate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
)

// aCompany is one that is large enough for its shares to be told.
var aCompany = Settings{TicketsPerDay: 100, CallsPerDay: 50, Customers: 2000}

// bodies returns the records of one kind as they were told last, by their ids.
func bodies[T desk.Body](w *watch, kind desk.Kind) map[string]T {
	found := map[string]T{}
	for _, r := range w.newest {
		if r.Body.Kind() == kind {
			found[r.ID] = r.Body.(T)
		}
	}
	return found
}

func between(t *testing.T, what string, got, least, most float64) {
	t.Helper()
	if !(got >= least && got <= most) {
		t.Errorf("%s is %.3f, want %.3f to %.3f", what, got, least, most)
	}
}

// Whoever counts what has happened finds what happens next.
func TestAFlowGoesSteadilyOn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := flow{rapid.Uint64().Draw(rt, "seed"), noon, time.Duration(rapid.Int64Range(int64(time.Second), int64(1000*time.Hour)).Draw(rt, "pace"))}
		n := rapid.IntRange(0, 2000).Draw(rt, "n")
		at := f.at(n)
		if first := f.since.Add(time.Duration(n) * f.pace); at.Before(first.Add(-time.Millisecond)) || !at.Before(first.Add(f.pace)) {
			rt.Fatalf("the event %d is at %s, want it in the stretch from %s", n, at, first)
		}
		if got := f.before(at); got != n {
			rt.Fatalf("%d before the event %d", got, n)
		}
		if got := f.before(at.Add(time.Millisecond)); got != n+1 && f.at(n+1).After(at) {
			rt.Fatalf("%d before the event behind %d", got, n)
		}
	})
	if got := (&flow{1, noon, time.Hour}).before(noon); got != 0 {
		t.Errorf("%d happen before the beginning", got)
	}
}

func TestNoTwoCustomersHaveTheSameID(t *testing.T) {
	for size := 1; size < 300; size++ {
		source := newSource(t, Settings{Customers: size})
		if _, err := source.goOn(t.Context(), nil, noon); err != nil {
			t.Fatal(err)
		}
		l, seen := source.eras[0], map[int]bool{}
		for n := range size + 10 {
			c := l.customer(n)
			if seen[c.number] || c.number < 0 || c.number >= size+10 {
				t.Fatalf("of %d customers the one numbered %d has the id %d", size, n, c.number)
			}
			seen[c.number] = true
		}
	}
}

// The company loses and wins customers, and is never far from its size.
func TestTheCompanyKeepsItsSize(t *testing.T) {
	for _, speed := range []float64{0.5, 1, 24} {
		settings := aCompany
		settings.Speed, settings.Past = speed, days(28/speed)
		w := newWatch(t, newSource(t, settings))
		w.fetch(noon)
		begun := noon.Add(-time.Duration(settings.Past))
		at := map[string]float64{}
		churned := map[string]int{}
		for _, c := range bodies[*desk.Customer](w, desk.KindCustomer) {
			switch {
			case c.ChurnedAt.IsZero():
				at["end"]++
			case !c.ReactivatedAt.IsZero():
				at["end"]++
				at["back"]++
			}
			if c.AcquiredAt.After(begun) {
				at["new"]++
			} else {
				at["start"]++
				if !c.ChurnedAt.IsZero() {
					at["lost"]++
				}
			}
			if !c.ChurnedAt.IsZero() {
				churned[c.ChurnReason]++
			}
		}
		between(t, "the size at the start", at["start"], 2000, 2000)
		between(t, "the size at the end", at["end"], 1960, 2060)
		between(t, "the share that was won in four weeks", at["new"]/2000, 0.068, 0.09)
		between(t, "the share that was lost in four weeks", at["lost"]/2000, 0.08, 0.088)
		between(t, "the share of these that is back", at["back"]/at["lost"], 0.05, 0.18)
		for _, reason := range []string{
			"", "service", "communication", "product_problems", "price", "personalisation", "competitor", "changed_needs", "reputation",
		} {
			between(t, "how many left by the reason "+reason, float64(churned[reason]), 3, 80)
			delete(churned, reason)
		}
		if len(churned) > 0 {
			t.Errorf("other reasons: %v", churned)
		}
	}
}

// A year is longer than anything that is told of in one piece.
func TestTheCompanyKeepsItsSizeForYears(t *testing.T) {
	source := newSource(t, aCompany)
	if _, err := source.goOn(t.Context(), nil, noon); err != nil {
		t.Fatal(err)
	}
	l := source.eras[0]
	for _, years := range []int{1, 2, 5} {
		at := l.since.AddDate(years, 0, 0)
		active, among := 0, l.Customers+l.coming.before(at)
		for n := range among {
			if c := l.customer(n); c.activeAt(at) {
				active++
			}
		}
		between(t, "how many times its first size the company has", float64(active)/2000, 0.9, 1+0.15*float64(years))
		if c, ok := l.someone(at); !ok || !c.activeAt(at) {
			t.Errorf("after %d years nobody does anything", years)
		}
	}
}

// Whoever looks each day, and forgets all but the cursor now and then, sees the
// same people come, leave and return as one who looks at the end.
func TestTheCompanyDoesNotDependOnWhoLooks(t *testing.T) {
	settings := Settings{TicketsPerDay: 1, CallsPerDay: 1, Customers: 400, Past: days(3)}
	whole, daily := newWatch(t, newSource(t, settings)), newWatch(t, newSource(t, settings))
	end := noon.Add(60 * 24 * time.Hour)
	whole.fetch(noon)
	whole.fetch(end)
	for at := noon; !at.After(end); at = at.Add(24 * time.Hour) {
		daily.fetch(at)
		if at.Day()%3 == 0 {
			daily.restart()
		}
	}
	if diff := cmp.Diff(whole.newest, daily.newest); diff != "" {
		t.Errorf("records differ (-whole +daily):\n%s", diff)
	}
	back := 0
	for _, c := range bodies[*desk.Customer](whole, desk.KindCustomer) {
		if c.ReactivatedAt.After(noon) {
			back++
		}
	}
	if back < 5 {
		t.Errorf("%d come back: too few to tell", back)
	}
}

// What began goes on, and so does the company, when something else about the
// desk is changed.
func TestOtherSettingsKeepTheCompany(t *testing.T) {
	settings := Settings{TicketsPerDay: 50, CallsPerDay: 50, Customers: 300, Past: days(3)}
	end := noon.Add(30 * 24 * time.Hour)
	undisturbed := newWatch(t, newSource(t, settings))
	undisturbed.fetch(noon)
	undisturbed.fetch(end)
	changed := newWatch(t, newSource(t, settings))
	changed.fetch(noon)
	settings.Teams = []string{"everything"}
	changed.source = newSource(t, settings)
	changed.fetch(noon.Add(time.Minute))
	changed.restart()
	changed.fetch(end)
	want, got := bodies[*desk.Customer](undisturbed, desk.KindCustomer), bodies[*desk.Customer](changed, desk.KindCustomer)
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 320 {
		t.Errorf("%d customers, of which differ:\n%s", len(want), diff)
	}
}

// Customers of another company have other ids: nobody is acquired twice.
func TestAnotherCompanyBeginsAnew(t *testing.T) {
	settings := Settings{TicketsPerDay: 50, Customers: 100, Past: days(3)}
	w := newWatch(t, newSource(t, settings))
	w.fetch(noon)
	before := bodies[*desk.Customer](w, desk.KindCustomer)
	settings.Customers = 150
	w.source = newSource(t, settings)
	w.fetch(noon.Add(10 * 24 * time.Hour))
	w.restart()
	w.fetch(noon.Add(11 * 24 * time.Hour))
	after := bodies[*desk.Customer](w, desk.KindCustomer)
	for id, c := range before {
		if got := after[id]; got == nil || !got.AcquiredAt.Equal(c.AcquiredAt) {
			t.Errorf("customer %s was acquired at %s, and then is %+v", id, c.AcquiredAt, got)
		}
	}
	between(t, "how many customers are told of", float64(len(after)), 252, 259)
}

// did is something that a customer did, or that was done to win one.
type did struct {
	what, customer string
	at             time.Time
}

// allDone lists what customers did in four weeks.
func allDone(w *watch) []did {
	var all []did
	for _, r := range w.newest {
		switch b := r.Body.(type) {
		case *desk.Purchase:
			if b.Amount.Value > 0 { // things are given back even after one left
				all = append(all, did{"purchase", b.Customer, b.At})
			}
		case *desk.Session:
			if b.Type == desk.SessionTypeProduct {
				all = append(all, did{"use", b.Customer, b.At})
			} else if b.Customer != "" && b.Goal != "signup" {
				all = append(all, did{"visit", b.Customer, b.At})
			}
		case *desk.Outreach:
			all = append(all, did{"outreach", b.Customer, b.At})
		case *desk.Feedback:
			if b.Customer != "" {
				all = append(all, did{"feedback", b.Customer, b.At})
			}
		case *desk.Enrolment:
			all = append(all, did{b.Type.String(), b.Customer, b.EnrolledAt})
		case *desk.Referral:
			if b.Referrer != "" {
				all = append(all, did{"referral", b.Referrer, b.At})
			}
			if b.Referred != "" {
				all = append(all, did{"referred", b.Referred, b.ConvertedAt})
			}
		}
	}
	return all
}

func TestOnlyCustomersDoWhatCustomersDo(t *testing.T) {
	w := newWatch(t, newSource(t, aCompany))
	w.fetch(noon)
	customers, n := bodies[*desk.Customer](w, desk.KindCustomer), map[string]int{}
	for _, d := range allDone(w) {
		n[d.what]++
		c := customers[d.customer]
		if c == nil {
			t.Fatalf("%+v, and there is no such customer", d)
		}
		gone := !c.ChurnedAt.IsZero() && !d.at.Before(c.ChurnedAt) && (c.ReactivatedAt.IsZero() || d.at.Before(c.ReactivatedAt))
		early := !d.at.IsZero() && d.at.Before(c.AcquiredAt)
		if early || gone && d.what != "loyalty" && d.what != "referred" && d.what != "purchase" {
			t.Fatalf("%+v, while the customer is %+v", d, c)
		}
	}
	for _, what := range []string{"purchase", "use", "visit", "outreach", "feedback", "loyalty", "training", "referral", "referred"} {
		if n[what] < 50 {
			t.Errorf("%s: %d are too few to tell", what, n[what])
		}
	}
}

func TestCustomersAreThoseWhoWriteAndAnswer(t *testing.T) {
	w := newWatch(t, newSource(t, aCompany))
	w.fetch(noon)
	customers := bodies[*desk.Customer](w, desk.KindCustomer)
	tickets := ofKind[*desk.Ticket](w.newest)
	theirs := func(b *desk.Ticket) bool { return customers[b.Requester] != nil }
	all := share(tickets, theirs)
	complaints := share(keep(tickets, func(b *desk.Ticket) bool { return b.Type == "complaint" }), theirs)
	between(t, "how much more of complaints than of all tickets are theirs", complaints-all, 0.1, 0.35)
	relations := keep(ofKind[*desk.Survey](w.newest), func(b *desk.Survey) bool { return b.Survey == surveyRelation || b.Survey == surveyBrand })
	between(t, "the share of customers among those who are asked", share(relations, func(b *desk.Survey) bool {
		c := customers[b.Customer]
		if c != nil && c.Segment != b.Segment {
			t.Errorf("customer %s is of the segment %s, in a survey of %s", b.Customer, c.Segment, b.Segment)
		}
		return c != nil
	}), 0.65, 0.92)
}

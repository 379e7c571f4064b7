package kpi_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// biography is all that a desk knows of one customer, with what of it the naive
// reckoning asks for.
type biography struct {
	records   []*desk.Held
	customer  *desk.Customer // nil: not told
	purchases []*desk.Purchase
	sessions  []*desk.Session
	feedback  []*desk.Feedback
	programs  []*desk.Enrolment
	referrals []*desk.Referral
	answers   []*desk.Survey
	tickets   []*desk.Ticket
}

// dossierDefinitions has three windows, one of a length that days do not divide.
func dossierDefinitions() kpi.Definitions {
	d := definitions()
	d.Windows = []kpi.Window{week(), {Name: "1d", Length: day}, {Name: "50h", Length: 50 * time.Hour}}
	d.GrossMargin = desk.Some(0.25)
	d.Engagement = kpi.Engagement{Version: "1", EngagedFrom: 0.3, Weights: map[kpi.EngagementInput]kpi.EngagementWeight{
		kpi.EngagedPurchase: {Weight: 3, PerWeek: 2}, kpi.EngagedProductUse: {Weight: 2, PerWeek: 5},
		kpi.EngagedWebVisit: {Weight: 1, PerWeek: 3}, kpi.EngagedFeedback: {Weight: 1, PerWeek: 1}, kpi.EngagedProgram: {Weight: 1, PerWeek: 1},
	}}
	d.RiskRules = []kpi.RiskRule{
		{Name: "detractor", Kind: kpi.RiskDetractor, After: 3 * day},
		{Name: "complaints", Kind: kpi.RiskComplaints, Count: 2},
		{Name: "inactive", Kind: kpi.RiskInactive, After: 40 * time.Hour},
	}
	return d
}

// momentOf draws an instant of three weeks, often one at which something else
// happens, or where the windows move on.
func momentOf(t *rapid.T, name string) time.Time {
	halfHours := rapid.IntRange(0, 21*48).Draw(t, name)
	grain := rapid.SampledFrom([]time.Duration{30 * time.Minute, 35 * time.Minute, 5 * time.Minute}).Draw(t, name+" grain")
	at := ago(21 * day).Truncate(grain).Add(time.Duration(halfHours) * 30 * time.Minute)
	return at.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, name+" off")))
}

func biographyOf(t *rapid.T) *biography {
	b := &biography{}
	n := 0
	hold := func(body desk.Body) {
		n++
		b.records = append(b.records, held(desk.Record{ID: fmt.Sprint(n), Body: body}))
	}
	some := func(name string, f func()) {
		for range rapid.IntRange(0, 4).Draw(t, name) {
			f()
		}
	}
	at := func() time.Time { return momentOf(t, "at") }
	maybe := func() time.Time {
		if rapid.Bool().Draw(t, "told") {
			return at()
		}
		return time.Time{}
	}
	word := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	if rapid.IntRange(0, 4).Draw(t, "known") > 0 {
		b.customer = &desk.Customer{AcquiredAt: at(), ChurnedAt: maybe(), ReactivatedAt: maybe(), Segment: word("segment", "", "big")}
		b.records = append(b.records, customer("c", *b.customer))
	}
	some("purchases", func() {
		b.purchases = append(b.purchases, &desk.Purchase{
			At: at(), Customer: "c", Amount: desk.Some(float64(rapid.IntRange(-5, 20).Draw(t, "amount"))), Currency: word("currency", "EUR", "USD"),
		})
		hold(b.purchases[len(b.purchases)-1])
	})
	some("sessions", func() {
		kind := rapid.SampledFrom([]desk.SessionType{desk.SessionTypeWeb, desk.SessionTypeProduct}).Draw(t, "session")
		visit := word("visit", "u", "v", "w") + kind.String()
		b.sessions = append(b.sessions, &desk.Session{ID: visit, At: at(), Type: kind, Action: word("action", "export", "import"), Customer: "c"})
		hold(b.sessions[len(b.sessions)-1])
	})
	some("feedback", func() {
		b.feedback = append(b.feedback, &desk.Feedback{At: at(), Customer: "c"})
		hold(b.feedback[len(b.feedback)-1])
	})
	some("programs", func() {
		kind := rapid.SampledFrom([]desk.EnrolmentType{desk.EnrolmentTypeLoyalty, desk.EnrolmentTypeTraining}).Draw(t, "kind")
		b.programs = append(b.programs, &desk.Enrolment{
			EnrolledAt: at(), LastActiveAt: maybe(), CompletedAt: maybe(), Program: word("program", "x", "y"), Type: kind, Customer: "c",
		})
		hold(b.programs[len(b.programs)-1])
	})
	some("referrals", func() {
		r := &desk.Referral{At: at(), Program: word("program", "x", "y"), Referrer: "c", Referred: "d"}
		if rapid.Bool().Draw(t, "referred") {
			r.Referrer, r.Referred = "d", "c"
		}
		b.referrals = append(b.referrals, r)
		hold(r)
	})
	some("answers", func() {
		b.answers = append(b.answers, &desk.Survey{
			Survey: "nps", RespondedAt: at(), Score: desk.Some(float64(rapid.IntRange(5, 9).Draw(t, "score"))), Customer: "c",
		})
		hold(b.answers[len(b.answers)-1])
	})
	some("tickets", func() {
		created := at()
		b.tickets = append(b.tickets, &desk.Ticket{CreatedAt: created, Type: "complaint", Requester: "c", Status: desk.StatusOpen})
		if rapid.Bool().Draw(t, "solved") {
			last := b.tickets[len(b.tickets)-1]
			last.Status = desk.StatusSolved
			last.SolvedAt = created.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour)
		}
		hold(b.tickets[len(b.tickets)-1])
	})
	return b
}

// sheet is what holds of a customer: by measure and labels.
type sheet map[string]tally.Count

func (s sheet) add(id kpi.ID, value tally.Amount, labels ...string) {
	key := fmt.Sprint(id, labels)
	c := s[key]
	c.Add(1, value)
	s[key] = c
}

// span is one window that ends at an instant, worked out by its rule: with a
// grain of a 288th of its length it holds (g*floor(t/g) + g - W, t].
type span struct {
	begin, end time.Time
	weeks      float64
}

func windowAt(w kpi.Window, t time.Time) span {
	g := w.Length / kpi.WindowSlots
	return span{t.Add(-time.Duration(t.UnixNano() % int64(g))).Add(g - w.Length), t, w.Length.Hours() / 168}
}

func (s span) holds(at time.Time) bool {
	return !at.IsZero() && at.After(s.begin) && !at.After(s.end)
}

// here reports whether he is a customer at an instant.
func (b *biography) here(at time.Time) bool {
	if b.customer == nil {
		return false
	}
	turns := []time.Time{b.customer.AcquiredAt, b.customer.ChurnedAt, b.customer.ReactivatedAt}
	last := -1
	for i, t := range turns {
		if !t.IsZero() && !t.After(at) && (last < 0 || !t.Before(turns[last])) {
			last = i
		}
	}
	return last == 0 || last == 2
}

// within works out from scratch what holds in a window.
func (b *biography) within(s span) sheet {
	sheet, start, end := sheet{}, b.here(s.begin), b.here(s.end)
	segment := "none"
	if b.customer != nil {
		segment = cmp.Or(b.customer.Segment, segment)
	}
	hold := func(holds bool, id kpi.ID, labels ...string) {
		if holds {
			sheet.add(id, 1e9, append(labels, segment)...)
		}
	}
	hold(start, kpi.CustomersStart)
	hold(end, kpi.CustomersEnd)
	hold(start && end, kpi.CustomersRetained)
	hold(start && !end, kpi.CustomersChurned)
	hold(!start && end, kpi.CustomersNew)
	spent := b.bought(s, segment, sheet)
	actions, uses, visits := b.visits(s)
	hold(len(actions) > 0, kpi.UsageCustomers, "")
	for action := range actions {
		hold(true, kpi.UsageCustomers, action)
	}
	in, times := b.tookPart(s)
	for p := range in {
		hold(end, p.id, p.program)
	}
	if end && slices.ContainsFunc(b.referrals, func(r *desk.Referral) bool { return r.Referrer == "c" && s.holds(r.At) }) {
		sheet.add(kpi.ReferrerCustomers, 1e9)
	}
	if program := b.referredBy(); program != "" && end && !start {
		sheet.add(kpi.ReferredNewCustomers, 1e9, program, "none")
	}
	b.engaged(s, sheet, segment, spent, map[kpi.EngagementInput]int{
		kpi.EngagedPurchase: spent.n, kpi.EngagedProductUse: uses, kpi.EngagedWebVisit: visits,
		kpi.EngagedFeedback: countIf(b.feedback, func(f *desk.Feedback) bool { return s.holds(f.At) }), kpi.EngagedProgram: times,
	})
	return sheet
}

func countIf[T any](list []T, f func(T) bool) int {
	n := 0
	for _, x := range list {
		if f(x) {
			n++
		}
	}
	return n
}

// spending is what he bought in a window.
type spending struct {
	n      int
	amount map[string]float64 // by currency, less what was given back
}

func (b *biography) bought(s span, segment string, sheet sheet) spending {
	spent, n := spending{amount: map[string]float64{}}, map[string]int{}
	for _, p := range b.purchases {
		if s.holds(p.At) {
			spent.amount[p.Currency] += p.Amount.Value
			if p.Amount.Value >= 0 {
				n[p.Currency]++
				spent.n++
			}
		}
	}
	for currency, amount := range spent.amount {
		if n[currency] > 0 {
			sheet.add(kpi.LifetimeProfit, tally.Points(amount*0.25/1000), currency, segment)
			sheet.add(kpi.PurchaseCustomersOf, 1e9, currency, segment)
		}
	}
	if spent.n > 0 {
		sheet.add(kpi.PurchaseCustomers, 1e9, segment)
	}
	if spent.n > 1 {
		sheet.add(kpi.PurchaseRepeaters, 1e9, segment)
	}
	return spent
}

// visits returns what he did in sessions of the product that he had not done
// before in the same one, and how many of either sort of sessions began, all
// within a window.
func (b *biography) visits(s span) (actions map[string]bool, uses, visits int) {
	first := map[string]time.Time{}
	note := func(key string, at time.Time) {
		if was, ok := first[key]; !ok || at.Before(was) {
			first[key] = at
		}
	}
	for _, row := range b.sessions {
		note(row.ID, row.At)
		if row.Type == desk.SessionTypeProduct {
			note(row.ID+" "+row.Action, row.At)
		}
	}
	actions = map[string]bool{}
	for key, at := range first {
		visit, action, did := strings.Cut(key, " ")
		switch {
		case !s.holds(at):
		case did:
			actions[action] = true
		case strings.HasSuffix(visit, "product"):
			uses++
		default:
			visits++
		}
	}
	return actions, uses, visits
}

// part is one program with what taking part in it counts for.
type part struct {
	id      kpi.ID
	program string
}

// tookPart returns in which programs he was active, and how often.
func (b *biography) tookPart(s span) (in map[part]bool, times int) {
	in = map[part]bool{}
	for _, e := range b.programs {
		id := kpi.LoyaltyActive
		if e.Type == desk.EnrolmentTypeTraining {
			id = kpi.TrainingParticipants
		}
		instants := map[time.Time]bool{e.LastActiveAt: true, e.CompletedAt: true}
		for at := range instants {
			if s.holds(at) {
				in[part{id, e.Program}] = true
				times++
			}
		}
	}
	return in, times
}

// referredBy returns the program of the first referral that names him.
func (b *biography) referredBy() string {
	var named []*desk.Referral
	for _, r := range b.referrals {
		if r.Referred == "c" {
			named = append(named, r)
		}
	}
	if len(named) == 0 {
		return ""
	}
	return slices.MinFunc(named, func(x, y *desk.Referral) int {
		return cmp.Or(x.At.Compare(y.At), strings.Compare(x.Program, y.Program))
	}).Program
}

// engaged adds his score and what he brings.
func (b *biography) engaged(s span, sheet sheet, segment string, spent spending, did map[kpi.EngagementInput]int) {
	e := dossierDefinitions().Engagement
	score, weights := 0.0, 0.0
	for input, w := range e.Weights {
		weights += w.Weight
		often := float64(did[input]) / (w.PerWeek * s.weeks)
		score += w.Weight * min(1, often)
	}
	score /= weights
	if !b.here(s.end) && (b.customer != nil || score == 0) {
		return
	}
	sheet.add(kpi.EngagementScore, tally.Points(score), "1", segment)
	revenue, flag := kpi.OtherRevenue, tally.Amount(0)
	if score >= e.EngagedFrom {
		revenue, flag = kpi.EngagedRevenue, 1e9
	}
	sheet.add(kpi.EngagedCustomers, flag, segment)
	for currency, amount := range spent.amount {
		sheet.add(revenue, tally.Points(amount/1000), currency, segment)
	}
}

// atRisk works out from scratch by which rules he is at risk at an instant.
func (b *biography) atRisk(at time.Time) sheet {
	sheet := sheet{}
	if !b.here(at) {
		return sheet
	}
	segment := cmp.Or(b.customer.Segment, "none")
	for _, rule := range dossierDefinitions().RiskRules {
		var risky bool
		switch rule.Kind {
		case kpi.RiskDetractor:
			risky = b.saidNo(at, rule.After)
		case kpi.RiskComplaints:
			risky = rule.Count <= countIf(b.tickets, func(t *desk.Ticket) bool {
				return !t.CreatedAt.After(at) && (t.SolvedAt.IsZero() || t.SolvedAt.After(at))
			})
		case kpi.RiskInactive:
			risky = !b.alive(at).Add(rule.After).After(at)
		}
		value := tally.Amount(0)
		if risky {
			value = 1e9
		}
		sheet.add(kpi.CustomersAtRisk, value, rule.Name, segment)
	}
	return sheet
}

// saidNo reports whether the last that he answered was what a detractor does,
// not too long ago; of answers at once the worst.
func (b *biography) saidNo(at time.Time, after time.Duration) bool {
	var last *desk.Survey
	for _, s := range b.answers {
		newer := last == nil || s.RespondedAt.After(last.RespondedAt)
		worse := last != nil && s.RespondedAt.Equal(last.RespondedAt) && s.Score.Value < last.Score.Value
		if !s.RespondedAt.After(at) && (newer || worse) {
			last = s
		}
	}
	return last != nil && last.Score.Value <= 6 && last.RespondedAt.Add(after).After(at)
}

// alive is when he last gave a sign of life by an instant.
func (b *biography) alive(at time.Time) time.Time {
	var last time.Time
	see := func(signs ...time.Time) {
		for _, t := range signs {
			if !t.IsZero() && !t.After(at) && t.After(last) {
				last = t
			}
		}
	}
	see(b.customer.AcquiredAt, b.customer.ReactivatedAt)
	for _, p := range b.purchases {
		see(p.At)
	}
	for _, f := range b.feedback {
		see(f.At)
	}
	for _, e := range b.programs {
		see(e.LastActiveAt, e.CompletedAt)
	}
	for _, r := range b.referrals {
		if r.Referrer == "c" {
			see(r.At)
		}
	}
	for _, s := range b.answers {
		see(s.RespondedAt)
	}
	first := map[string]time.Time{}
	for _, s := range b.sessions { // what a row repeats for another goal is no news
		key := s.ID
		if s.Type == desk.SessionTypeProduct {
			key += s.Action
		}
		if was, ok := first[key]; !ok || s.At.Before(was) {
			first[key] = s.At
		}
	}
	for _, t := range first {
		see(t)
	}
	return last
}

// holdingAt adds up the contributions that hold at an instant, in one window or
// now.
func holdingAt(c *kpi.Catalogue, list []kpi.Contribution, window uint8, at time.Time) sheet {
	sheet := sheet{}
	for _, of := range list {
		if c.Measure(of.Measure).Span && of.Window == window && !of.At.After(at) && (of.Until.IsZero() || of.Until.After(at)) {
			sheet.add(of.Measure, of.Value, of.Labels...)
		}
	}
	return sheet
}

// What holds of a customer at any instant, in any window, is what one would find
// who looked at his records just then; and no span of it is empty.
func TestSpansAreWhatOneWouldFindThen(t *testing.T) {
	c := kpi.NewCatalogue(dossierDefinitions())
	rapid.Check(t, func(t *rapid.T) {
		who := biographyOf(t)
		b := c.NewContributions(kpi.FeedAny)
		b.AddDossier(kpi.Dossier{
			Customer: "c", Records: rapid.Permutation(who.records).Draw(t, "order"), Fed: func(desk.Kind) bool { return true },
		})
		for _, of := range b.List() {
			if c.Measure(of.Measure).Span && !of.Until.IsZero() && !of.Until.After(of.At) {
				t.Fatalf("it ends before it begins: %v", of)
			}
		}
		for range 20 {
			at := momentOf(t, "looked at")
			for i, w := range c.Windows {
				if got, want := holdingAt(c, b.List(), uint8(i+1), at), who.within(windowAt(w, at)); !maps.Equal(got, want) {
					t.Fatalf("at %v in the window %s there is\n%v\nwant\n%v", at, w.Name, got, want)
				}
			}
			if got, want := holdingAt(c, b.List(), 0, at), who.atRisk(at); !maps.Equal(got, want) {
				t.Fatalf("at %v there is the risk\n%v\nwant\n%v", at, got, want)
			}
		}
	})
}

// Of a customer with more records than are looked at together nothing is known
// but what each record says by itself.
func TestOfTooManyRecordsEachSpeaksForItself(t *testing.T) {
	c := kpi.NewCatalogue(dossierDefinitions())
	who := []*desk.Held{
		customer("c", desk.Customer{AcquiredAt: ago(day)}), bought("1", "c", euros(5)), used("2", "v", "export"),
		enrolled("3", desk.Enrolment{Program: "x", Type: desk.EnrolmentTypeLoyalty, LastActiveAt: ago(day), Customer: "c"}),
	}
	e := &evaluation{t: t, Catalogue: c}
	e.fedBy(kpi.Dossier{Customer: "c", Records: who, Crowded: true}, desk.KindCustomer)
	e.is("helpdesk_revenue", 5, 1e-9, "currency", "EUR")
	if n := e.excluded("customer_too_large"); n != len(who) {
		t.Errorf("%d records are left out of the figures about customers, want %d", n, len(who))
	}
	for _, of := range e.list {
		if m := c.Measure(of.Measure); m.Span || m.Distinct || m.ID == kpi.UsageEvents {
			t.Errorf("measure %d rests on who he is: %v", of.Measure, of)
		}
	}
}

package simulate

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

// keep returns the elements of a list that something holds for.
func keep[T any](list []T, holds func(T) bool) []T {
	var kept []T
	for _, x := range list {
		if holds(x) {
			kept = append(kept, x)
		}
	}
	return kept
}

// A day of 2,000 customers, as the documentation promises it.
func TestACompanyHasAsMuchToTellAsItsSizeSays(t *testing.T) {
	settings := aCompany
	settings.TicketsPerDay, settings.Past = 1600, days(14)
	perDay, all := map[desk.Kind]float64{}, 0.0
	for _, r := range fourWeeks(t, settings) {
		perDay[r.Body.Kind()] += 1.0 / 14
		if r.Body.Kind() > desk.KindMessage && r.Body.Kind() != desk.KindStaffing {
			all++
		}
	}
	between(t, "how much there is in all", all, 40_000, 60_000)
	for kind, want := range map[desk.Kind]float64{
		desk.KindSession: 1800, desk.KindArticleView: 640, desk.KindPurchase: 140, desk.KindOutreach: 400,
		desk.KindFeedback: 165, desk.KindReferral: 15, desk.KindReview: 40, desk.KindCost: 6,
	} {
		between(t, kind.String()+" records a day", perDay[kind], 0.8*want, 1.2*want)
	}
	between(t, "articles", 14*perDay[desk.KindArticle], 119.9, 120.1)
}

// Each record tells of things in the order in which they happen.
func TestWhatHappensLaterIsLater(t *testing.T) {
	w := newWatch(t, newSource(t, aCompany))
	w.fetch(noon)
	n := map[string]int{}
	order := func(what string, strict bool, times ...time.Time) {
		t.Helper()
		var last time.Time
		for _, at := range times {
			if at.IsZero() {
				continue
			}
			n[what]++
			if at.Before(last) || strict && at.Equal(last) {
				t.Errorf("%s: %s comes after %s", what, at, last)
			}
			last = at
		}
	}
	for _, r := range w.newest {
		switch b := r.Body.(type) {
		case *desk.Customer:
			order("customer", true, b.AcquiredAt, b.ChurnedAt, b.ReactivatedAt)
		case *desk.Session:
			order("session", true, b.At, b.ConvertedAt)
			if !b.ConvertedAt.IsZero() && b.ConvertedAt.After(b.At.Add(b.Engaged.Value)) || (b.Goal == "") != b.ConvertedAt.IsZero() {
				t.Errorf("a conversion outside of its visit: %+v", b)
			}
			if id, goal, _ := strings.Cut(r.ID, "\x00"); id != b.ID || goal != b.Goal {
				t.Errorf("the record %q is of the session %q and the goal %q", r.ID, b.ID, b.Goal)
			}
		case *desk.Outreach:
			order("outreach", true, b.At, b.DeliveredAt, b.OpenedAt, b.ClickedAt)
			order("outreach", true, b.At, b.DeliveredAt, b.RepliedAt)
			if b.MachineOpen.Set != !b.OpenedAt.IsZero() {
				t.Errorf("who opened what nobody opened? %+v", b)
			}
		case *desk.Feedback:
			order("feedback", true, b.At, b.RespondedAt)
		case *desk.Referral:
			order("referral", true, b.At, b.ConvertedAt, b.RewardGrantedAt)
			order("referral", true, b.ConvertedAt, b.RewardDueAt)
			if b.ConvertedAt.IsZero() && (b.Commission.Set || !b.RewardDueAt.IsZero()) || !b.ConvertedAt.IsZero() && b.Referred == "" {
				t.Errorf("a conversion by nobody, or something due for none: %+v", b)
			}
			if b.Commission.Set != (b.Currency != "") || b.Commission.Set && b.Type != desk.ReferralTypeAffiliate {
				t.Errorf("a commission without a currency, or for a friend: %+v", b)
			}
		case *desk.Enrolment:
			order("enrolment", true, b.EnrolledAt, b.LastActiveAt)
			order("enrolment", true, b.EnrolledAt, b.CompletedAt)
			order("enrolment", false, b.CompletedAt, b.LastActiveAt)
		case *desk.Review:
			if solved := w.newest["ticket "+b.Ticket].Body.(*desk.Ticket).FirstSolvedAt; !b.ReviewedAt.After(solved) {
				t.Errorf("reviewed at %s, solved at %s", b.ReviewedAt, solved)
			}
		}
	}
	for _, what := range []string{"customer", "session", "outreach", "feedback", "referral", "enrolment"} {
		if n[what] < 500 {
			t.Errorf("%s: %d times are too few to tell", what, n[what])
		}
	}
}

// Best before lunch by the customer's own clock, whatever that of the desk says.
func TestThereIsABestHourToReachCustomers(t *testing.T) {
	settings := aCompany
	settings.Customers = 6000
	replied, tried := map[string]float64{}, map[string]float64{}
	for _, o := range ofKind[*desk.Outreach](fourWeeks(t, settings)) {
		if o.Type != desk.OutreachTypeCall {
			continue
		}
		zone, err := time.LoadLocation(o.CustomerTZ)
		if err != nil {
			t.Fatal(err)
		}
		hour := o.At.In(zone).Hour()
		for _, in := range []string{fmt.Sprint(hour), o.CustomerTZ + map[bool]string{true: " morning"}[hour == 10 || hour == 11]} {
			tried[in]++
			if !o.RepliedAt.IsZero() {
				replied[in]++
			}
		}
	}
	best := 0
	for hour := range 24 {
		in := fmt.Sprint(hour)
		if replied[in]/tried[in] > replied[fmt.Sprint(best)]/tried[fmt.Sprint(best)] {
			best = hour
		}
	}
	between(t, "the best hour", float64(best), 10, 11)
	between(t, "the share that answers then", replied["11"]/tried["11"], 0.42, 0.58)
	between(t, "the share that answers at night", replied["3"]/tried["3"], 0.01, 0.15)
	for _, z := range zones {
		morning := z.value + " morning"
		if got, all := replied[morning]/tried[morning], replied[z.value]/tried[z.value]; got < 1.3*all {
			t.Errorf("in %s %.2f answer before lunch, %.2f at other times", z.value, got, all)
		}
	}
}

func TestAnIncidentIsWhatPeopleTalkAbout(t *testing.T) {
	source := newSource(t, aCompany)
	w := newWatch(t, source)
	w.fetch(noon)
	l := source.eras[0]
	all := ofKind[*desk.Feedback](w.newest)
	outage := func(f *desk.Feedback) bool { return f.Topic == "outage" }
	in := keep(all, func(f *desk.Feedback) bool { return l.severity(f.At) > 1 })
	out := keep(all, func(f *desk.Feedback) bool { return l.severity(f.At) == 1 })
	between(t, "the share of the outage in incidents", share(in, outage), 0.6, 0.82)
	between(t, "the share of the outage at other times", share(out, outage), 0.01, 0.08)
	between(t, "how much is negative of it", share(keep(all, outage), func(f *desk.Feedback) bool { return f.Sentiment == "negative" }), 0.6, 0.85)
	if bought := share(ofKind[*desk.Purchase](w.newest), func(p *desk.Purchase) bool { return l.severity(p.At) > 1 }); bought > 0.02 {
		t.Errorf("%.3f of all purchases are made in incidents", bought)
	}
}

func TestFourWeeksLookLikeACompany(t *testing.T) {
	w := newWatch(t, newSource(t, aCompany))
	w.fetch(noon)
	purchases := ofKind[*desk.Purchase](w.newest)
	between(t, "the share of purchases in euros", share(purchases, func(p *desk.Purchase) bool { return p.Currency == "EUR" }), 0.6, 0.78)
	between(t, "the share that was given back", share(purchases, func(p *desk.Purchase) bool { return p.Amount.Value < 0 }), 0.02, 0.06)
	between(t, "the share with a margin", share(purchases, func(p *desk.Purchase) bool { return p.MarginRatio.Set }), 0.8, 0.9)
	between(t, "the share that widens an earlier one", share(purchases, func(p *desk.Purchase) bool {
		return p.Type == desk.PurchaseTypeUpsell || p.Type == desk.PurchaseTypeCrossSell
	}), 0.22, 0.36)
	bought, buys := map[string]int{}, 0.0
	for _, p := range purchases {
		bought[p.Customer]++
		buys++
	}
	again := 0.0
	for _, n := range bought {
		if n > 1 {
			again++
		}
	}
	between(t, "the share of buyers who bought again", again/float64(len(bought)), 0.4, 0.85)

	visits := keep(ofKind[*desk.Session](w.newest), func(s *desk.Session) bool { return s.Type == desk.SessionTypeWeb })
	between(t, "the share of visits that converted", share(visits, func(s *desk.Session) bool { return s.Goal != "" }), 0.03, 0.09)
	affiliate := keep(visits, func(s *desk.Session) bool { return s.CampaignKind == "affiliate" })
	between(t, "the share of visits by affiliates", float64(len(affiliate))/float64(len(visits)), 0.1, 0.18)
	programs := map[string]bool{}
	for _, r := range keep(ofKind[*desk.Referral](w.newest), func(r *desk.Referral) bool { return r.Type == desk.ReferralTypeAffiliate }) {
		programs[r.Program] = true
	}
	if known := share(affiliate, func(s *desk.Session) bool { return programs[s.Source] }); known != 1 {
		t.Errorf("%.3f of the affiliates' visits come from one of their programs %v", known, programs)
	}
	sessions := map[string]int{}
	for _, s := range visits {
		sessions[s.ID]++
	}
	between(t, "visits with several goals", float64(len(visits)-len(sessions)), 20, 300)

	mails := keep(ofKind[*desk.Outreach](w.newest), func(o *desk.Outreach) bool { return o.Channel == "email" && o.Type > desk.OutreachTypeMessage })
	between(t, "the share of mails that a program opened", share(mails, func(o *desk.Outreach) bool { return o.MachineOpen.Value }), 0.28, 0.4)
	between(t, "the share of mails that a customer opened", share(mails, func(o *desk.Outreach) bool {
		return !o.OpenedAt.IsZero() && !o.MachineOpen.Value
	}), 0.22, 0.34)
	between(t, "the share of mails with a click", share(mails, func(o *desk.Outreach) bool { return !o.ClickedAt.IsZero() }), 0.04, 0.12)

	said := ofKind[*desk.Feedback](w.newest)
	between(t, "the share of feedback that was answered", share(said, func(f *desk.Feedback) bool { return !f.RespondedAt.IsZero() }), 0.3, 0.55)
	between(t, "the share that names a competitor", share(said, func(f *desk.Feedback) bool { return f.Competitor != "" }), 0.04, 0.08)
	questions := keep(said, func(f *desk.Feedback) bool { return f.Type == desk.FeedbackTypeQuestion })
	between(t, "the share of questions that an article answers", share(questions, func(f *desk.Feedback) bool { return f.KBAnswerable.Value }), 0.38, 0.52)

	referred := ofKind[*desk.Referral](w.newest)
	between(t, "the share of referrals that converted", share(referred, func(r *desk.Referral) bool { return !r.ConvertedAt.IsZero() }), 0.08, 0.25)
	loyal := keep(ofKind[*desk.Enrolment](w.newest), func(e *desk.Enrolment) bool { return e.Type == desk.EnrolmentTypeLoyalty })
	between(t, "the share of customers in the loyalty program", float64(len(loyal))/2100, 0.35, 0.45)
	between(t, "the share of these who are active", share(loyal, func(e *desk.Enrolment) bool { return !e.LastActiveAt.IsZero() }), 0.4, 0.8)
	trained := keep(ofKind[*desk.Enrolment](w.newest), func(e *desk.Enrolment) bool { return e.Type == desk.EnrolmentTypeTraining })
	between(t, "the share of trainings that were completed", share(trained, func(e *desk.Enrolment) bool { return !e.CompletedAt.IsZero() }), 0.35, 0.62)

	reviews := ofKind[*desk.Review](w.newest)
	between(t, "the share of reviews by criteria", share(reviews, func(r *desk.Review) bool { return len(r.Categories) == len(criteria) && !r.Score.Set }), 0.7, 0.9)
	between(t, "the share of reviews by one score", share(reviews, func(r *desk.Review) bool { return r.Score.Set && r.Categories == nil }), 0.1, 0.3)
	mean := 0.0
	for _, r := range reviews {
		mean += r.Categories["tone"]
		for _, criterion := range criteria {
			if score, ok := r.Categories[criterion]; ok != (r.Categories != nil) || score < 0 || score > 100 {
				t.Errorf("the %s of a review is %v", criterion, score)
			}
		}
	}
	between(t, "the mean tone", mean/float64(len(keep(reviews, func(r *desk.Review) bool { return r.Categories != nil }))), 65, 90)
}

func TestEveryWordOfACompanyIsOneThatTheExporterKnows(t *testing.T) {
	for _, r := range fourWeeks(t, aCompany) {
		channel := ""
		switch b := r.Body.(type) {
		case *desk.Outreach:
			channel = b.Channel
			if b.Type == desk.OutreachTypeUnknown || b.CampaignKind == "" || b.Channel == "" {
				t.Errorf("an attempt without a word for it: %+v", b)
			}
		case *desk.ArticleView:
			channel = b.ContactChannel
			if b.Role == desk.RoleUnknown || b.ContentKind == desk.ContentKindUnknown || b.ContactAfter.Value != (channel != "") {
				t.Errorf("a view of nothing by nobody, or help without a channel: %+v", b)
			}
		case *desk.Session:
			channel = b.ContactChannel
			if b.Type == desk.SessionTypeUnknown || (b.Type == desk.SessionTypeProduct) != (b.Action != "") {
				t.Errorf("a session without a word for it: %+v", b)
			}
		case *desk.Feedback:
			if b.Type == desk.FeedbackTypeUnknown || b.Platform == "" || b.Topic == "" {
				t.Errorf("feedback without a word for it: %+v", b)
			}
		case *desk.Referral:
			if b.Type == desk.ReferralTypeUnknown || b.Program == "" || b.Source == "" {
				t.Errorf("a referral without a word for it: %+v", b)
			}
		case *desk.Customer:
			if _, err := time.LoadLocation(b.Timezone); err != nil || b.Timezone == "" || b.Segment == "" {
				t.Errorf("a customer who lives nowhere: %+v", b)
			}
		}
		if channel != "" && !slices.Contains(desk.Channels(), channel) {
			t.Errorf("channel %q is unknown", channel)
		}
	}
}

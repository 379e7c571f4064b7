package csv

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
)

// march is an hour of the first of March 2026.
func march(hour int) time.Time { return time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC) }

// oneRow translates a row that has the given cells, each under a header of its
// own.
func oneRow(t *testing.T, record string, cells map[string]string) desk.Record {
	t.Helper()
	config, header, row := "record: "+record+"\ncolumns:\n", []string{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(cells)) {
		config += "  " + name + ": x" + name + "\n"
		header, row = append(header, "x"+name), append(row, cells[name])
	}
	page := translated(t, config, strings.Join(header, ",")+"\n"+strings.Join(row, ",")+"\n")
	if len(page.Records) != 1 {
		t.Fatal(faults(page))
	}
	return page.Records[0]
}

func TestEveryFieldOfTheOtherRecords(t *testing.T) {
	for _, test := range []struct {
		record string
		cells  map[string]string
		id     string
		want   desk.Body
	}{
		{
			"message",
			map[string]string{"id": "m1", "ticket": "t1", "at": "2026-03-01 01:00", "author": "Agent", "public": "no"},
			"m1", &desk.TicketMessage{Ticket: "t1", Message: desk.Message{ID: "m1", At: march(1), Author: desk.RoleAgent, Said: hourAgo()}},
		},
		{
			"review",
			map[string]string{
				"id": "r1", "reviewed_at": "2026-03-01 01:00", "ticket": "t1", "scorecard": "phone", "team": "front", "reviewer_kind": "peer",
				"score": "87.5", "critical": "Y", "category.tone": "4", "category.first_words": "0", "category.skipped": "",
			},
			"r1", &desk.Review{
				ReviewedAt: march(1), Ticket: "t1", Scorecard: "phone", Team: "front", ReviewerKind: "peer",
				Score: desk.Some(87.5), Critical: desk.Some(true), Categories: map[string]float64{"tone": 4, "first_words": 0},
			},
		},
		{
			"customer",
			map[string]string{
				"id": "c1", "acquired_at": "2026-03-01 01:00", "churned_at": "2026-03-01 02:00", "reactivated_at": "2026-03-01 03:00",
				"churn_reason": "price", "segment": "small", "timezone": "Europe/Athens", "period_start": "", "period_end": "",
				"customers_start": "10", "customers_new": "3", "customers_end": "12", "customers_lost": "1",
			},
			"c1", &desk.Customer{
				AcquiredAt: march(1), ChurnedAt: march(2), ReactivatedAt: march(3), ChurnReason: "price", Segment: "small", Timezone: "Europe/Athens",
				AtStart: desk.Some(10), New: desk.Some(3), AtEnd: desk.Some(12), Lost: desk.Some(1),
			},
		},
		{
			"purchase",
			map[string]string{
				"id": "p1", "at": "2026-03-01 01:00", "customer": "c1", "amount": "-19.90", "currency": "EUR", "margin_ratio": "0.4",
				"kind": "Cross-sell", "segment": "small",
			},
			"p1", &desk.Purchase{
				At: march(1), Customer: "c1", Amount: desk.Some(-19.9), Currency: "EUR", MarginRatio: desk.Some(0.4),
				Type: desk.PurchaseTypeCrossSell, Segment: "small",
			},
		},
		{
			"feedback",
			map[string]string{
				"id": "f1", "at": "2026-03-01 01:00", "platform": "forum", "customer": "c1", "kind": "Question", "sentiment": "negative",
				"topic": "price", "technical": "1", "kb_answerable": "FALSE", "competitor": "them", "opportunity": "yes", "responded_at": "2026-03-01 02:00",
			},
			"f1", &desk.Feedback{
				At: march(1), RespondedAt: march(2), Platform: "forum", Customer: "c1", Type: desk.FeedbackTypeQuestion, Sentiment: "negative",
				Topic: "price", Technical: desk.Some(true), KBAnswerable: desk.Some(false), Competitor: "them", Opportunity: desk.Some(true),
			},
		},
		{
			"article",
			map[string]string{
				"id": "a1", "content_kind": "FAQ", "section": "billing", "locale": "el", "status": "published", "words": "420", "votes": "20", "helpful_votes": "17",
			},
			"a1", &desk.Article{
				ContentKind: desk.ContentKindFAQ, Section: "billing", Locale: "el", Status: desk.ArticleStatusPublished,
				Words: desk.Some(420), Votes: desk.Some(20), HelpfulVotes: desk.Some(17),
			},
		},
		{
			"article_view",
			map[string]string{
				"id": "v1", "at": "2026-03-01 01:00", "role": "customer", "session": "s1", "contact_channel": "E-Mail", "views": "14", "article": "a1",
				"content_kind": "video", "section": "billing", "locale": "el", "engaged_seconds": "1:30", "words": "420", "contact_after": "n",
			},
			"v1", &desk.ArticleView{
				At: march(1), Role: desk.RoleCustomer, Session: "s1", ContactChannel: "email", Views: desk.Some(14), Article: "a1",
				ContentKind: desk.ContentKindVideo, Section: "billing", Locale: "el", Engaged: desk.Some(90 * time.Second),
				Words: desk.Some(420), ContactAfter: desk.Some(false),
			},
		},
		{
			"session",
			map[string]string{
				"id": "s1", "at": "2026-03-01 01:00", "kind": "web", "action": "search", "source": "ads", "campaign_kind": "news",
				"contact_channel": "chat", "landing_kind": "home", "engaged_seconds": "12.5", "goal": "trial", "converted_at": "2026-03-01 02:00", "customer": "c1",
			},
			"s1\x00trial", &desk.Session{
				ID: "s1", At: march(1), ConvertedAt: march(2), Type: desk.SessionTypeWeb, Action: "search", Source: "ads", CampaignKind: "news",
				ContactChannel: "chat", LandingKind: "home", Engaged: desk.Some(12500 * time.Millisecond), Goal: "trial", Customer: "c1",
			},
		},
		{
			"outreach",
			map[string]string{
				"id": "o1", "at": "2026-03-01 01:00", "campaign_kind": "news", "channel": "mail", "kind": "campaign", "customer": "c1",
				"customer_timezone": "Europe/Athens", "delivered_at": "2026-03-01 02:00", "opened_at": "2026-03-01 03:00", "machine_open": "0",
				"clicked_at": "2026-03-01 04:00", "replied_at": "2026-03-01 05:00",
			},
			"o1", &desk.Outreach{
				At: march(1), DeliveredAt: march(2), OpenedAt: march(3), ClickedAt: march(4), RepliedAt: march(5), CampaignKind: "news",
				Channel: "email", Type: desk.OutreachTypeCampaign, Customer: "c1", CustomerTZ: "Europe/Athens", MachineOpen: desk.Some(false),
			},
		},
		{
			"referral",
			map[string]string{
				"id": "f1", "at": "2026-03-01 01:00", "source": "friends", "program": "gold", "kind": "affiliate", "referrer": "c1", "referred": "c2",
				"converted_at": "2026-03-01 02:00", "reward_due_at": "2027-03-01 00:00", "reward_granted_at": "2026-03-01 03:00", "commission": "5", "currency": "EUR",
			},
			"f1", &desk.Referral{
				At: march(1), ConvertedAt: march(2), RewardDueAt: march(0).AddDate(1, 0, 0), RewardGrantedAt: march(3), Source: "friends", Program: "gold",
				Type: desk.ReferralTypeAffiliate, Referrer: "c1", Referred: "c2", Commission: desk.Some(5.0), Currency: "EUR",
			},
		},
		{
			"enrolment",
			map[string]string{
				"id": "e1", "program": "academy", "kind": "training", "customer": "c1", "enrolled_at": "2026-03-01 01:00",
				"last_active_at": "2026-03-01 02:00", "completed_at": "2026-03-01 03:00",
			},
			"e1", &desk.Enrolment{
				EnrolledAt: march(1), LastActiveAt: march(2), CompletedAt: march(3), Program: "academy", Type: desk.EnrolmentTypeTraining, Customer: "c1",
			},
		},
		{
			"staffing",
			map[string]string{"id": "n1", "at": "2026-03-01 01:00", "team": "front", "channel": "Live chat", "available": "7"},
			"n1", &desk.Staffing{At: march(1), Team: "front", Channel: "chat", Available: desk.Some(7)},
		},
		{
			"cost",
			map[string]string{
				"id": "k1", "period_start": "2026-03-01 01:00", "period_end": "2026-03-01 02:00", "category": "retention", "amount": "1200.5",
				"currency": "EUR", "team": "front", "channel": "phone",
			},
			"k1", &desk.Cost{
				PeriodStart: march(1), PeriodEnd: march(2), Category: "retention", Amount: desk.Some(1200.5), Currency: "EUR", Team: "front", Channel: "phone",
			},
		},
	} {
		t.Run(test.record, func(t *testing.T) {
			for _, f := range shapeOf(test.record).fields {
				if _, ok := test.cells[f.name]; !ok {
					t.Errorf("the test has no cell for %s", f.name)
				}
			}
			got := oneRow(t, test.record, test.cells)
			if diff := cmp.Diff(desk.Record{ID: test.id, Origin: got.Origin, Body: test.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What a row does not say is missing: no zero, no empty map, no moment.
func TestRowsThatSayTheLeastLeaveAllElseMissing(t *testing.T) {
	const at = "2026-03-01 01:00"
	for record, test := range map[string]struct {
		cells map[string]string
		want  desk.Body
	}{
		"message":      {map[string]string{"id": "1", "ticket": "t", "at": at}, &desk.TicketMessage{Ticket: "t", Message: desk.Message{ID: "1", At: march(1), Public: true, Said: hourAgo()}}},
		"review":       {map[string]string{"reviewed_at": at}, &desk.Review{ReviewedAt: march(1)}},
		"customer":     {map[string]string{"id": "1", "acquired_at": at}, &desk.Customer{AcquiredAt: march(1)}},
		"purchase":     {map[string]string{"at": at}, &desk.Purchase{At: march(1)}},
		"feedback":     {map[string]string{"at": at}, &desk.Feedback{At: march(1)}},
		"article":      {map[string]string{"id": "1"}, &desk.Article{}},
		"article_view": {map[string]string{"at": at}, &desk.ArticleView{At: march(1)}},
		"session":      {map[string]string{"id": "1", "at": at}, &desk.Session{ID: "1", At: march(1)}},
		"outreach":     {map[string]string{"at": at}, &desk.Outreach{At: march(1)}},
		"referral":     {map[string]string{"at": at}, &desk.Referral{At: march(1)}},
		"enrolment":    {map[string]string{"enrolled_at": at}, &desk.Enrolment{EnrolledAt: march(1)}},
		"staffing":     {map[string]string{"at": at}, &desk.Staffing{At: march(1)}},
		"cost":         {map[string]string{"period_start": at, "period_end": "2026-03-01 02:00"}, &desk.Cost{PeriodStart: march(1), PeriodEnd: march(2)}},
	} {
		got := oneRow(t, record, test.cells)
		if diff := cmp.Diff(test.want, got.Body); diff != "" {
			t.Errorf("%s: %s", record, diff)
		}
	}
}

func TestMessagesArePublicUnlessTheFileSaysOtherwise(t *testing.T) {
	page := translated(t, `
record: message
columns: {id: id, ticket: t, at: at, author: who, public: p}
values: {public: {internal: "no", "?": ""}, author: {Kunde: customer}}
`, `id,t,at,who,p
1,7,2026-03-01 01:00:00,Kunde,
2,7,2026-03-01 01:00:00,agent,Internal
3,7,2026-03-01 01:00:00,BOT,TRUE
4,7,2026-03-01 01:00:00,,?
5,7,2026-03-01 01:00:00,auto,F
6,7,2026-03-01 01:00:00,Jo,
7,,2026-03-01 01:00:00,,
8,7,,,
,7,2026-03-01 01:00:00,,
`)
	var got []string
	for _, r := range page.Records {
		m := r.Body.(*desk.TicketMessage)
		public := "private"
		if m.Public {
			public = "public"
		}
		got = append(got, m.ID+" "+m.Author.String()+" "+public)
	}
	if diff := cmp.Diff([]string{"1 customer public", "2 agent private", "3 bot public", "4 unknown public"}, got); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"a.csv:6 unknown_value: public: a word that is not known; map it under values.public to one of 0, 1, false, n, no, true, y, yes",
		"a.csv:7 unknown_value: author: a word that is not known; map it under values.author to one of customer, agent, bot, auto, system",
		"a.csv:8 missing_field: ticket: empty, and required for a message",
		"a.csv:9 missing_field: at: empty, and required for a message",
		"a.csv:10 missing_field: id: empty, and required for a message",
	}
	if diff := cmp.Diff(want, faults(page)); diff != "" {
		t.Error(diff)
	}
}

// A session that reached two goals is two records of one session; a goal that is
// told of again is the same record.
func TestASessionIsARecordForEachGoal(t *testing.T) {
	page := translated(t, "record: session\ncolumns: {id: id, at: at, goal: g, converted_at: c}\n", `id,at,g,c
s1,2026-03-01 01:00:00,trial,
s1,2026-03-01 01:00:00,order,2026-03-01 02:00:00
s1,2026-03-01 01:00:00,trial,2026-03-01 03:00:00
s2,2026-03-01 01:00:00,,
`)
	if diff := cmp.Diff([]string{"s1\x00trial", "s1\x00order", "s1\x00trial", "s2"}, ids(page)); diff != "" {
		t.Error(diff, faults(page))
	}
	for i, want := range []string{"s1", "s1", "s1", "s2"} {
		if got := page.Records[i].Body.(*desk.Session).ID; got != want {
			t.Errorf("row %d is of the session %q, want %q", i+1, got, want)
		}
	}
}

func TestNumbersOfTheOtherRecordsAreRejectedLikeAllOthers(t *testing.T) {
	for _, test := range []struct{ record, columns, cells, want string }{
		{"review", "reviewed_at: a, score: n", "2026-03-01 01:00:00,good", "score: not a number"},
		{"review", "reviewed_at: a, category.tone: n", "2026-03-01 01:00:00,good", "category.tone: not a number"},
		{"article", "id: a, votes: n", "1,-1", "votes: not a whole number from 0 up"},
		{"article_view", "at: a, views: n", "2026-03-01 01:00:00,1.5", "views: not a whole number from 0 up"},
		{"staffing", "at: a, available: n", "2026-03-01 01:00:00,-2", "available: not a whole number from 0 up"},
		{"purchase", "at: a, amount: n", "2026-03-01 01:00:00,12 EUR", "amount: not a number"},
		{"call", `period_start: a, period_end: "=2026-03-02 00:00:00", attempts: n`, "2026-03-01 01:00:00,-1", "attempts: not a whole number from 0 up"},
	} {
		page := translated(t, "record: "+test.record+"\ncolumns: {"+test.columns+"}\n", "a,n\n"+test.cells+"\n")
		field, _, _ := strings.Cut(test.want, ":")
		want := "a.csv:2 bad_number: " + test.want + "; mend the cell, list it under null_values, or see decimal_comma and values." + field
		if diff := cmp.Diff([]string{want}, faults(page)); diff != "" {
			t.Errorf("%s: %s", test.record, diff)
		}
	}
}

func TestDatesAloneAreReadWhereTheFormatSaysSo(t *testing.T) {
	for record, columns := range map[string]string{"staffing": "at: d", "outreach": "at: d", "purchase": "at: d"} {
		page := translated(t, "record: "+record+"\ntime_format: 2006-01-02\ntimezone: Europe/Athens\ncolumns: {"+columns+"}\n", "d\n2026-03-02\n")
		if len(page.Records) != 1 {
			t.Fatal(record, faults(page))
		}
		if got := page.Records[0].Body.Newest(); !got.Equal(at(t, "2026-03-01T22:00:00Z")) {
			t.Errorf("%s: got %s, want midnight in Athens", record, got)
		}
	}
}

func TestTruthIsReadInAnyCase(t *testing.T) {
	for word, want := range map[string]string{
		"true": "true", "TRUE": "true", "Yes": "true", "y": "true", "1": "true",
		"false": "false", "False": "false", "NO": "false", "N": "false", "0": "false",
		"ja": "", "t": "", "2": "", "": "", "on": "",
	} {
		got, ok := parseTruth(word)
		if text := formatted(got.Value, ok); text != want {
			t.Errorf("%q: got %q, want %q", word, text, want)
		}
	}
}

// A visit is a record for each of its goals, a session of the product one for
// each thing that was done in it.
func TestARowOfASessionIsKeyedByWhatItIsAbout(t *testing.T) {
	for want, cells := range map[string]map[string]string{
		"s":                 {"kind": "web"},
		"s\x00trial":        {"kind": "web", "goal": "trial", "action": "search"},
		"s\x00\x00export":   {"kind": "product", "action": "export"},
		"s\x00buy\x00login": {"kind": "product", "action": "login", "goal": "buy"},
	} {
		cells["id"], cells["at"] = "s", "2026-03-01 01:00"
		r := oneRow(t, "session", cells)
		if r.ID != want || r.Body.(*desk.Session).ID != "s" {
			t.Errorf("%v has the key %q, want %q", cells, r.ID, want)
		}
	}
}

package kpi_test

import (
	"fmt"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// reaching is a catalogue that waits a day for replies, and calls an hour the best
// from three attempts on.
func reaching() *kpi.Catalogue {
	d := definitions()
	d.Horizons.Outreach, d.OutreachMinAttempts = day, 3
	return kpi.NewCatalogue(d)
}

// attempts are attempts to reach customers of whom nothing else is known.
func attempts(all ...desk.Outreach) []kpi.Group {
	var groups []kpi.Group
	for i := range all {
		groups = append(groups, kpi.Group{Record: held(desk.Record{ID: fmt.Sprint(i), Body: &all[i]})})
	}
	return groups
}

// Four mails came through: a person opened one, a program another, nobody the
// third, and of the fourth, opened by a person, nobody says that it was a mail.
func TestOpenRateCountsPeople(t *testing.T) {
	at := ago(day)
	mail := desk.Outreach{Type: desk.OutreachTypeCampaign, Channel: "email", CampaignKind: "newsletter", At: at, DeliveredAt: at}
	read, fetched, unsaid, bounced, text, call := mail, mail, mail, mail, mail, mail
	read.OpenedAt, read.MachineOpen = at, desk.Some(false)
	fetched.OpenedAt, fetched.MachineOpen = at, desk.Some(true)
	unsaid.OpenedAt, unsaid.Channel, unsaid.CampaignKind = at, "", "offer"
	bounced.DeliveredAt = time.Time{}
	text.OpenedAt, text.Channel = at, "sms"
	call.OpenedAt, call.Type = at, desk.OutreachTypeMessage
	e := evaluate(t, reaching(), attempts(mail, read, fetched, unsaid, bounced, text, call)...)
	e.is("helpdesk_emails_delivered", 4, 0)
	e.is("helpdesk_emails_opened", 2, 0)
	e.is("helpdesk_email_open_ratio", 0.5, 0)
	e.is("helpdesk_email_open_ratio", 1.0/3, 1e-12, "campaign_kind", "newsletter")
	evaluate(t, reaching(), attempts(bounced, text, call)...).absent("helpdesk_emails_delivered")
}

// A mail that was sent before the window and delivered in it counts, one that was
// delivered before the window and opened in it does not.
func TestMailsAreDatedAtTheirDelivery(t *testing.T) {
	mail := desk.Outreach{Type: desk.OutreachTypeCampaign, At: ago(8 * day)}
	late, early := mail, mail
	late.DeliveredAt = ago(6 * day)
	early.DeliveredAt, early.OpenedAt = ago(8*day), ago(day)
	e := evaluate(t, reaching(), attempts(late, early)...)
	e.is("helpdesk_email_open_ratio", 0, 0)
	e.is("helpdesk_emails_delivered", 1, 0)
}

// Of three recommendations two were clicked on, one of them before it was opened.
func TestRecommendationsThatWereClickedOn(t *testing.T) {
	at := ago(day)
	sent := desk.Outreach{Type: desk.OutreachTypeRecommendation, Channel: "chat", At: at, DeliveredAt: at}
	clicked, mailed, lost := sent, sent, sent
	clicked.ClickedAt = at
	mailed.ClickedAt, mailed.Channel = at, "email"
	lost.ClickedAt, lost.DeliveredAt = at, time.Time{}
	e := evaluate(t, reaching(), attempts(sent, clicked, mailed, lost)...)
	e.is("helpdesk_recommendations_delivered", 3, 0)
	e.is("helpdesk_recommendations_clicked", 2, 0)
	e.is("helpdesk_recommendation_click_ratio", 2.0/3, 1e-12)
	e.is("helpdesk_recommendation_click_ratio", 0.5, 0, "channel", "chat")
	e.absent("helpdesk_emails_delivered")
	e.absent("helpdesk_outreach_attempts")
}

// Four attempts are a day old: two were replied to within the day, one a second
// too late, one never; of another the reply came before it was made. Who was called an hour ago may
// still call back, and has: he counts tomorrow.
func TestRepliesCountWithinTheirHorizon(t *testing.T) {
	call := func(ago2 time.Duration, reply time.Duration) desk.Outreach {
		at := ago(ago2)
		return desk.Outreach{Type: desk.OutreachTypeCall, Channel: "phone", At: at, RepliedAt: at.Add(reply)}
	}
	never := desk.Outreach{Type: desk.OutreachTypeMessage, Channel: "sms", At: ago(2 * day)}
	unsaid := call(2*day, time.Hour)
	unsaid.Type, unsaid.Channel = desk.OutreachTypeUnknown, ""
	mail := call(2*day, time.Hour)
	mail.Type = desk.OutreachTypeCampaign
	e := evaluate(t, reaching(), attempts(call(2*day, day), call(2*day, day+time.Second), call(2*day, -time.Second), never, unsaid, mail, call(time.Hour, time.Minute))...)
	e.is("helpdesk_outreach_attempts", 4, 0)
	e.is("helpdesk_outreach_replies", 2, 0)
	e.is("helpdesk_outreach_reply_ratio", 0.5, 0)
	e.is("helpdesk_outreach_reply_ratio", 0.5, 0, "channel", "phone")
	// 2 of 4: the centre is 0.5, less z/(1 + z²/4) * sqrt(0.25/4 + z²/64)
	// = 1.959964/1.960365 * sqrt(0.0625 + 0.060023) = 0.999796 * 0.350033 = 0.349961.
	e.is("helpdesk_outreach_reply_wilson_lower_ratio", 0.150039, 1e-6)
	if n := e.excluded("negative_duration"); n != 1 {
		t.Errorf("%d are left out, want the one with the early reply", n)
	}
}

// It is Friday, 23:30 in London. In Tokyo it is Saturday, 8:30, in Athens
// Saturday, 1:30, in New York Friday, 18:30.
func TestHoursAreThoseOfTheCustomer(t *testing.T) {
	at := time.Date(2026, 2, 27, 23, 30, 0, 0, time.UTC)
	d := definitions()
	d.Horizons.Outreach = day
	var err error
	if d.Timezone, err = time.LoadLocation("America/New_York"); err != nil {
		t.Fatal(err)
	}
	c := kpi.NewCatalogue(d)
	for _, test := range []struct {
		of, customer  string
		weekday, hour string
	}{
		{of: "Asia/Tokyo", customer: "Europe/Athens", weekday: "weekend", hour: "08"},
		{of: "", customer: "Europe/Athens", weekday: "weekend", hour: "01"},
		{of: "Nowhere/Atall", customer: "Europe/Athens", weekday: "weekend", hour: "01"},
		{of: "", customer: "", weekday: "workday", hour: "18"},
		{of: "Local", customer: "", weekday: "workday", hour: "18"},
	} {
		customer := held(desk.Record{ID: "c", Body: &desk.Customer{AcquiredAt: ago(100 * day), Timezone: test.customer}})
		attempt := held(desk.Record{ID: "1", Body: &desk.Outreach{At: at, Customer: "c", CustomerTZ: test.of}})
		e := evaluate(t, c).dossier("c", attempt, customer)
		e.is("helpdesk_outreach_attempts", 1, 0, "weekday_kind", test.weekday, "hour", test.hour)
	}
}

// The table stands by itself: its hours are part of no other level.
func TestTheTableByHourIsALevelOfItsOwn(t *testing.T) {
	c := reaching()
	want := "[[] [channel] [weekday_kind hour]]"
	if got := fmt.Sprint(c.Levels(c.Measure(kpi.OutreachReply))); got != want {
		t.Errorf("the levels are %s, want %s", got, want)
	}
}

// bestHour returns what the family makes of hours with their attempts and
// replies.
func bestHour(c *kpi.Catalogue, hours []string, counts [][2]int) (float64, bool) {
	of := make([]tally.Count, len(counts))
	for i, n := range counts {
		of[i].N = int64(n[0])
		of[i].Sum.Add(tally.Points(float64(n[1])))
	}
	return c.Bests[0].Best(hours, of)
}

// 3 of 3 have a lower bound of 0.4385, 20 of 30 one of 0.4878, 2 of 2 are too few
// to say anything.
func TestTheBestHourIsSurelyGood(t *testing.T) {
	c := reaching()
	for _, test := range []struct {
		name   string
		hours  []string
		counts [][2]int // attempts, replies
		want   float64
		none   bool
	}{
		{"many good ones beat a few perfect ones", []string{"09", "10", "14"}, [][2]int{{2, 2}, {3, 3}, {30, 20}}, 14, false},
		{"the earlier of equals", []string{"17", "08", "09"}, [][2]int{{5, 2}, {5, 2}, {5, 2}}, 8, false},
		{"midnight is an hour", []string{"00", "13"}, [][2]int{{9, 8}, {9, 7}}, 0, false},
		{"too few attempts", []string{"09", "10"}, [][2]int{{2, 2}, {1, 1}}, 0, true},
		{"nobody replied", []string{"09", "10"}, [][2]int{{30, 0}, {40, 0}}, 0, true},
		{"hours that nobody can name are none", []string{"other", "10"}, [][2]int{{9, 9}, {9, 1}}, 10, false},
		{"nobody was asked", nil, nil, 0, true},
	} {
		got, ok := bestHour(c, test.hours, test.counts)
		if ok == test.none || got != test.want && !test.none {
			t.Errorf("%s: the best hour is %v, %v; want %v, %v", test.name, got, ok, test.want, !test.none)
		}
	}
}

// The hours of a workday are told apart from those of a weekend, and each has the
// attempts that the ratios have: not those that may yet be replied to.
func TestTheBestHourRestsOnTheSameAttempts(t *testing.T) {
	today := ago(3 * time.Hour) // at nine
	tuesday, sunday := today.Add(-6*day), today.Add(-day)
	e := evaluate(t, reaching(), attempts(
		desk.Outreach{At: tuesday, Channel: "phone", RepliedAt: tuesday},
		desk.Outreach{At: tuesday, Channel: "sms"},
		desk.Outreach{At: sunday, Channel: "phone"},
		desk.Outreach{At: today, Channel: "phone", RepliedAt: today},
	)...)
	for _, test := range []struct {
		labels []string
		n      int64
		sum    float64
	}{
		{[]string{"weekday_kind", "workday", "hour", "09"}, 2, 1},
		{[]string{"weekday_kind", "workday", "hour", "09", "channel", "phone"}, 1, 1},
		{[]string{"weekday_kind", "weekend", "hour", "09"}, 1, 0},
	} {
		if c := e.count(kpi.OutreachReplyByHour, test.labels); c.N != test.n || c.Sum.Float() != test.sum {
			t.Errorf("%v: %d attempts with %v replies, want %d with %v", test.labels, c.N, c.Sum.Float(), test.n, test.sum)
		}
	}
}

func TestDeletedOutreachIsLeftOut(t *testing.T) {
	g := attempts(desk.Outreach{Type: desk.OutreachTypeCampaign, At: ago(2 * day), DeliveredAt: ago(2 * day)}, desk.Outreach{At: ago(2 * day)})
	g[0].Record.Deleted, g[1].Record.Deleted = true, true
	e := evaluate(t, reaching(), g...)
	e.absent("helpdesk_emails_delivered")
	e.absent("helpdesk_outreach_attempts")
	if n := e.excluded("deleted"); n != 2 {
		t.Errorf("%d records are excluded as deleted, want 2", n)
	}
}

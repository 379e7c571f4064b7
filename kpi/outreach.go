package kpi

import (
	"strconv"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of attempts to reach customers who did not ask.
const (
	EmailOpened ID = iota + 219
	RecommendationClicked
	OutreachReply
	OutreachReplyByHour
	ExcludedOutreach
)

func (c *Catalogue) addOutreach() {
	channel := []string{"channel"}
	outreach := func(m Measure) Measure { m.Kind, m.Window = desk.KindOutreach, true; return m }
	c.Measures = append(c.Measures,
		outreach(Measure{ID: EmailOpened, Dims: []string{"campaign_kind"}}),
		outreach(Measure{ID: RecommendationClicked, Dims: channel}),
		outreach(Measure{ID: OutreachReply, Dims: []string{"channel", "weekday_kind", "hour"}, Table: 2}),
		outreach(Measure{ID: OutreachReplyByHour, Identity: []string{"weekday_kind", "hour"}, Dims: channel}),
	)
	c.addShare(share{
		of: EmailOpened, seen: EmailOpened,
		ratio:       "helpdesk_email_open_ratio",
		help:        "Share of the campaign e-mails delivered in the window that a person opened; those that a program opened are not opened.",
		numerator:   "helpdesk_emails_opened",
		denominator: "helpdesk_emails_delivered",
		counts:      "campaign e-mails delivered in the window",
	})
	c.addShare(share{
		of: RecommendationClicked, seen: RecommendationClicked,
		ratio:       "helpdesk_recommendation_click_ratio",
		help:        "Share of the recommendations delivered in the window that were clicked on, each once.",
		numerator:   "helpdesk_recommendations_clicked",
		denominator: "helpdesk_recommendations_delivered",
		counts:      "recommendations delivered in the window",
	})
	c.addReplyViews()
	c.define(desk.KindOutreach, nil,
		KPI{ID: "email_open_rate", Metric: "helpdesk_email_open_ratio", Query: `helpdesk_email_open_ratio{by="all", window="7d"}`},
		KPI{ID: "recommendation_ctr", Metric: "helpdesk_recommendation_click_ratio", Query: `helpdesk_recommendation_click_ratio{by="all", window="7d"}`},
	)
	c.define(desk.KindOutreach, []any{c.Horizons.Outreach, c.Timezone.String()},
		KPI{ID: "outreach_reply_rate", Metric: "helpdesk_outreach_reply_ratio", Query: `helpdesk_outreach_reply_ratio{by="channel", window="7d"}`},
	)
	c.define(desk.KindOutreach, []any{c.Horizons.Outreach, c.Timezone.String(), c.OutreachMinAttempts},
		KPI{ID: "best_time_to_call", Metric: "helpdesk_outreach_best_hour", Query: `helpdesk_outreach_best_hour{by="all", window="7d"}`},
	)
}

func (c *Catalogue) addReplyViews() {
	c.addShare(share{
		of: OutreachReply, seen: OutreachReply,
		ratio:       "helpdesk_outreach_reply_ratio",
		help:        "Share of outgoing calls and messages answered within horizons.outreach, of those whose horizon ended in the window; by weekday_kind_hour at the customer's local time of the attempt.",
		numerator:   "helpdesk_outreach_replies",
		denominator: "helpdesk_outreach_attempts",
		counts:      "outgoing calls and messages whose horizon ended in the window",
	})
	c.Views = append(c.Views, WindowView{
		Name: "helpdesk_outreach_reply_wilson_lower_ratio", Of: []ID{OutreachReply}, Seen: OutreachReply, Value: c.sampled(wilsonLower),
		Help: "Lower bound of the 95 % Wilson interval of helpdesk_outreach_reply_ratio: what helpdesk_outreach_best_hour maximises.",
	})
	c.Bests = append(c.Bests, BestView{
		Name: "helpdesk_outreach_best_hour", Of: OutreachReplyByHour, Over: "hour", Best: c.bestHour,
		Help: "Hour of the customer's day, from 0 to 23, with the highest lower bound of the reply ratio in the window; absent where no hour has outreach.min_attempts attempts and a reply.",
	})
}

// bestHour returns the hour with the highest lower bound of its share of replies,
// the earlier of equals. An hour with few attempts is no better for one lucky
// reply, and among those that nobody replied in none is the best.
func (d *Definitions) bestHour(hours []string, counts []tally.Count) (float64, bool) {
	best, highest := 0, 0.0
	for i, c := range counts {
		hour, err := strconv.Atoi(hours[i])
		if err != nil || c.N < int64(max(d.OutreachMinAttempts, 1)) {
			continue
		}
		lower, _ := wilson(c)
		if lower > highest || lower == highest && hour < best {
			best, highest = hour, lower
		}
	}
	return float64(best), highest > 0
}

// sent collects what became of a mail that went to many, or of a recommendation.
func (b *Contributions) sent(h *desk.Held, o *desk.Outreach) {
	if h.Deleted {
		b.excluded(ExcludedOutreach, "deleted")
		return
	}
	if o.DeliveredAt.IsZero() {
		return
	}
	dims := dimensions{states: h.States}
	switch o.Type {
	case desk.OutreachTypeCampaign:
		if channel := dims.value("channel"); channel == "email" || channel == unset {
			b.add(EmailOpened, FeedWindow, o.DeliveredAt, flag(openedByPerson(o)), dims)
		}
	case desk.OutreachTypeRecommendation:
		b.add(RecommendationClicked, FeedWindow, o.DeliveredAt, flag(!o.ClickedAt.IsZero()), dims)
	}
}

// openedByPerson reports whether a mail was opened, and not merely fetched by a
// program on behalf of somebody who never looked.
func openedByPerson(o *desk.Outreach) bool { return !o.OpenedAt.IsZero() && !o.MachineOpen.Value }

// outreach collects whether an attempt to reach one customer was replied to, as
// soon as it is old enough to tell.
func (b *Contributions) outreach(p *profile, h *desk.Held, o *desk.Outreach) {
	if !isAttempt(o) {
		return
	}
	if !o.RepliedAt.IsZero() && o.RepliedAt.Before(o.At) {
		b.excluded(ExcludedOutreach, "negative_duration")
		return
	}
	known := o.At.Add(b.catalogue.Horizons.Outreach)
	replied := flag(!o.RepliedAt.IsZero() && !o.RepliedAt.After(known))
	hour, weekday := hourOfWeek(o.At.In(b.localTime(p, o)))
	weekdayKind := "workday"
	if weekday == "sat" || weekday == "sun" {
		weekdayKind = "weekend"
	}
	dims := dimensions{states: h.States}
	dims.fixed = [2]desk.Dim{{Name: "weekday_kind", Value: weekdayKind}, {Name: "hour", Value: hour}}
	b.add(OutreachReply, FeedWindow, known, replied, dims)
	b.add(OutreachReplyByHour, FeedWindow, known, replied, dims, weekdayKind, hour)
}

// isAttempt reports whether somebody called or wrote to the customer himself.
func isAttempt(o *desk.Outreach) bool {
	return o.Type != desk.OutreachTypeCampaign && o.Type != desk.OutreachTypeRecommendation
}

// localTime returns by which clock the customer lives: as the attempt says, else
// as the customer's record does, else by that of the desk.
func (b *Contributions) localTime(p *profile, o *desk.Outreach) *time.Location {
	if zone := b.zone(o.CustomerTZ); zone != nil {
		return zone
	}
	if p.timezone != nil {
		return p.timezone
	}
	return b.catalogue.Timezone
}

// zone returns the time zone of the IANA database with a name, nil where there
// is none.
func (b *Contributions) zone(name string) *time.Location {
	zone, read := b.zones[name]
	if read {
		return zone
	}
	if name != "" && name != "Local" { // that of whichever machine asks is nobody's
		if found, err := time.LoadLocation(name); err == nil {
			zone = found
		}
	}
	if b.zones == nil {
		b.zones = map[string]*time.Location{}
	}
	b.zones[name] = zone
	return zone
}

// outreachDeeds returns what the customer did about an attempt to reach him.
func outreachDeeds(o *desk.Outreach) []deed {
	var deeds []deed
	if openedByPerson(o) {
		deeds = append(deeds, deed{o.OpenedAt, what{deedOpen, ""}, one})
	}
	if !o.ClickedAt.IsZero() {
		deeds = append(deeds, deed{o.ClickedAt, what{deedClick, ""}, one})
	}
	if !o.RepliedAt.IsZero() && isAttempt(o) {
		deeds = append(deeds, deed{o.RepliedAt, what{deedReply, ""}, one})
	}
	return deeds
}

package simulate

import (
	"math"
	"time"

	"helpdesk_exporter/desk"
)

var ways = []lot[desk.OutreachType]{
	{0.3, desk.OutreachTypeCall}, {0.3, desk.OutreachTypeMessage}, {0.3, desk.OutreachTypeCampaign}, {0.1, desk.OutreachTypeRecommendation},
}

// reach tells of an attempt to reach a customer who did not ask.
func (l *life) reach(k key, at time.Time) {
	c, ok := l.someone(at)
	if !ok {
		return
	}
	zone := l.zoneOf(&c)
	o := desk.Outreach{At: at, Type: choose(l.dice, ways), Customer: c.id(), CustomerTZ: zone.String()}
	willing := willingness(at.In(zone))
	switch o.Type {
	case desk.OutreachTypeCall:
		o.Channel, o.CampaignKind = "phone", choose(l.dice, reasonsToCall)
		if l.dice.chance(willing) {
			o.RepliedAt = at.Add(l.dice.between(4*time.Second, 30*time.Second))
		}
	case desk.OutreachTypeMessage:
		o.Channel, o.CampaignKind = choose(l.dice, messengers), choose(l.dice, reasonsToCall)
		o.DeliveredAt = at.Add(l.dice.between(time.Second, 5*time.Second))
		if l.dice.chance(0.8 * willing) {
			o.RepliedAt = o.DeliveredAt.Add(min(l.dice.around(100*time.Minute, 1.4), l.part(5*24*time.Hour, 1)))
		}
	case desk.OutreachTypeRecommendation:
		o.Channel, o.CampaignKind = "email", "recommendation"
		l.mail(&o, 0.3)
	default:
		o.Channel, o.CampaignKind = "email", choose(l.dice, mailings)
		l.mail(&o, 0.12)
	}
	l.enter(k, func(at time.Time) desk.Body {
		body := o
		hide(at, &body.DeliveredAt, &body.OpenedAt, &body.ClickedAt, &body.RepliedAt)
		if body.OpenedAt.IsZero() {
			body.MachineOpen = desk.Opt[bool]{}
		}
		return &body
	}, o.At, o.DeliveredAt, o.OpenedAt, o.ClickedAt, o.RepliedAt)
}

var (
	reasonsToCall = []lot[string]{{0.5, "follow_up"}, {0.3, "renewal"}, {0.2, "win_back"}}
	messengers    = []lot[string]{{0.45, "messaging"}, {0.35, "sms"}, {0.2, "email"}}
	mailings      = []lot[string]{{0.5, "newsletter"}, {0.3, "offer"}, {0.2, "onboarding"}}
)

// willingness is how likely customers answer, by their own clock: best before
// lunch, well again after work, hardly at night.
func willingness(local time.Time) float64 {
	hour := float64(local.Hour()) + float64(local.Minute())/60
	bell := func(centre, width float64) float64 {
		x := (hour - centre) / width
		return math.Exp(-x * x / 2)
	}
	return 0.06 + 0.45*bell(11, 1.8) + 0.25*bell(18.5, 1.3)
}

// mail lets a mail arrive, and be opened: by a program, by the customer, or by
// nobody. Some click on what it recommends.
func (l *life) mail(o *desk.Outreach, clicks float64) {
	if !l.dice.chance(0.97) {
		return
	}
	o.DeliveredAt = o.At.Add(l.dice.between(time.Second, time.Minute))
	switch by := l.dice.Float64(); {
	case by < 0.35:
		o.OpenedAt, o.MachineOpen = o.DeliveredAt.Add(l.dice.between(time.Second, 20*time.Second)), desk.Some(true)
		clicks /= 2 // half of them is opened by nobody else
	case by < 0.65:
		o.OpenedAt, o.MachineOpen = o.DeliveredAt.Add(min(l.dice.around(3*time.Hour, 1.2), l.part(5*24*time.Hour, 1))), desk.Some(false)
	default:
		return
	}
	if l.dice.chance(clicks) {
		o.ClickedAt = o.OpenedAt.Add(l.dice.between(3*time.Second, 3*time.Minute))
	}
}

// The words of what is said in public.
var (
	platformsOfSocial = []lot[string]{{0.3, "x"}, {0.26, "facebook"}, {0.2, "instagram"}, {0.14, "reddit"}, {0.1, "linkedin"}}
	platformsOfReview = []lot[string]{{0.55, "google"}, {0.45, "trustpilot"}}

	saidOnSocial = []lot[desk.FeedbackType]{
		{0.3, desk.FeedbackTypeMention},
		{0.28, desk.FeedbackTypeComment},
		{0.2, desk.FeedbackTypeQuestion},
		{0.12, desk.FeedbackTypeComplaint},
		{0.1, desk.FeedbackTypeSuggestion},
	}
	saidInReviews   = []lot[desk.FeedbackType]{{0.9, desk.FeedbackTypeReview}, {0.1, desk.FeedbackTypeComplaint}}
	saidInIncidents = []lot[desk.FeedbackType]{
		{0.5, desk.FeedbackTypeComplaint}, {0.25, desk.FeedbackTypeQuestion}, {0.25, desk.FeedbackTypeMention},
	}
	talk        = []lot[string]{{0.26, "price"}, {0.24, "delivery"}, {0.2, "quality"}, {0.16, "app"}, {0.1, "service"}, {0.04, "outage"}}
	competitors = []lot[string]{{0.5, "globex"}, {0.3, "initech"}, {0.2, "umbrella"}}

	moods          = []lot[string]{{0.42, "positive"}, {0.33, "neutral"}, {0.15, "negative"}, {0.1, ""}}
	moodsOfTrouble = []lot[string]{{0.05, "positive"}, {0.15, "neutral"}, {0.72, "negative"}, {0.08, ""}}

	// replyChance is how often the company answers.
	replyChance = map[desk.FeedbackType]float64{
		desk.FeedbackTypeQuestion: 0.75, desk.FeedbackTypeComplaint: 0.8, desk.FeedbackTypeReview: 0.5,
		desk.FeedbackTypeSuggestion: 0.35, desk.FeedbackTypeComment: 0.2, desk.FeedbackTypeMention: 0.1,
	}
)

// speakUp tells of something that is said of the company in public.
func (l *life) speakUp(k key, at time.Time) {
	f := desk.Feedback{At: at, Customer: l.someID(at, 0.35), Topic: choose(l.dice, talk)}
	if l.dice.chance(0.7) {
		f.Platform, f.Type = choose(l.dice, platformsOfSocial), choose(l.dice, saidOnSocial)
	} else {
		f.Platform, f.Type = choose(l.dice, platformsOfReview), choose(l.dice, saidInReviews)
	}
	if l.severity(at) > 1 && l.dice.chance(0.7) {
		f.Topic, f.Type = "outage", choose(l.dice, saidInIncidents)
	}
	f.Sentiment = choose(l.dice, moods)
	if f.Type == desk.FeedbackTypeComplaint || f.Topic == "outage" {
		f.Sentiment = choose(l.dice, moodsOfTrouble)
	}
	if f.Type == desk.FeedbackTypeQuestion {
		f.Technical, f.KBAnswerable = desk.Some(l.dice.chance(0.4)), desk.Some(l.dice.chance(0.45))
	}
	if l.dice.chance(0.06) {
		f.Competitor = choose(l.dice, competitors)
	}
	f.Opportunity = desk.Some(f.Type != desk.FeedbackTypeComplaint && l.dice.chance(0.07))
	if l.dice.chance(replyChance[f.Type]) {
		slow := l.rhythm.delay(at)
		f.RespondedAt = at.Add(min(l.dice.around(time.Duration(slow*float64(2*time.Hour)), 0.9), l.part(9*24*time.Hour, 1)))
	}
	l.enter(k, func(at time.Time) desk.Body {
		body := f
		hide(at, &body.RespondedAt)
		return &body
	}, f.At, f.RespondedAt)
}

package book_test

import (
	"slices"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
)

// marketSources are two desks whose customers buy, visit, answer, recommend and
// leave: what the shop knows of them comes from five sources, what the stall
// knows from one.
func marketSources() []book.SourceConfig {
	everything := []desk.Kind{desk.KindTicket, desk.KindSurvey, desk.KindReview}
	for kind := desk.KindCustomer; kind <= desk.KindCost; kind++ {
		if kind != desk.KindStaffing {
			everything = append(everything, kind)
		}
	}
	return []book.SourceConfig{
		source("crm", "shop", desk.KindCustomer, desk.KindReferral, desk.KindEnrolment),
		source("till", "shop", desk.KindPurchase),
		source("site", "shop", desk.KindPurchase, desk.KindSession, desk.KindArticle, desk.KindArticleView),
		source("press", "shop", desk.KindFeedback, desk.KindOutreach, desk.KindCost),
		source("help", "shop", desk.KindTicket, desk.KindSurvey, desk.KindReview),
		withHistory(source("stall", "stall", everything...)),
	}
}

// customerNames are those that [dice.customer] draws, and one who does nothing.
var customerNames = []string{"ann", "bob", "cat"}

// versions draws what is told of a record, of which tell makes the next version
// out of the last. Most versions come in drops of their own.
func (d dice) versions(source, id string, tell func(first bool) desk.Body) history {
	var h history
	for i := range 1 + d.below(3) {
		h = append(h, observation{source, desk.Record{
			ID: id, Body: tell(i == 0), Deleted: !d.steady && d.chance(10),
		}})
	}
	if d.chance(30) {
		return inDrops(h)
	}
	for i := range h {
		h[i].record.Origin = desk.Origin{Dropped: monday.Add(time.Duration(i) * time.Second), Name: "drop.csv"}
	}
	return h
}

// trade returns how records of a kind are drawn. In a steady world only what was
// still to come is added to them.
func (d dice) trade(kind desk.Kind, id string) func(first bool) desk.Body {
	switch kind {
	case desk.KindCustomer:
		if slices.Contains(customerNames, id) {
			return drawn(d, d.acquire, d.leave)
		}
		return drawn(d, d.period, nil)
	case desk.KindPurchase:
		return drawn(d, d.purchase, nil)
	case desk.KindFeedback:
		return drawn(d, d.feedback, d.respond)
	case desk.KindSession:
		return drawn(d, func(s *desk.Session) { d.session(id, s) }, d.convert)
	case desk.KindArticle:
		return drawn(d, d.article, nil)
	case desk.KindArticleView:
		return drawn(d, d.look, nil)
	case desk.KindOutreach:
		return drawn(d, d.reach, d.reply)
	case desk.KindReferral:
		return drawn(d, d.refer, d.reward)
	case desk.KindEnrolment:
		return drawn(d, d.enrol, nil)
	case desk.KindReview:
		return drawn(d, func(r *desk.Review) { d.review(id, r) }, nil)
	default:
		return drawn(d, d.cost, nil)
	}
}

// drawn draws the versions of a body: what it is from the first on, unless that
// is corrected, and what becomes of it.
func drawn[T any, B interface {
	*T
	desk.Body
}](d dice, is, becomes func(B)) func(first bool) desk.Body {
	var body T
	return func(first bool) desk.Body {
		if first || !d.steady && d.chance(50) {
			body = *new(T)
			is(&body)
		}
		if becomes != nil {
			becomes(&body)
		}
		version := body
		return B(&version)
	}
}

// lately draws an instant of the week before monday or of the days after it.
func (d dice) lately() time.Time { return monday.Add(d.minutes(-9*24*60, 4*24*60)) }

// later draws an instant at most so many days after another, or none. What is
// known already stays in a steady world.
func (d dice) later(at *time.Time, than time.Time, days int) {
	if d.steady && !at.IsZero() {
		return
	}
	if *at = (time.Time{}); d.chance(50) {
		*at = than.Add(d.minutes(0, days*24*60))
	}
}

func (d dice) acquire(c *desk.Customer) {
	c.AcquiredAt, c.Segment, c.Timezone = d.lately(), d.pick("", "large", "small"), d.pick("", "Asia/Tokyo")
}

func (d dice) leave(c *desk.Customer) {
	d.later(&c.ChurnedAt, c.AcquiredAt.Add(time.Minute), 6) // who never was there is no customer
	if c.ChurnedAt.IsZero() {
		c.ChurnReason, c.ReactivatedAt = "", time.Time{}
		return
	}
	if c.ChurnReason == "" || !d.steady {
		c.ChurnReason = d.pick("", "price", "service")
	}
	d.later(&c.ReactivatedAt, c.ChurnedAt, 4)
}

// period draws the sums of a day or of a week.
func (d dice) period(c *desk.Customer) {
	c.PeriodStart = d.lately()
	c.PeriodEnd = c.PeriodStart.Add([]time.Duration{day, 7 * day}[d.below(2)])
	c.AtStart, c.AtEnd = desk.Some(10+d.below(10)), desk.Some(10+d.below(10))
	c.New = desk.Some(d.below(5))
	c.Segment = d.pick("", "large")
}

func (d dice) purchase(p *desk.Purchase) {
	p.At, p.Customer, p.Segment = d.lately(), d.customer(), d.pick("", "", "large", "tiny")
	p.Currency = d.pick("", "EUR", "eur", "USD")
	p.Type = []desk.PurchaseType{desk.PurchaseTypeUnknown, desk.PurchaseTypeNew, desk.PurchaseTypeUpsell}[d.below(3)]
	if d.chance(90) {
		p.Amount = desk.Some([]float64{12.5, 0, 99.99, -20, 1e9}[d.below(5)])
	}
	if d.chance(50) {
		p.MarginRatio = desk.Some(0.3)
	}
}

func (d dice) feedback(f *desk.Feedback) {
	f.At, f.Customer, f.Platform = d.lately(), d.customer(), d.pick("", "x", "forum")
	f.Type = []desk.FeedbackType{
		desk.FeedbackTypeUnknown, desk.FeedbackTypeReview, desk.FeedbackTypeComplaint, desk.FeedbackTypeSuggestion, desk.FeedbackTypeMention,
	}[d.below(5)]
	f.Sentiment, f.Topic, f.Competitor = d.pick("", "positive", "Negative", "meh"), d.pick("", "bill", "login"), d.pick("", "rival", "another")
	for _, told := range []*desk.Opt[bool]{&f.Technical, &f.KBAnswerable, &f.Opportunity} {
		if d.chance(50) {
			*told = desk.Some(d.chance(50))
		}
	}
}

func (d dice) respond(f *desk.Feedback) { d.later(&f.RespondedAt, f.At, 2) }

func (d dice) session(id string, s *desk.Session) {
	if d.legs {
		s.ID = d.pick("", id, "visit-1", "visit-2")
	}
	s.At, s.Customer, s.Source = d.lately(), d.customer(), d.pick("", "blog", "ads")
	s.Type = []desk.SessionType{desk.SessionTypeUnknown, desk.SessionTypeWeb, desk.SessionTypeWeb, desk.SessionTypeProduct}[d.below(4)]
	s.Action, s.Goal = d.pick("", "export", "import"), d.pick("", "buy", "sign_up")
	s.CampaignKind, s.LandingKind = d.pick("", "affiliate", "mail"), d.pick("", "home", "blog")
	if d.chance(60) {
		s.Engaged = desk.Some(time.Duration(d.below(600)-5) * time.Second)
	}
}

func (d dice) convert(s *desk.Session) { d.later(&s.ConvertedAt, s.At, 1) }

func (d dice) article(a *desk.Article) {
	a.ContentKind, a.Section = []desk.ContentKind{desk.ContentKindUnknown, desk.ContentKindFAQ, desk.ContentKindVideo}[d.below(3)], d.pick("", "start", "bills")
	a.Status = []desk.ArticleStatus{desk.ArticleStatusUnknown, desk.ArticleStatusDraft, desk.ArticleStatusPublished}[d.below(3)]
	if d.chance(50) {
		a.Votes, a.HelpfulVotes = desk.Some(d.below(9)), desk.Some(d.below(5))
	}
}

func (d dice) look(v *desk.ArticleView) {
	if d.legs {
		v.Session = d.pick("", "visit-1", "visit-2")
	}
	v.At, v.Section = d.lately(), d.pick("", "start", "bills")
	v.Role = []desk.Role{desk.RoleUnknown, desk.RoleCustomer, desk.RoleCustomer, desk.RoleBot}[d.below(4)]
	v.ContentKind = []desk.ContentKind{desk.ContentKindUnknown, desk.ContentKindFAQ}[d.below(2)]
	if d.chance(40) {
		v.Views = desk.Some(d.below(4))
	}
	if d.chance(50) {
		v.Engaged, v.Words = desk.Some(time.Duration(d.below(300)-5)*time.Second), desk.Some(d.below(900))
	}
	if d.chance(50) {
		v.ContactAfter, v.ContactChannel = desk.Some(d.chance(50)), d.pick("", "phone")
	}
}

func (d dice) reach(o *desk.Outreach) {
	o.At, o.Customer, o.CustomerTZ = d.lately(), d.customer(), d.pick("", "", "America/New_York")
	o.Type = []desk.OutreachType{
		desk.OutreachTypeUnknown, desk.OutreachTypeCall, desk.OutreachTypeCampaign, desk.OutreachTypeRecommendation,
	}[d.below(4)]
	o.Channel, o.CampaignKind = d.pick("", "email", "phone"), d.pick("", "spring")
}

func (d dice) reply(o *desk.Outreach) {
	if d.later(&o.DeliveredAt, o.At, 1); !o.DeliveredAt.IsZero() {
		d.later(&o.OpenedAt, o.DeliveredAt, 1)
		d.later(&o.ClickedAt, o.DeliveredAt, 1)
		if !d.steady || !o.MachineOpen.Set {
			o.MachineOpen = desk.Some(d.chance(30))
		}
	}
	d.later(&o.RepliedAt, o.At, 2)
}

func (d dice) refer(r *desk.Referral) {
	r.At, r.Referrer, r.Referred = d.lately(), d.customer(), d.customer()
	r.Source, r.Program, r.Currency = d.pick("", "mail", "card"), d.pick("", "friends"), d.pick("", "EUR")
	r.Type = []desk.ReferralType{desk.ReferralTypeUnknown, desk.ReferralTypeOrganic, desk.ReferralTypeAffiliate}[d.below(3)]
	if d.chance(50) {
		r.Commission = desk.Some(12.5)
	}
}

func (d dice) reward(r *desk.Referral) {
	d.later(&r.ConvertedAt, r.At, 2)
	d.later(&r.RewardDueAt, r.At, 3)
	d.later(&r.RewardGrantedAt, r.At, 3)
}

func (d dice) enrol(e *desk.Enrolment) {
	e.EnrolledAt, e.Customer, e.Program = d.lately(), d.customer(), d.pick("", "gold", "course")
	e.Type = []desk.EnrolmentType{desk.EnrolmentTypeUnknown, desk.EnrolmentTypeLoyalty, desk.EnrolmentTypeTraining}[d.below(3)]
	if d.chance(60) {
		e.LastActiveAt = e.EnrolledAt.Add(d.minutes(0, 3*24*60))
	}
	if d.chance(30) {
		e.CompletedAt = e.EnrolledAt.Add(d.minutes(0, 3*24*60))
	}
}

func (d dice) review(id string, r *desk.Review) {
	source := "stall"
	if id[:4] == "help" {
		source = "help"
	}
	r.ReviewedAt, r.Team, r.ReviewerKind = d.lately(), d.pick("", "", "tech"), d.pick("", "peer")
	if d.chance(80) {
		r.Ticket = d.someTicket(source)
	}
	if d.chance(80) {
		r.Score = desk.Some(float64(d.below(110)))
	}
	if d.chance(40) {
		r.Categories = map[string]float64{"tone": float64(d.below(100)), "facts": float64(d.below(100))}
	}
}

func (d dice) cost(c *desk.Cost) {
	c.PeriodStart = d.lately()
	c.PeriodEnd = c.PeriodStart.Add(d.minutes(0, 6*24*60))
	c.Category, c.Currency = d.pick("", "service", "acquisition", "commission"), d.pick("", "EUR", "USD")
	c.Team, c.Channel = d.pick("", "tech"), d.pick("", "phone")
	if d.chance(90) {
		c.Amount = desk.Some([]float64{1000, 0.01, 333.33}[d.below(3)])
	}
}

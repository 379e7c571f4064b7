package journal

import "helpdesk_exporter/desk"

// The bodies of the records around a desk, each with its fields from 16 on. Their
// numbers are stored: a new field takes the next one.

func (c *coder) review(r *desk.Review) {
	c.time(16, &r.ReviewedAt)
	c.text(17, &r.Ticket)
	c.text(18, &r.Scorecard)
	c.text(19, &r.Team)
	c.text(20, &r.ReviewerKind)
	c.float(21, &r.Score)
	c.floats(22, &r.Categories)
	c.optFlag(23, &r.Critical)
}

func (c *coder) customer(v *desk.Customer) {
	c.time(16, &v.AcquiredAt)
	c.time(17, &v.ChurnedAt)
	c.time(18, &v.ReactivatedAt)
	c.text(19, &v.ChurnReason)
	c.text(20, &v.Segment)
	c.text(21, &v.Timezone)
	c.time(22, &v.PeriodStart)
	c.time(23, &v.PeriodEnd)
	opt(c, 24, &v.AtStart)
	opt(c, 25, &v.New)
	opt(c, 26, &v.AtEnd)
	opt(c, 27, &v.Lost)
}

func (c *coder) purchase(p *desk.Purchase) {
	c.time(16, &p.At)
	c.text(17, &p.Customer)
	c.float(18, &p.Amount)
	c.text(19, &p.Currency)
	c.float(20, &p.MarginRatio)
	enum(c, 21, &p.Type)
	c.text(22, &p.Segment)
}

func (c *coder) feedback(f *desk.Feedback) {
	c.time(16, &f.At)
	c.text(17, &f.Platform)
	c.text(18, &f.Customer)
	enum(c, 19, &f.Type)
	c.text(20, &f.Sentiment)
	c.text(21, &f.Topic)
	c.optFlag(22, &f.Technical)
	c.optFlag(23, &f.KBAnswerable)
	c.text(24, &f.Competitor)
	c.optFlag(25, &f.Opportunity)
	c.time(26, &f.RespondedAt)
}

func (c *coder) article(a *desk.Article) {
	enum(c, 16, &a.ContentKind)
	c.text(17, &a.Section)
	c.text(18, &a.Locale)
	enum(c, 19, &a.Status)
	opt(c, 20, &a.Words)
	opt(c, 21, &a.Votes)
	opt(c, 22, &a.HelpfulVotes)
}

func (c *coder) articleView(v *desk.ArticleView) {
	c.time(16, &v.At)
	enum(c, 17, &v.Role)
	c.text(18, &v.Session)
	c.text(19, &v.ContactChannel)
	opt(c, 20, &v.Views)
	c.text(21, &v.Article)
	enum(c, 22, &v.ContentKind)
	c.text(23, &v.Section)
	c.text(24, &v.Locale)
	opt(c, 25, &v.Engaged)
	opt(c, 26, &v.Words)
	c.optFlag(27, &v.ContactAfter)
}

func (c *coder) session(s *desk.Session) {
	c.text(16, &s.ID)
	c.time(17, &s.At)
	enum(c, 18, &s.Type)
	c.text(19, &s.Action)
	c.text(20, &s.Source)
	c.text(21, &s.CampaignKind)
	c.text(22, &s.ContactChannel)
	c.text(23, &s.LandingKind)
	opt(c, 24, &s.Engaged)
	c.text(25, &s.Goal)
	c.time(26, &s.ConvertedAt)
	c.text(27, &s.Customer)
}

func (c *coder) outreach(o *desk.Outreach) {
	c.time(16, &o.At)
	c.text(17, &o.CampaignKind)
	c.text(18, &o.Channel)
	enum(c, 19, &o.Type)
	c.text(20, &o.Customer)
	c.text(21, &o.CustomerTZ)
	c.time(22, &o.DeliveredAt)
	c.time(23, &o.OpenedAt)
	c.optFlag(24, &o.MachineOpen)
	c.time(25, &o.ClickedAt)
	c.time(26, &o.RepliedAt)
}

func (c *coder) referral(r *desk.Referral) {
	c.time(16, &r.At)
	c.text(17, &r.Source)
	c.text(18, &r.Program)
	enum(c, 19, &r.Type)
	c.text(20, &r.Referrer)
	c.text(21, &r.Referred)
	c.time(22, &r.ConvertedAt)
	c.time(23, &r.RewardDueAt)
	c.time(24, &r.RewardGrantedAt)
	c.float(25, &r.Commission)
	c.text(26, &r.Currency)
}

func (c *coder) enrolment(e *desk.Enrolment) {
	c.text(16, &e.Program)
	enum(c, 17, &e.Type)
	c.text(18, &e.Customer)
	c.time(19, &e.EnrolledAt)
	c.time(20, &e.LastActiveAt)
	c.time(21, &e.CompletedAt)
}

func (c *coder) staffing(s *desk.Staffing) {
	c.time(16, &s.At)
	c.text(17, &s.Team)
	c.text(18, &s.Channel)
	opt(c, 19, &s.Available)
}

func (c *coder) cost(v *desk.Cost) {
	c.time(16, &v.PeriodStart)
	c.time(17, &v.PeriodEnd)
	c.text(18, &v.Category)
	c.float(19, &v.Amount)
	c.text(20, &v.Currency)
	c.text(21, &v.Team)
	c.text(22, &v.Channel)
}
